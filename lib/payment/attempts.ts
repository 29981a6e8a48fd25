/**
 * Changes of an item's payment attempts. Pure: each function returns the changed item, or the same object when nothing changes.
 */
import type { OpenedPayment, PaymentReport } from '../bank/paymentProvider.ts';
import type { BankProfile } from '../bank/profile.ts';
import { type Alert, type Attempt, attemptReference, isUnderWay } from '../item/attempt.ts';
import { type Item, isLocked, isUnconfirmed, touch } from '../item/item.ts';
import { hasBeenHeard, oweNotice } from '../item/notice.ts';
import { daysBetween, type Instant, isRealDay, laterInstant } from '../values/days.ts';
import { AppError } from '../values/errors.ts';

/** Time for the bank to answer an opening. After that, no citizen could use an answer. */
const openingMs = 2 * 60_000;

/** A lock is prolonged by this much at most, at a time. */
export const longestExtensionMs = 60 * 60_000;

/** Days after the capture day for which a payment that is authorised later still locks its item. */
const acceptedLockDays = 7;

/** No bank captures later than a year after the payment. The other days are for the bank's holidays. */
const longestCaptureDelayDays = 400;

/** Attempts per item. After that a person has to look into it. */
const maximumAttempts = 20;

/** The attempt's number has two digits of the reference. */
const highestNumber = 99;

export type NewAttempt = Pick<Attempt, 'startId' | 'bank' | 'mode' | 'shop' | 'email' | 'captureDate'>;

/**
 * The item with one more attempt, which locks it.
 *
 * @throws AppError `already-paid`, `already-cancelled`, `payment-in-progress`, `too-many-attempts`.
 */
export function openAttempt(item: Item, attempt: NewAttempt, now: Date): Item {
  if (item.state === 'paid') throw new AppError('already-paid');
  if (item.state === 'cancelled') throw new AppError('already-cancelled');
  const attempts = Object.entries(item.payments);
  // The attempt is our own: the answer to its write was lost.
  if (attempts.some(([, { startId }]) => startId === attempt.startId)) return item;
  const lockHolder = item.lockedBy === undefined ? undefined : item.payments[item.lockedBy];
  // Whoever asks the bank takes away a lock that has run out. A second attempt does not.
  const isUnresolved = lockHolder !== undefined && isUnderWay(lockHolder);
  if (isLocked(item, now) || isUnresolved || isUnconfirmed(item)) throw new AppError('payment-in-progress');
  const { id, payments } = makeRoom(item);
  return touch(
    {
      ...item,
      payments: { ...payments, [id]: { ...attempt, state: 'open', createdAt: now.toISOString() } },
      lockedBy: id,
      lockedUntil: laterInstant(now, openingMs),
    },
    now,
  );
}

/**
 * The number of the next attempt, and the attempts to keep beside it. When there are as many as an item may have, the oldest
 * one that the bank never answered makes room: nobody was sent to the bank with it.
 *
 * @throws AppError `too-many-attempts`.
 */
function makeRoom(item: Item): { id: string; payments: Item['payments'] } {
  if (!hasRoom(item)) throw new AppError('too-many-attempts');
  const attempts = Object.entries(item.payments);
  const unanswered = attempts.find(wasNeverAnswered)?.[0];
  const kept = attempts.length < maximumAttempts ? attempts : attempts.filter(([id]) => id !== unanswered);
  return { id: String(nextNumber(item)), payments: Object.fromEntries(kept) };
}

/** Whether the item can take one more attempt. */
export function hasRoom(item: Item): boolean {
  const attempts = Object.entries(item.payments);
  return nextNumber(item) <= highestNumber && (attempts.length < maximumAttempts || attempts.some(wasNeverAnswered));
}

function nextNumber({ payments }: Item): number {
  return Number(Object.keys(payments).at(-1) ?? 0) + 1;
}

function wasNeverAnswered([, { state, sessionEndsAt }]: readonly [string, Attempt]): boolean {
  return state === 'failed' && sessionEndsAt === undefined;
}

/** The bank's rules on which the times of an attempt depend: its limits, and whether it can be asked. */
export interface OpeningRules {
  readonly limits: Pick<BankProfile, 'sessionMs' | 'lockMs'>;
  readonly isAskable: boolean;
}

