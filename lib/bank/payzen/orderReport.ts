/** Makes one report from all transactions of an order: several tries on one form, or several parts of one payment. Pure. */
import { AppError, type DenialReason } from '../../values/errors.ts';
import type { Outcome, PaymentReport } from '../paymentProvider.ts';
import { keepData } from './payzenMessage.ts';
import type { Asked, Transaction } from './transaction.ts';

type Parts = readonly Transaction[];

/** The first of these outcomes that any transaction has counts for all. */
const weakestFirst: readonly Outcome[] = ['pending', 'accepted'];

/** The longest id that a row keeps. */
const longestId = 255;

/**
 * A citizen may try again on one form, and may pay with a voucher and a card. So paid transactions are summed, and refused ones
 * are left out.
 *
 * - The whole amount is paid: the order is paid, whatever else there is. If more is paid, in several transactions, the rest is
 *   owed back.
 * - Something is under way: so is the payment, together with the parts that are paid.
 * - Only a part is paid: the report has that part's amount, and the comparison of amounts refuses it. The order is not paid,
 *   and must not be paid once more: people must look.
 * - Nothing is paid, and everything that could be money is understood: the last try says how it ended.
 *
 * @param found as `readTransaction` gives them.
 * @returns undefined when there is no payment. If all transactions are about another order, shop, mode or currency, the latest
 *   one as it is, for the comparison with the attempt. With a `doubt` when something beside the payment is not understood.
 * @throws AppError `bank-message-refused` when something that is not understood could decide.
 */
export function reportOrder(found: readonly (Transaction | DenialReason)[], asked: Asked): PaymentReport | undefined {
  const transactions = found.filter((each) => typeof each !== 'string');
  const ours = transactions.filter((each) => differenceOf(each, asked) === undefined);
  const others = transactions.filter((each) => !ours.includes(each));
  if (ours.length === 0 && others.length > 0) return reportOf([latestOf(others)]);
  const doubt = found.find((each) => typeof each === 'string') ?? others.map((each) => differenceOf(each, asked))[0];
  const settled = reportPaid(ours, asked) ?? reportHopeful(ours, asked);
  if (settled !== undefined) return doubt === undefined ? settled : { ...settled, doubt };
  if (doubt !== undefined) throw new AppError('bank-message-refused', { reason: doubt });
  if (ours.length === 0) return undefined;
  const paid = ours.filter(({ outcome }) => outcome === 'paid');
  return reportOf(paid.length > 0 ? paid : [latestOf(ours)]);
}

/** Why a transaction does not match the question. The amount is not compared: it may be a part's. */
function differenceOf(transaction: Transaction, asked: Asked): DenialReason | undefined {
  const different = (['reference', 'currency', 'shop', 'mode'] as const).find(
    (fact) => transaction[fact] !== asked[fact],
  );
  return different === undefined ? undefined : `${different}-differs`;
}

/**
 * Undefined unless the whole amount is paid. Nobody ordered a single transaction of more: the comparison of amounts refuses it.
 */
function reportPaid(ours: Parts, { amountCents }: Asked): PaymentReport | undefined {
  const paid = ours.filter(({ outcome }) => outcome === 'paid');
  const excessCents = sumOf(paid) - amountCents;
  if (excessCents === 0) return reportOf(paid);
  return excessCents > 0 && paid.length > 1 ? { ...reportOf(paid), amountCents, excessCents } : undefined;
}

/**
 * Undefined unless something is under way: a transaction to be authorised later or, without one, a transaction that the bank is
 * at work on.
 */
function reportHopeful(ours: Parts, { amountCents }: Asked): PaymentReport | undefined {
  const paid = ours.filter(({ outcome }) => outcome === 'paid');
  const accepted = ours.filter(({ outcome }) => outcome === 'accepted');
  const pending = ours.filter(({ outcome }) => outcome === 'pending');
  if (accepted.length + pending.length === 0) return undefined;
  const best = latestOf(accepted.length > 0 ? accepted : pending);
  // Either all of them are parts of one payment, or they are tries and only one counts.
  const choices = [[...paid, ...accepted, ...pending], [best], [...paid, best]];
  return reportOf(choices.find((parts) => sumOf(parts) === amountCents) ?? [...paid, best]);
}

/** The report for some transactions together. */
function reportOf(parts: Parts): PaymentReport {
  const { outcome: latest, reference, currency, shop, mode, bankTransactionDate } = latestOf(parts);
  const outcome = weakestFirst.find((known) => parts.some((part) => part.outcome === known)) ?? latest;
  const captureDates = parts.filter((part) => part.outcome === 'accepted').map(({ captureDate }) => captureDate);
  // Everything is authorised once the last part is.
  const captureDate = outcome === 'accepted' ? captureDates.toSorted().at(-1) : undefined;
  const bankTransactionId = distinct(parts.map((part) => part.bankTransactionId)).slice(0, longestId);
  return {
    ...{ outcome, reference, amountCents: sumOf(parts), currency, shop, mode },
    ...(bankTransactionId === '' ? {} : { bankTransactionId }),
    ...(bankTransactionDate === undefined ? {} : { bankTransactionDate }),
    ...(captureDate === undefined ? {} : { captureDate }),
    bankData: keepData(mergeData(parts)),
  };
}

/** Each field with the values of all parts. With several parts, also their total. */
function mergeData(parts: Parts): Readonly<Record<string, unknown>> {
  const names = parts.flatMap(({ data }) => Object.keys(data));
  const merged = names.map((name) => [name, distinct(parts.map(({ data }) => data[name]))] as const);
  const total = parts.length > 1 ? { vads_effective_amount: String(sumOf(parts)) } : {};
  return { ...Object.fromEntries(merged), ...total };
}

/** The distinct texts among some values, in their order. */
function distinct(values: readonly unknown[]): string {
  return [...new Set(values.filter((value) => typeof value === 'string'))].join(' ');
}

function sumOf(parts: Parts): number {
  return parts.reduce((sum, { amountCents }) => sum + amountCents, 0);
}

/** The transaction with the latest date; if several have it, the last of them. One without a date counts as the oldest. */
function latestOf(parts: Parts): Transaction {
  return parts.reduce((latest, part) =>
    (part.bankTransactionDate ?? '') < (latest.bankTransactionDate ?? '') ? latest : part,
  );
}
