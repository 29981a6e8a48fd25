/** What the transactions of an order come to, taken together: several tries on one form, or several parts of one payment. Pure. */
import { AppError, type DenialReason } from '../../values/errors.ts';
import type { Outcome, PaymentReport } from '../paymentProvider.ts';
import { keepData } from './payzenMessage.ts';
import type { Asked, Transaction } from './transaction.ts';

type Parts = readonly Transaction[];

/** Of several outcomes, the first that is here counts for all. */
const weakestFirst: readonly Outcome[] = ['pending', 'accepted'];

/** As long as a row keeps it. */
const longestId = 255;

/**
 * A citizen may try again on one form, and may pay with a voucher and a card. So what is paid is summed, and what was refused is
 * left out.
 *
 * - All is paid: paid, whatever else there is. More than all, in several transactions: paid, and the rest is owed back.
 * - Something is under way: so is the payment, with the parts that are paid.
 * - A part is paid: told as such, for the comparison of the amount. Neither paid nor to be paid once more: people must look.
 * - Nothing is, and nothing that could be money is left without a meaning: the last try says how it ended.
 *
 * @param found as `readTransaction` gives them.
 * @returns undefined when there is no payment. What is about another order, shop, mode or currency is given as it is, for the
 *   comparison with the attempt. With a `doubt` when something beside it is not understood.
 * @throws AppError `bank-message-refused` when what is not understood could decide.
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

/** Why a transaction is not about what was asked, but for its amount, which may be of a part. */
function differenceOf(transaction: Transaction, asked: Asked): DenialReason | undefined {
  const different = (['reference', 'currency', 'shop', 'mode'] as const).find(
    (fact) => transaction[fact] !== asked[fact],
  );
  return different === undefined ? undefined : `${different}-differs`;
}

/** Undefined unless all is paid. A single transaction of too much is none that was ordered: the comparison refuses it. */
function reportPaid(ours: Parts, { amountCents }: Asked): PaymentReport | undefined {
  const paid = ours.filter(({ outcome }) => outcome === 'paid');
  const excessCents = sumOf(paid) - amountCents;
  if (excessCents === 0) return reportOf(paid);
  return excessCents > 0 && paid.length > 1 ? { ...reportOf(paid), amountCents, excessCents } : undefined;
}

/** Undefined unless something is under way: one that will be authorised later, or else that the bank is at work on. */
function reportHopeful(ours: Parts, { amountCents }: Asked): PaymentReport | undefined {
  const paid = ours.filter(({ outcome }) => outcome === 'paid');
  const accepted = ours.filter(({ outcome }) => outcome === 'accepted');
  const pending = ours.filter(({ outcome }) => outcome === 'pending');
  if (accepted.length + pending.length === 0) return undefined;
  const best = latestOf(accepted.length > 0 ? accepted : pending);
  // Either all of them are parts, or they are tries, of which one counts.
  const choices = [[...paid, ...accepted, ...pending], [best], [...paid, best]];
  return reportOf(choices.find((parts) => sumOf(parts) === amountCents) ?? [...paid, best]);
}

/** What some transactions are together. */
function reportOf(parts: Parts): PaymentReport {
  const { outcome: latest, reference, currency, shop, mode, bankTransactionDate } = latestOf(parts);
  const outcome = weakestFirst.find((known) => parts.some((part) => part.outcome === known)) ?? latest;
  const captureDates = parts.filter((part) => part.outcome === 'accepted').map(({ captureDate }) => captureDate);
  // All is authorised once the last one is.
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

/** Each field with what the parts say of it; of several, also what they come to. */
function mergeData(parts: Parts): Readonly<Record<string, unknown>> {
  const names = parts.flatMap(({ data }) => Object.keys(data));
  const merged = names.map((name) => [name, distinct(parts.map(({ data }) => data[name]))] as const);
  const total = parts.length > 1 ? { vads_effective_amount: String(sumOf(parts)) } : {};
  return { ...Object.fromEntries(merged), ...total };
}

/** The different texts among some values, in their order. */
function distinct(values: readonly unknown[]): string {
  return [...new Set(values.filter((value) => typeof value === 'string'))].join(' ');
}

function sumOf(parts: Parts): number {
  return parts.reduce((sum, { amountCents }) => sum + amountCents, 0);
}

/** The last one of those with the latest date; one without a date is older than others. */
function latestOf(parts: Parts): Transaction {
  return parts.reduce((latest, part) =>
    (part.bankTransactionDate ?? '') < (latest.bankTransactionDate ?? '') ? latest : part,
  );
}
