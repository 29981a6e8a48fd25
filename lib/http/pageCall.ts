/** The edge of the citizen's pages: middy runs it around each, so that whatever happens is answered with a page. */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import {
  type AttemptName,
  type PaymentLinkSettings,
  paymentToken,
  readAttemptToken,
  readPaymentToken,
} from '../payment/paymentLink.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { AppError } from '../values/errors.ts';
import { callFields, logFailedCall, loggerOf } from './callLog.ts';
import { wholeEvent } from './gatewayEvent.ts';
import { isPageErrorCode, pageErrors, renderError } from './pages/errorPages.ts';
import type { PageLanguage } from './pages/languages/languages.ts';
import { redirectAnswer } from './pages/pageHeaders.ts';
import { preferredLanguage } from './pages/preferredLanguage.ts';
import { checkBodySize, formText, maximumFormBytes } from './requestBody.ts';
import { relativeAddress, strayToken } from './strayAddress.ts';

/** The deps of every page. */
interface PageDeps {
  readonly logger: Logger;
  readonly links: () => Promise<PaymentLinkSettings>;
  readonly newestLinks: () => Promise<PaymentLinkSettings>;
  readonly metrics: Metrics;
}

/** The item, and maybe the attempt, that an address of ours names. */
interface Target {
  readonly itemId: string;
  /** Empty, except for an attempt's own address. */
  readonly attemptId: string;
  /** Address of the item's page, relative to the requested one: the browser stays at the host where it opened that. */
  readonly address: string;
}

/** A request for a page, at an address of ours. */
export interface PageCall extends Target {
  readonly language: PageLanguage;
  readonly rawQuery: string;
  /** Body of a posted form, `''` without one. */
  readonly body: string;
}

/** Does what a route and its method ask, and returns the page. Its errors become pages too. */
export type PageAction<Deps> = (deps: Deps, call: PageCall) => Promise<APIGatewayProxyStructuredResultV2>;

/** The kind of token in a route's path, and the action of each method. `HEAD` counts as `GET`. */
interface PageRoute<Deps> {
  readonly token: 'item' | 'return';
  readonly GET?: PageAction<Deps>;
  readonly POST?: PageAction<Deps>;
}

/** By route key. Any other route is a page that does not exist. */
export type PageRoutes<Deps> = Readonly<Record<string, PageRoute<Deps>>>;

/** An event, with its target once its address was believed. The page of a later failure needs the target too. */
type PageEvent = APIGatewayProxyEventV2 & { target?: Target };

/**
 * Makes the Lambda handler of some pages. `depsOf` is called at each request: it builds the deps at the first, and keeps them.
 */
export function pageHandler<Deps extends PageDeps>(depsOf: () => Deps, routes: PageRoutes<Deps>) {
  return middy<PageEvent, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      request.response = answerError(request.event, request.error, depsOf);
    })
    .before((request) => {
      request.event = wholeEvent(request.event);
    })
    .handler(async (event) => {
      const route = findRoute(routes, event);
      checkBodySize(event, maximumFormBytes);
      const deps = depsOf();
      const target = route && (await findTarget(deps, event, route.token));
      if (route === undefined || target === undefined) return redirectAnswer(await trueAddress(deps, event));
      event.target = target;
      const language = languageOf(event);
      const call = { ...target, language, rawQuery: event.rawQueryString, body: formText(event) };
      const page = await route.action(deps, call);
      deps.logger.info('page answered', { ...callFields(event), status: page.statusCode, itemId: target.itemId });
      return page;
    });
}

/** Undefined for a path without a page. @throws AppError `method-not-allowed`. */
function findRoute<Deps>(routes: PageRoutes<Deps>, event: APIGatewayProxyEventV2) {
  const route = Object.hasOwn(routes, event.routeKey) ? routes[event.routeKey] : undefined;
  if (route === undefined) return undefined;
  const action = isReading(event) ? route.GET : methodOf(event) === 'POST' ? route.POST : undefined;
  if (action === undefined) throw new AppError('method-not-allowed');
  return { token: route.token, action };
}

function methodOf({ requestContext }: APIGatewayProxyEventV2): string {
  return requestContext.http.method;
}

function isReading(event: APIGatewayProxyEventV2): boolean {
  return ['GET', 'HEAD'].includes(methodOf(event));
}

/** Undefined for an address that we did not make. No item is read for it. */
async function findTarget(
  { links, newestLinks }: PageDeps,
  { pathParameters, rawPath }: APIGatewayProxyEventV2,
  kind: PageRoute<never>['token'],
): Promise<Target | undefined> {
  const token = pathParameters?.['token'] ?? '';
  const read = ({ linkKeys }: PaymentLinkSettings): Target | undefined => {
    const name = kind === 'item' ? itemName(token, linkKeys) : readAttemptToken('payment-return', token, linkKeys);
    return name && { ...name, address: relativeAddress(rawPath, paymentToken(name.itemId, linkKeys)) };
  };
  return read(await links()) ?? read(await newestLinks());
}

/** The page that a spoiled address was meant for. @throws AppError `not-found` when that is no page of ours either. */
async function trueAddress({ links }: PageDeps, event: APIGatewayProxyEventV2): Promise<string> {
  const token = isReading(event) ? strayToken(event.rawPath) : undefined;
  if (token === undefined) throw new AppError('not-found');
  const { linkKeys } = await links();
  const itemId = readPaymentToken(token, linkKeys);
  if (itemId === undefined) throw new AppError('not-found');
  return `/payment/${paymentToken(itemId, linkKeys)}`;
}

function itemName(token: string, linkKeys: readonly string[]): AttemptName | undefined {
  const itemId = readPaymentToken(token, linkKeys);
  return itemId === undefined ? undefined : { itemId, attemptId: '' };
}

function languageOf({ headers }: APIGatewayProxyEventV2): PageLanguage {
  return preferredLanguage(headers['accept-language']);
}

function answerError(event: PageEvent, error: unknown, depsOf: () => PageDeps) {
  const code = codeOf(error);
  const status = pageErrors[code];
  const { itemId, address } = event.target ?? {};
  logFailedCall(loggerOf(depsOf), { what: 'page', event, error, code, status, itemId });
  // Only a GET is answered with a page: going back to it, or reloading it, then sends nothing a second time.
  if (status >= 500 && !isReading(event)) {
    recordInterruption(depsOf);
    // Without an item, the same address tells it when it is asked for with a GET.
    return redirectAnswer(`${address ?? ''}?interrupted=yes`);
  }
  return renderError({ code, language: languageOf(event), reference: event.requestContext.requestId, address });
}

function recordInterruption(depsOf: () => PageDeps): void {
  try {
    depsOf().metrics.record({ name: 'PagesInterrupted', value: 1 });
  } catch {
    // The stage could not be built, which is what is logged.
  }
}

function codeOf(error: unknown) {
  if (!(error instanceof AppError)) return 'internal-error';
  const { code } = error;
  // Nobody learns whether there ever was an item behind an address.
  if (code === 'unknown-item' || code === 'unknown-attempt') return 'not-found';
  return isPageErrorCode(code) ? code : 'internal-error';
}