/**
 * Stores the bank's answer with its attempt, and draws the lock out to the bank's session. Returns the same object when the
 * attempt has reached an outcome meanwhile, or has failed because no answer came in time.
 */
export function recordOpening(
  item: Item,
  id: string,
  opened: OpenedPayment,
  { limits, isAskable }: OpeningRules,
): Item {
  const attempt = attemptOf(item, id);
  if (attempt.state !== 'open' || attempt.redirect !== undefined || item.lockedBy !== id) return item;
  const createdAt = new Date(attempt.createdAt);
  // The bank may tell an earlier end. A lock is never longer than usual.
  const usualEndMs = createdAt.getTime() + limits.sessionMs;
  const sessionEnd = new Date(Math.min(opened.sessionEndsAt?.getTime() ?? usualEndMs, usualEndMs));
  const sessionEndsAt = sessionEnd.toISOString();
  const { redirect, bankReference, resumableUntil } = opened;
  return withAttempt({ ...item, lockedUntil: laterInstant(sessionEnd, limits.lockMs - limits.sessionMs) }, id, {
    ...attempt,
    redirect,
    sessionEndsAt,
    ...(bankReference === undefined ? {} : { bankReference }),
    ...(resumableUntil === undefined ? {} : { resumableUntil: resumableUntil.toISOString() }),
    ...(isAskable ? { askAt: sessionEndsAt, askFrom: sessionEndsAt, asks: 0 } : {}),
  });
}

/** The rules for a report. */
export interface SettlingRules {
  readonly now: Date;
  /** Whether the form gets its `paid` notice when the bank accepts a payment that it will authorise later. */
  readonly isToldOnAcceptance: boolean;
  readonly isAskable: boolean;
  /** Whether the report answers a question of ours. A message may be an old one. */
  readonly isFresh: boolean;
}

/**
 * Settles an attempt by a proven report, whatever came before and however often the report comes. Money that came is never
 * forgotten: a late *paid* replaces every other outcome of its attempt. It pays the item if the item still waits; otherwise the
 * money is to be refunded. Nothing undoes *paid*.
 */
export function settleAttempt(item: Item, id: string, report: PaymentReport, rules: SettlingRules): Item {
  const attempt = attemptOf(item, id);
  switch (report.outcome) {
    case 'open':
      return item;
    case 'pending':
    case 'accepted':
      return settlePending(item, id, report, rules);
    case 'paid':
      return attempt.state === 'paid' ? item : settlePaid(item, id, report, rules);
    default:
      return isUnderWay(attempt) ? closeAttempt(item, id, report.outcome, { ...rules, facts: factsOf(report) }) : item;
  }
}

/**
 * Checks that a report is about its attempt: amount, currency, account, mode and reference are equal, and the capture day is
 * one that a bank may have been given.
 *
 * @throws AppError `bank-message-refused` with the reason.
 */
export function checkReport(item: Item, id: string, report: PaymentReport): void {
  const { shop, mode, createdAt } = attemptOf(item, id);
  const expected = [
    ['reference-differs', attemptReference(item.id, id), report.reference],
    ['amount-differs', item.amountCents, report.amountCents],
    ['currency-differs', item.currency, report.currency],
    ['shop-differs', shop, report.shop],
    ['mode-differs', mode, report.mode],
  ] as const;
  for (const [reason, ours, theirs] of expected) {
    if (ours !== theirs) throw new AppError('bank-message-refused', { reason });
  }
  const { captureDate } = report;
  const isDay = captureDate === undefined || isRealDay(captureDate);
  const delayDays = captureDate === undefined ? 0 : daysBetween(createdAt.slice(0, 10), captureDate);
  if (!isDay || delayDays > longestCaptureDelayDays) {
    throw new AppError('bank-message-refused', { reason: 'message-malformed' });
  }
}

function settlePaid(item: Item, id: string, report: PaymentReport, { now }: SettlingRules): Item {
  const settledAt = now.toISOString();
  const attempt = ended(attemptOf(item, id), { ...factsOf(report), settledAt });
  const changed = unlock(withAttempt(touch(item, now), id, { ...attempt, state: 'paid' }), id);
  if (item.state !== 'waiting') return raiseAlert(changed, id, { kind: 'money-to-refund' }, now);
  const paid = { ...closeOpenAlerts(changed, settledAt), state: 'paid', paidAt: settledAt, paidBy: id } as const;
  const { excessCents: amountCents } = report;
  const noted = amountCents === undefined ? paid : raiseAlert(paid, id, { kind: 'money-to-refund', amountCents }, now);
  return oweNotice(noted, { trigger: 'paid', attemptId: id, tries: 0, nextAt: settledAt });
}

