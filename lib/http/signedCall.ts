/** The edge of the two documented calls. middy runs these steps around them, in the order in which a call is checked. */
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Config, Language } from '../platform/config.ts';
import type { Logger } from '../platform/logger.ts';
import type { Caller } from '../publik/callers.ts';
import { type ApiErrorCode, AppError } from '../values/errors.ts';
import { apiErrors, errorAnswer, isApiErrorCode, jsonAnswer } from './apiErrors.ts';
import { callFields, logFailedCall, loggerOf } from './callLog.ts';
import { wholeEvent } from './gatewayEvent.ts';
import { redirectAnswer } from './pages/pageHeaders.ts';
import { bodyText, checkBodySize } from './requestBody.ts';
import { strayToken } from './strayAddress.ts';

/** The deps of every signed call. */
export interface SignedCallDeps {
  readonly config: Pick<Config, 'language' | 'resultWord'>;
  readonly logger: Logger;
  readonly identifyCaller: (rawQuery: string) => Promise<Caller>;
}

/** A call that has been believed. */
export interface SignedCall {
  readonly caller: Caller;
  /** As parsed from JSON. */
  readonly body: unknown;
}

interface CallEvent extends APIGatewayProxyEventV2 {
  /** Set once the call has been believed. */
  caller?: Caller;
}

/** What a call has done. */
export interface Outcome {
  /** The item that it was about. */
  readonly itemId: string;
  /** Fields of the answer, beside `err` and `result`. */
  readonly fields?: object;
}

/**
 * Makes the Lambda handler of a signed POST.
 *
 * @param depsOf gives the deps, built at the first call and kept. When building fails, the call is answered 500.
 * @param act does the work of the call. After its last write it must not fail.
 */
export function signedCallHandler<Deps extends SignedCallDeps>(
  depsOf: () => Deps,
  act: (deps: Deps, call: SignedCall) => Promise<Outcome>,
) {
  // DynamoDB's own time-outs end a call long before Lambda's: middy's early time-out would only cost a timer.
  return middy<CallEvent, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      request.response = answerError(request.event, request.error, depsOf);
    })
    .before((request) => {
      request.event = wholeEvent(request.event);
      return strayAnswer(request.event) ?? checkRoute(request.event);
    })
    .before(async ({ event }) => {
      event.caller = await depsOf().identifyCaller(event.rawQueryString);
    })
    .before(({ event }) => {
      event.body = bodyText(event);
      event.isBase64Encoded = false;
    })
    .use(httpJsonBodyParser({ disableContentTypeCheck: true }))
    .handler(async (event) => {
      // The parser has replaced the body's text with its JSON value.
      const { caller, body }: { caller?: Caller; body?: unknown } = event;
      if (caller === undefined) throw new Error('A call without a caller has come past the signature.');
      const deps = depsOf();
      const { itemId, fields } = await act(deps, { caller, body });
      deps.logger.info('call answered', { ...callFields(event), status: 200, caller: caller.service, itemId });
      return jsonAnswer(200, { err: 0, result: deps.config.resultWord, ...fields });
    });
}

/** The gateway knows `/payment/…` in small letters only: an address in capitals comes here. */
function strayAnswer({ routeKey, rawPath, requestContext }: APIGatewayProxyEventV2) {
  const isReading = ['GET', 'HEAD'].includes(requestContext.http.method);
  const token = routeKey === '$default' && isReading ? strayToken(rawPath) : undefined;
  return token === undefined ? undefined : redirectAnswer(`/payment/${token}`);
}

function checkRoute(event: APIGatewayProxyEventV2): undefined {
  // HTTP API answers an unmatched route itself, with a body of its own, unless a function takes them all.
  if (event.routeKey === '$default') throw new AppError('not-found');
  if (event.requestContext.http.method !== 'POST') throw new AppError('method-not-allowed');
  checkBodySize(event);
  return undefined;
}

function answerError(event: CallEvent, error: unknown, depsOf: () => SignedCallDeps) {
  const code = codeOf(error);
  const { status } = apiErrors[code];
  logFailedCall(loggerOf(depsOf), { what: 'call', event, error, code, status, caller: event.caller?.service });
  return errorAnswer(code, languageOf(depsOf));
}

function codeOf(error: unknown): ApiErrorCode {
  if (error instanceof AppError) return isApiErrorCode(error.code) ? error.code : 'internal-error';
  // The body parser's own error: the body is not JSON, or holds a key that would reach an object's prototype.
  const isUnparsable = error instanceof Error && 'statusCode' in error && error.statusCode === 422;
  return isUnparsable ? 'invalid-json' : 'internal-error';
}

/** The stage's language. French when the deps could not be built: that failure is then answered. */
function languageOf(depsOf: () => SignedCallDeps): Language {
  try {
    return depsOf().config.language;
  } catch {
    return 'fr';
  }
}
