/** What every edge logs of a call, and the logger that it uses. */
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { ErrorCode } from '../errors.ts';
import { consoleLogger, describeFailure, type Logger } from '../logger.ts';

/** The route and the request: neither path nor query, which hold keys to payments. */
export function callFields({ routeKey, requestContext }: APIGatewayProxyEventV2) {
  return { route: routeKey, requestId: requestContext.requestId };
}

/** The stage's logger, or the usual one when the stage could not be built, which is then what is logged. */
export function loggerOf(tools: () => { readonly logger: Logger }): Logger {
  try {
    return tools().logger;
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
}

/** One line: a refusal is the caller's matter; from 500 on it is ours, and the cause is told. */
export function logFailedCall(logger: Logger, { what, event, error, code, status, itemId }: FailedCall): void {
  const { code: _, reason, ...cause } = describeFailure(error);
  const fields = { ...callFields(event), status, itemId, code, reason };
  if (status < 500) logger.info(`${what} refused`, fields);
  else logger.error(`${what} failed`, { ...fields, ...cause });
}
