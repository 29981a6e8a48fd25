/** The log lines of all edges about a call, and their logger. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { consoleLogger, describeFailure, type Logger } from '../platform/logger.ts';
import type { ErrorCode } from '../values/errors.ts';

/**
 * A site's own words, then a number. A caller may send any text here, and the custom id of a card may be a person's name: other
 * paths are not logged.
 */
const formPath = /^\/backoffice(\/[a-z0-9-]{1,60}){1,3}\/[0-9-]{1,20}\/?$/;

/**
 * The route, and the request's id, which the gateway's own log has too. Not the path or the query: they hold keys to payments.
 * Also the path of the form's page in the back office, which w.c.s. sends for this purpose: it names a form, and no person.
 */
export function callFields({ routeKey, requestContext, headers }: APIGatewayProxyEventV2) {
  const callerUrl = headers?.['publik-caller-url'];
  const callerPath = URL.parse(callerUrl ?? '')?.pathname ?? '';
  const fields = { route: routeKey, requestId: requestContext.requestId };
  return formPath.test(callerPath) ? { ...fields, callerPath } : fields;
}

/** The logger of the deps. The usual one when the deps could not be built: that failure is then logged. */
export function loggerOf(depsOf: () => { readonly logger: Logger }): Logger {
  try {
    return depsOf().logger;
  } catch {
    return consoleLogger;
  }
}

/** A call that failed, and its answer. */
export interface FailedCall {
  /** One word: a call, a page, a notification. */
  readonly what: string;
  readonly event: APIGatewayProxyEventV2;
  readonly error: unknown;
  readonly code: ErrorCode;
  readonly status: number;
  /** Known once the call was believed. */
  readonly itemId?: string | undefined;
  readonly caller?: string | undefined;
}

/** One line. Below 500, the fault is the caller's. From 500 on it is ours, and the line has the cause. */
export function logFailedCall(logger: Logger, { what, event, error, code, status, itemId, caller }: FailedCall): void {
  const { code: _, reason, caller: named = caller, claimedCaller, skewSeconds, ...cause } = describeFailure(error);
  const known = { itemId, caller: named, claimedCaller, skewSeconds };
  const fields = { ...callFields(event), status, code, reason, ...known };
  if (status < 500) logger.info(`${what} refused`, fields);
  else logger.error(`${what} failed`, { ...fields, ...cause });
}
