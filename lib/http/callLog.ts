/** What every edge logs of a call, and the logger that it uses. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { consoleLogger, describeFailure, type Logger } from '../platform/logger.ts';
import type { ErrorCode } from '../values/errors.ts';

/** Words of a site's own and a number. Whoever calls may send any text here, and a card's own id may be a name. */
const formPath = /^\/backoffice(\/[a-z0-9-]{1,60}){1,3}\/[0-9-]{1,20}\/?$/;

/**
 * The route and the request, by the number that the gateway's own log has: neither path nor query, which hold keys to
 * payments. And the path of the form's page in the back office, which w.c.s. sends for that: it names a form, no person.
 */
export function callFields({ routeKey, requestContext, headers }: APIGatewayProxyEventV2) {
  const callerUrl = headers?.['publik-caller-url'];
  const callerPath = URL.parse(callerUrl ?? '')?.pathname ?? '';
  const fields = { route: routeKey, requestId: requestContext.requestId };
  return formPath.test(callerPath) ? { ...fields, callerPath } : fields;
}

/** The stage's logger, or the usual one when the stage could not be built, which is then what is logged. */
export function loggerOf(depsOf: () => { readonly logger: Logger }): Logger {
  try {
    return depsOf().logger;
  } catch {
    return consoleLogger;
  }
}

/** What was answered to a call that failed. */
export interface FailedCall {
  /** One word: a call, a page, a notification. */
  readonly what: string;
  readonly event: APIGatewayProxyEventV2;
  readonly error: unknown;
  readonly code: ErrorCode;
  readonly status: number;
  /** Once the call was believed. */
  readonly itemId?: string | undefined;
  readonly caller?: string | undefined;
}

/** One line: a refusal is the caller's matter; from 500 on it is ours, and the cause is told. */
export function logFailedCall(logger: Logger, { what, event, error, code, status, itemId, caller }: FailedCall): void {
  const { code: _, reason, caller: named = caller, claimedCaller, skewSeconds, ...cause } = describeFailure(error);
  const known = { itemId, caller: named, claimedCaller, skewSeconds };
  const fields = { ...callFields(event), status, code, reason, ...known };
  if (status < 500) logger.info(`${what} refused`, fields);
  else logger.error(`${what} failed`, { ...fields, ...cause });
}
