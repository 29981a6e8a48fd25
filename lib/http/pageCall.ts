/** The edge of the citizen's pages: what middy runs around each, so that whatever happens is answered with a page. */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Language } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { callFields, logFailedCall, loggerOf } from './callLog.ts';
import { isPageErrorCode, pageErrors, renderError } from './pages/errorPages.ts';
import { preferredLanguage } from './pages/language.ts';
import { checkBodySize, formText } from './requestBody.ts';

/** What every page needs, whatever it does. */
interface PageTools {
  readonly logger: Logger;
}

/** A request for a page. */
export interface PageCall {
  /** Of the address, as it came: not yet believed. */
  readonly token: string;
  readonly method: string;
  readonly language: Language;
  readonly rawQuery: string;
  /** Of a form that was posted, `''` without one. */
  readonly body: string;
}

/** Does what a route and its method ask, and gives the page. Its errors become pages too. */
export type PageAction<Tools> = (tools: Tools, call: PageCall) => Promise<PageAnswer>;

export interface PageAnswer {
  readonly page: APIGatewayProxyStructuredResultV2;
  /** For the log. */
  readonly itemId?: string;
}

/** By route key, then by method; `HEAD` is `GET`. A route that is not there is a page that does not exist. */
export type PageRoutes<Tools> = Readonly<Record<string, Readonly<Partial<Record<'GET' | 'POST', PageAction<Tools>>>>>>;

/** Makes the Lambda handler of some pages. `tools` is called at each request: it builds at the first, and keeps. */
export function pageHandler<Tools extends PageTools>(tools: () => Tools, routes: PageRoutes<Tools>) {
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      request.response = answerError(request.event, request.error, tools);
    })
    .handler(async (event) => {
      const action = findAction(routes, event);
      checkBodySize(event);
      const built = tools();
      const { page, itemId } = await action(built, readCall(event));
      built.logger.info('page answered', { ...callFields(event), status: page.statusCode, itemId });
      return page;
    });
}

function findAction<Tools>(routes: PageRoutes<Tools>, { routeKey, requestContext }: APIGatewayProxyEventV2) {
  const methods = Object.hasOwn(routes, routeKey) ? routes[routeKey] : undefined;
  if (methods === undefined) throw new AppError('not-found');
  const { method } = requestContext.http;
  const action = method === 'POST' ? methods.POST : method === 'GET' || method === 'HEAD' ? methods.GET : undefined;
  if (action === undefined) throw new AppError('method-not-allowed');
  return action;
}

function readCall(event: APIGatewayProxyEventV2): PageCall {
  return {
    token: event.pathParameters?.['token'] ?? '',
    method: event.requestContext.http.method,
    language: languageOf(event),
    rawQuery: event.rawQueryString,
    body: formText(event),
  };
}

function languageOf({ headers }: APIGatewayProxyEventV2): Language {
  return preferredLanguage(headers['accept-language']);
}

function answerError(event: APIGatewayProxyEventV2, error: unknown, tools: () => PageTools) {
  const code = codeOf(error);
  const { status } = pageErrors[code];
  logFailedCall(loggerOf(tools), { what: 'page', event, error, code, status });
  return renderError({
    code,
    language: languageOf(event),
    reference: event.requestContext.requestId,
    ...addressOf(event),
  });
}

/** The way back to the payment page, for a token that has been believed: any other is not found. */
function addressOf({ pathParameters }: APIGatewayProxyEventV2): { address?: string } {
  const { token = '' } = pathParameters ?? {};
  return /^[0-9a-z]{52}$/.test(token) ? { address: `/payment/${token}` } : {};
}

function codeOf(error: unknown) {
  if (!(error instanceof AppError)) return 'internal-error';
  const { code } = error;
  // Nobody learns whether there ever was an item behind an address.
  if (code === 'unknown-item' || code === 'unknown-attempt') return 'not-found';
  return isPageErrorCode(code) ? code : 'internal-error';
}
