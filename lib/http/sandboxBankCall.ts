/** The edge of the sandbox bank: its addresses under /sandbox, and the tick of its schedule. */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, EventBridgeEvent } from 'aws-lambda';
import { readSignedFields, signFields } from '../bank/sandbox/sandboxSignature.ts';
import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Logger } from '../platform/logger.ts';
import type { Secrets } from '../platform/secrets.ts';
import { parseQueryString, type QueryParameter } from '../publik/queryString.ts';
import { decidePayment } from '../sandboxBank/decidePayment.ts';
import { describePayment } from '../sandboxBank/describePayment.ts';
import { findSession } from '../sandboxBank/findSession.ts';
import { type OpeningFailure, openPayment } from '../sandboxBank/openPayment.ts';
import { behaviourOf, nextStep, outcomes, pageId, type SandboxPayment } from '../sandboxBank/payment.ts';
import type { SandboxStore } from '../sandboxBank/sandboxStore.ts';
import { sendDueNotifications } from '../sandboxBank/sendDueNotifications.ts';
import { AppError, type ErrorCode } from '../values/errors.ts';
import { jsonAnswer } from './apiErrors.ts';
import { logFailedCall, loggerOf } from './callLog.ts';
import { wholeEvent } from './gatewayEvent.ts';
import { redirectAnswer } from './pages/pageHeaders.ts';
import { choicePage, expiredPage, linkPage, unknownPage } from './pages/sandboxPages.ts';
import { formText } from './requestBody.ts';

/** The deps of the sandbox bank. The optional ones are missing on a stage without it. */
export interface SandboxBankDeps {
  readonly config: Pick<Config, 'sandboxUrl'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: Cache<Pick<Secrets, 'sandboxKey'>>;
  readonly sandboxStore?: SandboxStore;
}

/** A request, or a tick. Nothing of a tick is read, so an empty or null test event is one. */
type SandboxEvent = APIGatewayProxyEventV2 | Partial<EventBridgeEvent<string, unknown>>;
type HttpAnswer = APIGatewayProxyStructuredResultV2;

/** The bank's own deps, all there. */
interface Bank {
  readonly url: string;
  readonly key: string;
  readonly store: SandboxStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One request: the name in its path, its query string and its form. */
interface BankRequest {
  readonly name: string;
  readonly rawQuery: string;
  readonly form: () => QueryParameter[];
}

interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, (bank: Bank, request: BankRequest) => Promise<HttpAnswer>>>;
}

/** An order has eleven short fields. */
const maximumBodyLength = 16_384;

const routes: readonly Route[] = [
  { path: /^\/sandbox\/payments$/, methods: { POST: openCall } },
  { path: /^\/sandbox\/payments\/([0-9a-z]{1,40})$/, methods: { GET: describeCall } },
  { path: /^\/sandbox\/pay$/, methods: { POST: formCall } },
  { path: /^\/sandbox\/pay\/([^/]+)$/, methods: { GET: pageCall, POST: pressCall } },
];

const openingStatuses = {
  'order-faulty': 400,
  'order-refused': 400,
  'reference-used': 409,
  unavailable: 503,
  'answer-lost': 504,
} as const satisfies Record<OpeningFailure, number>;

const errorStatuses: Partial<Record<ErrorCode, number>> = {
  'invalid-json': 400,
  'invalid-payload': 400,
  'bank-message-refused': 400,
  'not-found': 404,
  'method-not-allowed': 405,
  'payload-too-large': 413,
  // Not 503, which promises that nothing happened: a write may have been made.
  'temporarily-unavailable': 504,
};

/** Makes the Lambda handler of the bank. @param depsOf gives the deps, at each call. */
export function sandboxBankHandler(depsOf: () => SandboxBankDeps) {
  // The bank's own time-outs end a call before Lambda's.
  return middy<SandboxEvent, HttpAnswer | undefined>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      // Lambda reports a tick that failed. The next one comes anyway.
      if ('rawPath' in request.event) request.response = answerError(request.event, request.error, depsOf);
    })
    .before((request) => {
      // A test event may be a bare text or a number.
      const event = Object(request.event ?? {}) as SandboxEvent;
      request.event = 'rawPath' in event ? wholeEvent(event) : event;
    })
    .handler(async (event) => {
      const bank = await openBank(depsOf());
      if ('rawPath' in event) return answerRequest(bank, event);
      await sendDueNotifications(bank)();
      return undefined;
    });
}