/** The bank is at work. An expired attempt goes on, and locks the item if nothing else does. */
function settlePending(item: Item, id: string, report: PaymentReport, rules: SettlingRules): Item {
  const { now, isFresh } = rules;
  const attempt = attemptOf(item, id);
  const isExpired = attempt.state === 'expired';
  if (!isUnderWay(attempt) && !isExpired) return item;
  const isNewlyAccepted = report.outcome === 'accepted' && attempt.acceptedAt === undefined;
  if (attempt.state === 'pending' && !isNewlyAccepted) return item;
  const isFree = item.state === 'waiting' && !isLocked(item, now);
  // Somebody may send an old message again. A second lock needs the bank's answer of today.
  if (isExpired && !isNewlyAccepted && !(isFresh && isFree)) return isFresh ? item : askSoon(item, id, now);

  const changed = touch(item, now);
  const pending = withAttempt(changed, id, { ...attempt, ...factsOf(report), state: 'pending' });
  const locked = isExpired && isFree ? lock(pending, id, laterInstant(now, longestExtensionMs)) : pending;
  return isNewlyAccepted ? accept(locked, id, report, rules) : locked;
}

/**
 * Makes the question to the bank due at once: only its answer can prove what came. Returns the same object when no question is
 * planned, or when one is due or being put already.
 */
function askSoon(item: Item, id: string, now: Date): Item {
  const attempt = attemptOf(item, id);
  const isPlanned = attempt.askAt !== undefined && attempt.askAt > now.toISOString() && attempt.claimId === undefined;
  return isPlanned ? withAttempt(item, id, { ...attempt, askAt: now.toISOString() }) : item;
}

/** A payment that will be authorised on its capture day locks the item until a week after that. */
function accept(item: Item, id: string, { captureDate }: PaymentReport, rules: SettlingRules): Item {
  if (captureDate === undefined) throw new Error('A payment that is authorised later must have a capture day.');
  const { now, isToldOnAcceptance, isAskable } = rules;
  const acceptedAt = now.toISOString();
  const captureAt = `${captureDate}T00:00:00.000Z`;
  const { askAt, askFrom, asks, claimId, ...attempt } = attemptOf(item, id);
  const questions = isAskable ? { askAt: captureAt, askFrom: captureAt, asks: 0 } : {};
  const accepted = withAttempt(item, id, { ...attempt, acceptedAt, captureDate, ...questions });
  // A paid or cancelled item keeps its state, and needs no lock.
  if (item.state !== 'waiting') return accepted;
  const locked = item.lockedBy === id ? lock(accepted, id, acceptedLockEnd(captureDate)) : accepted;
  return isToldOnAcceptance
    ? oweNotice(locked, { trigger: 'paid', attemptId: id, tries: 0, nextAt: acceptedAt })
    : locked;
}

function acceptedLockEnd(captureDate: string): Instant {
  return laterInstant(new Date(`${captureDate}T00:00:00.000Z`), acceptedLockDays * 86_400_000);
}

export interface Closing {
  readonly now: Date;
  readonly facts?: Partial<Attempt>;
}

/**
 * Ends an attempt without money, and its lock. A bank that can be asked is still asked about an *expired* attempt: its own word
 * may yet come.
 */
export function closeAttempt(
  item: Item,
  id: string,
  state: 'refused' | 'abandoned' | 'expired' | 'failed',
  { now, facts = {} }: Closing,
): Item {
  const attempt = attemptOf(item, id);
  if (!isUnderWay(attempt)) return item;
  const settled = { ...facts, settledAt: now.toISOString() };
  const { askAt, askFrom, asks, claimId } = attempt;
  const kept = state === 'expired' && askAt !== undefined ? { askAt, askFrom, asks, claimId } : {};
  const closed = unlock(withAttempt(touch(item, now), id, { ...ended(attempt, settled), ...defined(kept), state }), id);
  if (item.state !== 'waiting') return closed;
  const isAccepted = attempt.acceptedAt !== undefined;
  const isUnknown = state === 'expired' && (isAccepted || attempt.doubtedAt !== undefined);
  if (isUnknown) return raiseAlert(closed, id, { kind: 'authorisation-unconfirmed' }, now);
  return isAccepted && item.notice?.attemptId === id ? withdrawNotice(closed, id, now) : closed;
}

