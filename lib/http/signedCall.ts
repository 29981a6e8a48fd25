/** The edge of the two documented calls: what middy runs around them, in the order in which a call is checked. */
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Config, Language } from '../platform/config.ts';
import type { Logger } from '../platform/logger.ts';
import { meanwhile } from '../platform/meanwhile.ts';
import type { Caller } from '../publik/callers.ts';
import { type ApiErrorCode, AppError } from '../values/errors.ts';
import { apiErrors, errorAnswer, isApiErrorCode, jsonAnswer } from './apiErrors.ts';
import { callFields, logFailedCall, loggerOf } from './callLog.ts';
import { wholeEvent } from './gatewayEvent.ts';
import { redirectAnswer } from './pages/pageHeaders.ts';
import { bodyText, checkBodySize } from './requestBody.ts';
import { strayToken } from './strayAddress.ts';

/** What every signed call needs, whatever it does. */
export interface SignedCallTools {
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

/** What a call does, begun. */
export interface Act {
  /** The item that it is about. */
  readonly itemId: string;
  readonly work: Promise<unknown>;
  /** Of the answer when the work succeeds, beside `err` and `result`. */
  readonly fields?: object;
}

/**
 * Makes the Lambda handler of a signed POST.
 *
 * @param tools gives the tools, built at the first call and kept; when that fails, the call is answered 500.
 * @param act begins what the call asks.
 */
export function signedCallHandler<Tools extends SignedCallTools>(
  tools: () => Tools,
  act: (tools: Tools, call: SignedCall) => Promise<Act>,
) {
  // DynamoDB's own time-outs end a call long before Lambda's: middy's early time-out would only cost a timer.
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      request.response = answerError(request.event, request.error, tools);
    })
    .before((request) => {
      request.event = wholeEvent(request.event);
      return strayAnswer(request.event) ?? checkRoute(request.event);
    })
    .before(async ({ event }) => {
      Object.assign(event, { caller: await tools().identifyCaller(event.rawQueryString) });
    })
    .before(({ event }) => {
      Object.assign(event, { body: bodyText(event), isBase64Encoded: false });
    })
    .use(httpJsonBodyParser({ disableContentTypeCheck: true }))
    .handler(async (event) => {
      // The middlewares above have made it one.
      const call = event as unknown as SignedCall;
      const built = tools();
      const { itemId, work, fields } = await act(built, call);
      const [, { answer, log }] = await meanwhile(work, () => ({
        answer: jsonAnswer(200, { err: 0, result: built.config.resultWord, ...fields }),
        log: built.logger.prepare('call answered', {
          ...callFields(event),
          status: 200,
          caller: call.caller.service,
          itemId,
        }),
      }));
      log();
      return answer;
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

function answerError(event: APIGatewayProxyEventV2, error: unknown, tools: () => SignedCallTools) {
  const code = codeOf(error);
  const { status } = apiErrors[code];
  // Once it has been believed.
  const caller = (event as Partial<SignedCall>).caller?.service;
  logFailedCall(loggerOf(tools), { what: 'call', event, error, code, status, caller });
  return errorAnswer(code, languageOf(tools));
}

function codeOf(error: unknown): ApiErrorCode {
  if (error instanceof AppError) return isApiErrorCode(error.code) ? error.code : 'internal-error';
  // The body parser's own error for what is not JSON, or holds a key that would reach an object's prototype.
  const isUnparsable = error instanceof Error && 'statusCode' in error && error.statusCode === 422;
  return isUnparsable ? 'invalid-json' : 'internal-error';
}

/** The stage's language; French when the stage could not be built, which is then what is answered. */
function languageOf(tools: () => SignedCallTools): Language {
  try {
    return tools().config.language;
  } catch {
    return 'fr';
  }
}
