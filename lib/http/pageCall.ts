/** The edge of the citizen's pages: what middy runs around each, so that whatever happens is answered with a page. */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Language } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import {
  type AttemptName,
  type PaymentLinkSettings,
  paymentUrl,
  readAttemptToken,
  readPaymentToken,
} from '../payment/paymentLink.ts';
import { callFields, logFailedCall, loggerOf } from './callLog.ts';
import { wholeEvent } from './gatewayEvent.ts';
import { isPageErrorCode, pageErrors, renderError } from './pages/errorPages.ts';
import { preferredLanguage } from './pages/language.ts';
import { checkBodySize, formText, maximumFormBytes } from './requestBody.ts';

/** What every page needs, whatever it does. */
interface PageTools {
  readonly logger: Logger;
  readonly links: () => Promise<PaymentLinkSettings>;
  readonly newestLinks: () => Promise<PaymentLinkSettings>;
}

/** What an address that we made names. */
interface Target {
  readonly itemId: string;
  /** Only of an attempt's own address. */
  readonly attemptId: string;
  /** Of the item's page. */
  readonly address: string;
}

/** A request for a page, at an address of ours. */
export interface PageCall extends Target {
  readonly language: Language;
  readonly rawQuery: string;
  /** Of a form that was posted, `''` without one. */
  readonly body: string;
}

/** Does what a route and its method ask, and gives the page. Its errors become pages too. */
export type PageAction<Tools> = (tools: Tools, call: PageCall) => Promise<APIGatewayProxyStructuredResultV2>;

/** What the token in a route's path is of, and what each method does; `HEAD` is `GET`. */
interface PageRoute<Tools> {
  readonly token: 'item' | 'return';
  readonly GET?: PageAction<Tools>;
  readonly POST?: PageAction<Tools>;
}

/** By route key. A route that is not there is a page that does not exist. */
export type PageRoutes<Tools> = Readonly<Record<string, PageRoute<Tools>>>;

/** What is known of an event once its address has been believed: also for the page of what fails after that. */
type PageEvent = APIGatewayProxyEventV2 & { target?: Target };

/** Makes the Lambda handler of some pages. `tools` is called at each request: it builds at the first, and keeps. */
export function pageHandler<Tools extends PageTools>(tools: () => Tools, routes: PageRoutes<Tools>) {
  return middy<PageEvent, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      request.response = answerError(request.event, request.error, tools);
    })
    .before((request) => {
      request.event = wholeEvent(request.event);
    })
    .handler(async (event) => {
      const { token, action } = findAction(routes, event);
      checkBodySize(event, maximumFormBytes);
      const built = tools();
      const read = (links: PaymentLinkSettings) => readTarget(event, token, links);
      const target = read(await built.links()) ?? read(await built.newestLinks());
      if (target === undefined) throw new AppError('not-found');
      event.target = target;
      const language = languageOf(event);
      const page = await action(built, { ...target, language, rawQuery: event.rawQueryString, body: formText(event) });
      built.logger.info('page answered', { ...callFields(event), status: page.statusCode, itemId: target.itemId });
      return page;
    });
}

function findAction<Tools>(routes: PageRoutes<Tools>, { routeKey, requestContext }: APIGatewayProxyEventV2) {
  const route = Object.hasOwn(routes, routeKey) ? routes[routeKey] : undefined;
  if (route === undefined) throw new AppError('not-found');
  const { method } = requestContext.http;
  const action = method === 'POST' ? route.POST : method === 'GET' || method === 'HEAD' ? route.GET : undefined;
  if (action === undefined) throw new AppError('method-not-allowed');
  return { token: route.token, action };
}

/** Undefined for an address that is not one of ours; no item is read for it. */
function readTarget(
  { pathParameters }: APIGatewayProxyEventV2,
  kind: PageRoute<never>['token'],
  links: PaymentLinkSettings,
): Target | undefined {
  const token = pathParameters?.['token'] ?? '';
  const name = kind === 'item' ? itemName(token, links) : readAttemptToken('payment-return', token, links.linkKeys);
  return name && { ...name, address: paymentUrl(name.itemId, links) };
}

function itemName(token: string, { linkKeys }: PaymentLinkSettings): AttemptName | undefined {
  const itemId = readPaymentToken(token, linkKeys);
  return itemId === undefined ? undefined : { itemId, attemptId: '' };
}

function languageOf({ headers }: APIGatewayProxyEventV2): Language {
  return preferredLanguage(headers['accept-language']);
}

function answerError(event: PageEvent, error: unknown, tools: () => PageTools) {
  const code = codeOf(error);
  const { status } = pageErrors[code];
  const { itemId, address } = event.target ?? {};
  logFailedCall(loggerOf(tools), { what: 'page', event, error, code, status, itemId });
  return renderError({ code, language: languageOf(event), reference: event.requestContext.requestId, address });
}

function codeOf(error: unknown) {
  if (!(error instanceof AppError)) return 'internal-error';
  const { code } = error;
  // Nobody learns whether there ever was an item behind an address.
  if (code === 'unknown-item' || code === 'unknown-attempt') return 'not-found';
  return isPageErrorCode(code) ? code : 'internal-error';
}
