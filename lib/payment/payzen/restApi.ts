/**
 * The question that PayZen can be asked, by its REST API V4: what became of an order.
 *
 * `POST {url}/api-payment/V4/Order/Get` with `{"orderId"}`, Basic authentication by the shop's id and the password of the
 * mode. As recorded answers show (https://github.com/openfun/joanie, January 2025): `{status: 'SUCCESS', mode, answer:
 * {orderId, shopId, transactions}}`, where a transaction has `shopId`, `uuid`, `detailedStatus`, `operationType`, `amount`
 * (cents), `currency` (ISO 4217), `creationDate`, `orderDetails: {orderId, mode}` and `transactionDetails.cardDetails` with
 * `expectedCaptureDate`; and `{status: 'ERROR', answer: {errorCode: 'PSP_010'}}` for an order without a transaction.
 *
 * Assumed: that a payment still under way at the gateway has no transaction yet, that means of payment other than cards
 * have their capture date in `paymentMethodDetails`, and that each other error is final.
 */
import { parisDay } from '../../calendar.ts';
import { AppError, type DenialReason } from '../../errors.ts';
import { callBank } from '../bankCall.ts';
import type { AskedAttempt, PaymentReport } from '../provider.ts';
import { keepData } from './message.ts';
import { findOutcome, outcomeOf } from './statuses.ts';

/** A shop that can be asked. */
export interface RestAccount {
  readonly siteId: string;
  readonly mode: 'test' | 'production';
  readonly rest: {
    /** Without a final slash. */
    readonly url: string;
    /** Of the mode. */
    readonly password: string;
  };
}

type Json = Readonly<Record<string, unknown>>;

/** A form may be posted for 30 minutes, and the session then lasts 10. */
const openMs = 40 * 60_000;

/**
 * @param now decides whether an order without a transaction may still be paid.
 * @throws AppError `bank-unavailable`, `bank-outcome-unknown`, `bank-rejected`, `bank-message-refused`.
 */
export async function askOrder(account: RestAccount, attempt: AskedAttempt, now: Date): Promise<PaymentReport> {
  const response = await getOrder(account, attempt.reference);
  const answer = objectIn(response, 'answer');
  if (response['status'] === 'ERROR') {
    if (answer['errorCode'] !== 'PSP_010') throw new AppError('bank-rejected');
    return reportNothing(account, attempt, now);
  }
  const { transactions } = answer;
  if (response['status'] !== 'SUCCESS' || !Array.isArray(transactions)) refuse('message-malformed');
  // Refunds and verifications of cards stand beside the payments.
  const payments = transactions.filter(isObject).filter(({ operationType }) => operationType === 'DEBIT');
  const decisive = chooseDecisive(payments);
  return decisive === undefined
    ? reportNothing(account, attempt, now)
    : readTransaction(decisive, { answer, mode: response['mode'] });
}

async function getOrder({ siteId, rest }: RestAccount, reference: string): Promise<Json> {
  const { status, text } = await callBank(`${rest.url}/api-payment/V4/Order/Get`, {
    method: 'POST',
    // An order has all its transactions in one answer, each with its card and its checks.
    maximumBytes: 1_048_576,
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${siteId}:${rest.password}`).toString('base64')}`,
    },
    body: JSON.stringify({ orderId: reference }),
  });
  if (status >= 400) throw new AppError('bank-rejected');
  const response = status === 200 ? readObject(text) : undefined;
  if (response === undefined) throw new AppError('bank-outcome-unknown');
  return response;
}

/** The citizen never posted the form, or has not decided. */
function reportNothing({ siteId, mode }: RestAccount, attempt: AskedAttempt, now: Date): PaymentReport {
  const { reference, amountCents, currency, createdAt } = attempt;
  const ageMs = now.getTime() - new Date(createdAt).getTime();
  return { outcome: ageMs < openMs ? 'open' : 'expired', reference, amountCents, currency, shop: siteId, mode };
}

/** Of several tries on one form: one that is paid, whatever the others are, then one that may yet be, then the last one. */
function chooseDecisive(payments: readonly Json[]): Json | undefined {
  const paid = payments.find(
    ({ detailedStatus }) => typeof detailedStatus === 'string' && findOutcome(detailedStatus) === 'paid',
  );
  if (paid !== undefined) return paid;
  const latestFirst = payments
    .map((payment) => ({ payment, outcome: outcomeOf(textIn(payment, 'detailedStatus')), madeAt: creationOf(payment) }))
    .toSorted((a, b) => (a.madeAt > b.madeAt ? -1 : 1));
  const hopeful =
    latestFirst.find(({ outcome }) => outcome === 'accepted') ??
    latestFirst.find(({ outcome }) => outcome === 'pending');
  return (hopeful ?? latestFirst[0])?.payment;
}

/** What stands around a transaction, for what it does not say itself. */
interface Surroundings {
  readonly answer: Json;
  readonly mode: unknown;
}

function readTransaction(transaction: Json, { answer, mode }: Surroundings): PaymentReport {
  const status = textIn(transaction, 'detailedStatus');
  const outcome = outcomeOf(status);
  const order = { ...objectIn(answer, 'orderDetails'), ...objectIn(transaction, 'orderDetails') };
  const details = objectIn(transaction, 'transactionDetails');
  const means = { ...objectIn(details, 'paymentMethodDetails'), ...objectIn(details, 'cardDetails') };
  const { amount } = transaction;
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) refuse('message-malformed');
  return {
    outcome,
    reference: textIn({ orderId: answer['orderId'], ...order }, 'orderId'),
    amountCents: amount,
    currency: textIn(transaction, 'currency'),
    shop: textIn({ shopId: answer['shopId'], ...transaction }, 'shopId'),
    mode: readMode(order['mode'] ?? mode),
    bankTransactionId: textIn(transaction, 'uuid'),
    bankTransactionDate: creationOf(transaction),
    ...(outcome === 'accepted' ? { captureDate: parisDay(readInstant(means['expectedCaptureDate'])) } : {}),
    // By the names that a message has, so that the treasurer reads one list.
    bankData: keepData({
      vads_trans_status: status,
      vads_operation_type: transaction['operationType'],
      vads_auth_number: objectIn(means, 'authorizationResponse')['authorizationNumber'],
      vads_trans_id: means['legacyTransId'],
      vads_card_brand: means['effectiveBrand'],
    }),
  };
}

function readMode(mode: unknown): 'test' | 'production' {
  if (mode === 'TEST') return 'test';
  return mode === 'PRODUCTION' ? 'production' : refuse('message-malformed');
}

function creationOf(transaction: Json): string {
  return readInstant(transaction['creationDate']).toISOString();
}

function readInstant(value: unknown): Date {
  const instant = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(instant.getTime()) ? refuse('message-malformed') : instant;
}

function textIn(object: Json, name: string): string {
  const value = object[name];
  return typeof value === 'string' && /^.{1,64}$/.test(value) ? value : refuse('message-malformed');
}

/** The object under a name, an empty one where there is none: what it should have held is then found missing. */
function objectIn(object: Json, name: string): Json {
  const value = object[name];
  return isObject(value) ? value : {};
}

function readObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // The caller says what an unreadable answer means.
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(reason: DenialReason): never {
  throw new AppError('bank-message-refused', { reason });
}