/**
 * Withdraws the notice of a payment that has failed now, unless the form has heard it. A notice that was never tried is deleted.
 * After a try, people must look.
 */
function withdrawNotice(item: Item, id: string, now: Date): Item {
  const { notice, ...untold } = item;
  if (notice === undefined || notice.tries === 0) return untold;
  const { nextAt, claimId, ...tried } = notice;
  const withdrawn = { ...tried, end: 'withdrawn' as const, endedAt: now.toISOString() };
  return raiseAlert(
    { ...untold, notice: hasBeenHeard(notice) ? notice : withdrawn },
    id,
    { kind: 'authorisation-failed' },
    now,
  );
}

/** Ends an attempt at a bank that cannot be asked. It expires, and no question is due any more. */
export function closeUnasked(item: Item, id: string, now: Date): Item {
  const closed = closeAttempt(item, id, 'expired', { now });
  const { askAt, askFrom, asks, claimId, ...quiet } = attemptOf(closed, id);
  return askAt === undefined ? closed : withAttempt(closed, id, quiet);
}

/** Whether no answer of the bank to the opening is stored. */
export function hasNoAnswer({ state, redirect }: Attempt): boolean {
  return state === 'open' && redirect === undefined;
}

/**
 * Closes an alert: an operator says that people have dealt with it. Returns the same object when there is no such alert, or it
 * was closed before.
 */
export function closeAlert(item: Item, id: string, now: Date): Item {
  const alert = item.alerts?.[id];
  if (alert === undefined || alert.closedAt !== undefined) return item;
  const alerts = { ...item.alerts, [id]: { ...alert, closedAt: now.toISOString() } };
  return touch({ ...item, alerts }, now);
}

/** @throws AppError `unknown-attempt`. */
export function attemptOf(item: Item, id: string): Attempt {
  const attempt = Object.hasOwn(item.payments, id) ? item.payments[id] : undefined;
  if (attempt === undefined) throw new AppError('unknown-attempt');
  return attempt;
}

export function withAttempt(item: Item, id: string, attempt: Attempt): Item {
  return { ...item, payments: { ...item.payments, [id]: attempt } };
}

/** An attempt that is over: nobody is sent to the bank any more, and nobody asks it. */
function ended(attempt: Attempt, settled: Partial<Attempt>): Attempt {
  const { redirect, resumableUntil, askAt, askFrom, asks, claimId, doubtedAt, ...rest } = attempt;
  return { ...rest, ...settled };
}

export function lock(item: Item, id: string, lockedUntil: Instant): Item {
  return { ...item, lockedBy: id, lockedUntil };
}

/** Takes the lock away if this attempt holds it. An attempt that the bank accepted meanwhile takes the lock over at once. */
function unlock(item: Item, id: string): Item {
  const { lockedBy, lockedUntil, ...free } = item;
  if (lockedBy !== id) return item;
  const accepted = Object.entries(item.payments).find(
    ([, { state, acceptedAt }]) => state === 'pending' && acceptedAt !== undefined,
  );
  if (accepted === undefined || item.state !== 'waiting') return free;
  const [heir, { captureDate = '' }] = accepted;
  return lock(free, heir, acceptedLockEnd(captureDate));
}

function raiseAlert(item: Item, id: string, what: Pick<Alert, 'kind' | 'amountCents'>, now: Date): Item {
  return { ...item, alerts: { ...item.alerts, [id]: { ...what, raisedAt: now.toISOString() } } };
}

/** Closes the open alerts: the money has come after all, and nobody need look any more. */
function closeOpenAlerts(item: Item, closedAt: Instant): Item {
  if (item.alerts === undefined) return item;
  const alerts = Object.entries(item.alerts).map(([id, alert]) => [id, { closedAt, ...alert }]);
  return { ...item, alerts: Object.fromEntries(alerts) };
}

function factsOf({ bankTransactionId, bankTransactionDate, bankData }: PaymentReport): Partial<Attempt> {
  return defined({ bankTransactionId, bankTransactionDate, bankData });
}

/** Leaves out undefined fields: a row holds none. */
function defined<Fields extends object>(
  fields: Fields,
): { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof defined<Fields>>;
}
