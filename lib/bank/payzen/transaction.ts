/**
 * One transaction of an order, as PayZen's REST API tells it. Pure.
 *
 * As recorded answers show (https://github.com/openfun/joanie, January 2025), it has `shopId`, `uuid`, `detailedStatus`,
 * `operationType`, `amount` (cents), `currency` (ISO 4217), `creationDate`, `orderDetails: {orderId, mode, orderCurrency}` and
 * `transactionDetails: {effectiveAmount, effectiveCurrency, cardDetails, paymentMethodDetails}`. The last two have
 * `expectedCaptureDate`, `legacyTransId`, `legacyTransDate`, `effectiveBrand` and `authorizationResponse`.
 *
 * Much of it stands in several places, and one or the other may be missing: what is found in any of them is believed.
 * Assumed: that means of payment other than cards say the same in `paymentMethodDetails`.
 */
import { parisDay } from '../../values/days.ts';
import type { DenialReason } from '../../values/errors.ts';
import type { Outcome, PaymentReport } from '../paymentProvider.ts';
import { findOutcome } from './statuses.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A payment, or a part of one, which says what it is. */
export interface Transaction
  extends Pick<PaymentReport, 'outcome' | 'reference' | 'amountCents' | 'currency' | 'shop'> {
  readonly mode: Asked['mode'];
  readonly bankTransactionId: string | undefined;
  /** ISO 8601, UTC. */
  readonly bankTransactionDate: string | undefined;
  /** There is one with `accepted`. */
  readonly captureDate: string | undefined;
  /** By the names that a message has, so that the treasurer reads one list. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** What was asked about, and by whom. The day is that of a later capture. */
export interface Asked extends Pick<PaymentReport, 'reference' | 'amountCents' | 'currency' | 'shop' | 'captureDate'> {
  readonly mode: 'test' | 'production';
}

/** What stands around a transaction, for what it does not say itself. */
export interface Surroundings {
  readonly answer: Json;
  /** The envelope's. */
  readonly mode: unknown;
  readonly asked: Asked;
}

const modes: ReadonlyMap<unknown, Asked['mode']> = new Map([
  ['TEST', 'test'],
  ['PRODUCTION', 'production'],
]);

/** Refunds and verifications of cards stand beside the payments, and say nothing of them. */
const otherOperations: readonly unknown[] = ['CREDIT', 'VERIFICATION'];

/** Outcomes of what has moved no money, and will not. */
const lostOutcomes: readonly Outcome[] = ['refused', 'abandoned', 'failed'];

/**
 * @returns undefined for what is no payment; a reason for what may be money, and does not say enough to be believed: no known
 *   operation or status, no amount.
 */
export function readTransaction(value: unknown, around: Surroundings): Transaction | DenialReason | undefined {
  if (!isObject(value)) return 'message-malformed';
  const { operationType, detailedStatus: status } = value;
  if (otherOperations.includes(operationType)) return undefined;
  const outcome = typeof status === 'string' ? findOutcome(status) : undefined;
  if (outcome === undefined) return 'status-unknown';
  const isLost = lostOutcomes.includes(outcome);
  // Whatever it was, and however much it was for, it has moved nothing.
  const money = isLost ? around.asked : readMoney(value, around);
  const mode = readMode(value, around);
  const isKnown = operationType === 'DEBIT' || isLost;
  if (!isKnown || money === undefined || mode === undefined) return 'message-malformed';
  const facts = readFacts(value, around);
  // Without its day it is one that the bank is at work on.
  const isUndated = outcome === 'accepted' && facts.captureDate === undefined;
  const { amountCents, currency } = money;
  return { outcome: isUndated ? 'pending' : outcome, amountCents, currency, mode, ...facts };
}

function readMoney(value: Json, { answer }: Surroundings): Pick<Asked, 'amountCents' | 'currency'> | undefined {
  const { effectiveAmount, effectiveCurrency } = objectIn(value, 'transactionDetails');
  const orders = [objectIn(value, 'orderDetails'), objectIn(answer, 'orderDetails')];
  const currency = firstText(value['currency'], ...orders.map(({ orderCurrency }) => orderCurrency), effectiveCurrency);
  const amountCents =
    centsOf(value['amount']) ?? (currency === effectiveCurrency ? centsOf(effectiveAmount) : undefined);
  return amountCents === undefined || currency === undefined ? undefined : { amountCents, currency };
}

/** Undefined for a mode that nobody knows. One that is not told is that of the password which asked. */
function readMode(value: Json, { answer, mode, asked }: Surroundings): Asked['mode'] | undefined {
  const orders = [objectIn(value, 'orderDetails'), objectIn(answer, 'orderDetails')];
  const told = firstText(...orders.map((order) => order['mode']), mode);
  return told === undefined ? asked.mode : modes.get(told);
}

function readFacts(value: Json, { answer, asked }: Surroundings) {
  const details = objectIn(value, 'transactionDetails');
  const means = [objectIn(details, 'cardDetails'), objectIn(details, 'paymentMethodDetails')];
  const authorisations = means.map((each) => objectIn(each, 'authorizationResponse'));
  const orders = [objectIn(value, 'orderDetails'), value, objectIn(answer, 'orderDetails'), answer];
  const transId = firstText(...means.map(({ legacyTransId }) => legacyTransId));
  const captureAt = firstInstant(means.map(({ expectedCaptureDate }) => expectedCaptureDate));
  const dates = [
    ...authorisations.map(({ authorizationDate }) => authorizationDate),
    ...means.map(({ legacyTransDate }) => legacyTransDate),
  ];
  return {
    reference: firstText(...orders.map(({ orderId }) => orderId)) ?? asked.reference,
    // Only this shop can have asked.
    shop: firstText(value['shopId'], answer['shopId']) ?? asked.shop,
    bankTransactionId: firstText(value['uuid']) ?? transId,
    bankTransactionDate: firstInstant([value['creationDate'], ...dates])?.toISOString(),
    captureDate: captureAt === undefined ? asked.captureDate : parisDay(captureAt),
    data: {
      vads_trans_status: value['detailedStatus'],
      vads_operation_type: value['operationType'],
      vads_auth_number: firstText(...authorisations.map(({ authorizationNumber }) => authorizationNumber)),
      vads_trans_id: transId,
      vads_card_brand: firstText(...means.map(({ effectiveBrand }) => effectiveBrand)),
    },
  };
}

/** The first value that is a short text, or a number, which is then its text. */
function firstText(...values: readonly unknown[]): string | undefined {
  const texts = values.map((value) => (typeof value === 'number' ? String(value) : value));
  return texts.find((text): text is string => typeof text === 'string' && /^.{1,64}$/.test(text));
}

function firstInstant(values: readonly unknown[]): Date | undefined {
  const instants = values.filter((value) => typeof value === 'string').map((value) => new Date(value));
  return instants.find((instant) => !Number.isNaN(instant.getTime()));
}

function centsOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** The object under a name, an empty one where there is none: what it should have held is then looked for elsewhere. */
export function objectIn(object: Json, name: string): Json {
  const value = object[name];
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
