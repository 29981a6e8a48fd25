/** What becomes of the attempts to pay an item. Pure: each function gives the item as it is to be, or the very same one. */
import type { OpenedPayment, PaymentReport } from '../bank/paymentProvider.ts';
import type { BankProfile } from '../bank/profile.ts';
import { type Alert, type Attempt, attemptReference, isUnderWay } from '../item/attempt.ts';
import { type Item, isLocked, isUnconfirmed, touch } from '../item/item.ts';
import { oweNotice } from '../item/notice.ts';
import { daysBetween, type Instant, isRealDay, laterInstant } from '../values/days.ts';
import { AppError } from '../values/errors.ts';

/** An attempt without an answer of the bank by then has none that a citizen could use. */
const openingMs = 2 * 60_000;

/** A lock is prolonged by this much at a time. */
export const longestExtensionMs = 60 * 60_000;

/** Days after its capture day until which a payment that is authorised later locks its item. */
const acceptedLockDays = 7;

/** No bank captures later than a year after the payment; the rest is its own holidays. */
const longestCaptureDelayDays = 400;

/** So many attempts, and a person has to look. */
const maximumAttempts = 20;

/** Two digits of the reference are for the attempt's number. */
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
  // Ours, when the answer to the write was lost.
  if (attempts.some(([, { startId }]) => startId === attempt.startId)) return item;
  const lockHolder = item.lockedBy === undefined ? undefined : item.payments[item.lockedBy];
  // A lock that has run out is for whoever asks the bank to take away, not for a second attempt.
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
 * The number of the next attempt, and the others beside it. So many at most are kept; where that is reached, the oldest one
 * that the bank never answered makes room: nobody was sent there with it.
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

/** How a bank's account works, as far as the times of an attempt depend on it. */
export interface OpeningRules {
  readonly limits: Pick<BankProfile, 'sessionMs' | 'lockMs'>;
  readonly isAskable: boolean;
}

/**
 * The bank's answer kept with its attempt, and the lock drawn out to the bank's session. The very same item when the
 * attempt has come to an outcome meanwhile, or has failed for lack of an answer.
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
  // The bank may say that it ends earlier; a lock is never longer than usual.
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

/** How a report is to be taken. */
export interface SettlingRules {
  readonly now: Date;
  /** Whether the form hears `paid` when the bank accepts a payment that it will authorise later. */
  readonly isToldOnAcceptance: boolean;
  readonly isAskable: boolean;
  /** Whether the report is the answer to a question of ours, and not a message, which may be an old one. */
  readonly isFresh: boolean;
}

/**
 * What a proven report changes, whatever came before it and however often it comes. Money that came is never forgotten: a
 * late *paid* replaces every other outcome of its attempt, and pays the item if that still waits; otherwise it is to be
 * refunded. Nothing undoes *paid*.
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
 * The amount, currency, account, mode and reference of a report are those of the attempt, and its day is one that a bank may
 * have been given.
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

/** The bank is at work. An attempt that had expired goes on, and locks the item if nothing else does. */
function settlePending(item: Item, id: string, report: PaymentReport, rules: SettlingRules): Item {
  const { now, isFresh } = rules;
  const attempt = attemptOf(item, id);
  const isExpired = attempt.state === 'expired';
  if (!isUnderWay(attempt) && !isExpired) return item;
  const isNewlyAccepted = report.outcome === 'accepted' && attempt.acceptedAt === undefined;
  if (attempt.state === 'pending' && !isNewlyAccepted) return item;
  const isFree = item.state === 'waiting' && !isLocked(item, now);
  // A message may be an old one that somebody sends again; a second lock for it takes the bank's answer of today.
  if (isExpired && !isNewlyAccepted && !(isFresh && isFree)) return isFresh ? item : askSoon(item, id, now);

  const changed = touch(item, now);
  const pending = withAttempt(changed, id, { ...attempt, ...factsOf(report), state: 'pending' });
  const locked = isExpired && isFree ? lock(pending, id, laterInstant(now, longestExtensionMs)) : pending;
  return isNewlyAccepted ? accept(locked, id, report, rules) : locked;
}

/** The bank asked at once: something came that only its answer can prove. The very same item when it is not to be asked. */
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
  // An item that is paid or cancelled keeps its state, and no lock is its matter any more.
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
 * An attempt that is over without money, and its lock with it. A bank that can be asked goes on being asked about an
 * *expired* one: its own word may still come.
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

/** The form was to hear of a payment that now has failed. What was never tried is forgotten; otherwise people must look. */
function withdrawNotice(item: Item, id: string, now: Date): Item {
  const { notice, ...untold } = item;
  if (notice === undefined || notice.tries === 0) return untold;
  const { nextAt, claimId, ...tried } = notice;
  const ended = nextAt === undefined ? notice : { ...tried, end: 'withdrawn' as const, endedAt: now.toISOString() };
  return raiseAlert({ ...untold, notice: ended }, id, { kind: 'authorisation-failed' }, now);
}

/** An attempt of a bank that cannot be asked: over when its lock is, and no question is due. */
export function closeUnasked(item: Item, id: string, now: Date): Item {
  const closed = closeAttempt(item, id, 'expired', { now });
  const { askAt, askFrom, asks, claimId, ...quiet } = attemptOf(closed, id);
  return askAt === undefined ? closed : withAttempt(closed, id, quiet);
}

/** An attempt whose opening was never answered, as far as anybody knows. */
export function hasNoAnswer({ state, redirect }: Attempt): boolean {
  return state === 'open' && redirect === undefined;
}

/** The operator's word that people have dealt with an alert; the very same item when there is none, or it was closed before. */
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

/** The item with an attempt as it is to be. */
export function withAttempt(item: Item, id: string, attempt: Attempt): Item {
  return { ...item, payments: { ...item.payments, [id]: attempt } };
}

/** Nobody is sent to the bank any more, and nobody asks it. */
function ended(attempt: Attempt, settled: Partial<Attempt>): Attempt {
  const { redirect, resumableUntil, askAt, askFrom, asks, claimId, doubtedAt, ...rest } = attempt;
  return { ...rest, ...settled };
}

/** The item locked by an attempt, until then. */
export function lock(item: Item, id: string, lockedUntil: Instant): Item {
  return { ...item, lockedBy: id, lockedUntil };
}

/**
 * The lock names its attempt: settling another leaves it alone. What comes free is locked at once by a payment that another
 * attempt had accepted meanwhile.
 */
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

/** The money has come after all: nobody need look any more. */
function closeOpenAlerts(item: Item, closedAt: Instant): Item {
  if (item.alerts === undefined) return item;
  const alerts = Object.entries(item.alerts).map(([id, alert]) => [id, { closedAt, ...alert }]);
  return { ...item, alerts: Object.fromEntries(alerts) };
}

function factsOf({ bankTransactionId, bankTransactionDate, bankData }: PaymentReport): Partial<Attempt> {
  return defined({ bankTransactionId, bankTransactionDate, bankData });
}

/** Without the fields that are undefined: a row holds none. */
function defined<Fields extends object>(
  fields: Fields,
): { [Field in keyof Fields]?: Exclude<Fields[Field], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof defined<Fields>>;
}