async function openBank({ config, secrets, sandboxStore, clock, logger }: SandboxBankDeps): Promise<Bank> {
  const { sandboxKey } = await secrets.get();
  if (config.sandboxUrl === undefined || sandboxKey === undefined || sandboxStore === undefined) {
    throw new Error('This stage has no sandbox bank: it takes SANDBOX_URL, SANDBOX_TABLE and the secret sandboxKey.');
  }
  return { url: config.sandboxUrl, key: sandboxKey, store: sandboxStore, clock, logger };
}

function answerRequest(bank: Bank, event: APIGatewayProxyEventV2): Promise<HttpAnswer> {
  const { rawPath, rawQueryString, requestContext } = event;
  const route = routes.find(({ path }) => path.test(rawPath));
  if (route === undefined) throw new AppError('not-found');
  const { method } = requestContext.http;
  const call = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
  if (call === undefined) throw new AppError('method-not-allowed');
  if ((event.body ?? '').length > maximumBodyLength) throw new AppError('payload-too-large');
  const [, name = ''] = route.path.exec(rawPath) ?? [];
  return call(bank, { name, rawQuery: rawQueryString, form: () => parseQueryString(formText(event)) });
}

async function openCall(bank: Bank, { form }: BankRequest): Promise<HttpAnswer> {
  const opening = await openPayment(bank)(readSignedFields(form(), bank.key));
  if ('failure' in opening) return jsonAnswer(openingStatuses[opening.failure], { error: opening.failure });
  const { payment } = opening;
  const id = pageId(payment);
  const redirect =
    behaviourOf(payment).opening === 'form'
      ? { method: 'POST', url: `${bank.url}/pay`, fields: { id } }
      : { method: 'GET', url: pageAddress(bank, payment) };
  return jsonAnswer(201, { id, redirect, expires_at: payment.sessionEndsAt });
}

async function describeCall(bank: Bank, { name, rawQuery }: BankRequest): Promise<HttpAnswer> {
  // The reference is signed as well, though it stands in the path.
  const parameters = [{ name: 'reference', value: name }, ...parseQueryString(rawQuery)];
  const { shop = '' } = readSignedFields(parameters, bank.key);
  const message = await describePayment(bank)(name, shop);
  return message === undefined ? jsonAnswer(404, { error: 'unknown' }) : jsonAnswer(200, signFields(message, bank.key));
}

/** Only a GET is answered with a page: whoever goes back to it is asked nothing. */
async function formCall(bank: Bank, { form }: BankRequest): Promise<HttpAnswer> {
  const payment = await findSession(bank)(onlyValue(form(), 'id') ?? '');
  return payment === undefined ? unknownPage() : redirectAnswer(pageAddress(bank, payment));
}

async function pageCall(bank: Bank, { name }: BankRequest): Promise<HttpAnswer> {
  const payment = await findSession(bank)(name);
  return payment === undefined ? unknownPage() : showNextStep(bank, payment);
}

async function pressCall(bank: Bank, { name, form }: BankRequest): Promise<HttpAnswer> {
  const given = onlyValue(form(), 'outcome');
  const outcome = outcomes.find((known) => known === given);
  if (outcome === undefined) throw new AppError('invalid-payload');
  const payment = await findSession(bank)(name);
  if (payment === undefined) return unknownPage();
  const decided = await decidePayment(bank)(payment, outcome);
  const step = nextStep(decided, bank.clock.now(), bank.key);
  return redirectAnswer(step.kind === 'return' ? step.address : pageAddress(bank, decided));
}

function showNextStep(bank: Bank, payment: SandboxPayment): HttpAnswer {
  const step = nextStep(payment, bank.clock.now(), bank.key);
  switch (step.kind) {
    case 'choose':
      return choicePage(payment, pageAddress(bank, payment));
    case 'expired':
      return expiredPage(payment);
    case 'link':
      return linkPage(payment, step.address);
    case 'return':
      return redirectAnswer(step.address);
  }
}

function pageAddress({ url }: Bank, payment: SandboxPayment): string {
  return `${url}/pay/${pageId(payment)}`;
}

/** The value of a field that is there exactly once. */
function onlyValue(parameters: readonly QueryParameter[], wanted: string): string | null | undefined {
  const [found, second] = parameters.filter(({ name }) => name === wanted);
  return second === undefined ? found?.value : undefined;
}

function answerError(event: APIGatewayProxyEventV2, error: unknown, depsOf: () => SandboxBankDeps): HttpAnswer {
  const { code, reason } = error instanceof AppError ? error : new AppError('internal-error');
  const status = reason?.startsWith('signature') ? 403 : (errorStatuses[code] ?? 500);
  logFailedCall(loggerOf(depsOf), { what: 'sandbox call', event, error, code, status });
  return jsonAnswer(status, { error: reason ?? code });
}
