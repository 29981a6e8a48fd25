/** What becomes of the attempts to pay an item. Pure: each function gives the item as it is to be, or the very same one. */
import { type Attempt, type Instant, type Item, isLocked, oweNotice, touch } from '../basket/item.ts';
import { laterInstant } from '../calendar.ts';
import { AppError } from '../errors.ts';
import type { BankLimits } from './banks.ts';
import type { OpenedPayment, Outcome, PaymentReport } from './provider.ts';
import { nextQuestion } from './questionSchedule.ts';

/** An attempt without an answer of the bank by then has none that a citizen could use. */
const openingMs = 2 * 60_000;

/** While a question is put, nobody else puts it, and a lock that has run out still holds. */
const questionLeaseMs = 60_000;

/** A lock is prolonged by this much at a time. */
const longestExtensionMs = 60 * 60_000;

/** Days after its capture day until which a payment that is authorised later locks its item. */
const acceptedLockDays = 7;

/** So many attempts, and a person has to look. */
const maximumAttempts = 20;

/** What a decision needs to know beside the item. */
export interface Decision {
  readonly now: Date;
  readonly retentionDays: number;
}

/** An attempt that may still turn into money without a further word of the citizen. */
export function isUnderWay({ state }: Pick<Attempt, 'state'>): boolean {
  return state === 'open' || state === 'pending';
}

/** What the bank knows an attempt by: 28 characters of `0-9a-z`, which fits the reference field of each. */
export function attemptReference(itemId: string, attemptId: string): string {
  return `${itemId}${attemptId.padStart(2, '0')}`;
}

export type NewAttempt = Pick<Attempt, 'startId' | 'bank' | 'mode' | 'shop' | 'email' | 'captureDate'>;

/**
 * The item with one more attempt, which locks it.
 *
 * @throws AppError `already-paid`, `already-cancelled`, `payment-in-progress`, `too-many-attempts`.
 */
export function openAttempt(item: Item, attempt: NewAttempt, { now, retentionDays }: Decision): Item {
  if (item.state === 'paid') throw new AppError('already-paid');
  if (item.state === 'cancelled') throw new AppError('already-cancelled');
  const attempts = Object.entries(item.payments);
  // Ours, when the answer to the write was lost.
  if (attempts.some(([, { startId }]) => startId === attempt.startId)) return item;
  if (isLocked(item, now)) throw new AppError('payment-in-progress');
  if (attempts.length >= maximumAttempts) throw new AppError('too-many-attempts');
  const id = String(attempts.length + 1);
  return touch(
    {
      ...item,
      payments: { ...item.payments, [id]: { ...attempt, state: 'open', createdAt: now.toISOString() } },
      lockedBy: id,
      lockedUntil: laterInstant(now, openingMs),
    },
    now,
    retentionDays,
  );
}

/** How a bank's account works, as far as the times of an attempt depend on it. */
export interface OpeningRules {
  readonly limits: Pick<BankLimits, 'sessionMs' | 'lockMs'>;
  readonly isAskable: boolean;
}

/**
 * The bank's answer kept with its attempt, and the lock drawn out to the bank's session. The very same item when the
 * attempt has come to an outcome meanwhile, or has been given up for lack of an answer.
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
  const usualEnd = new Date(createdAt.getTime() + limits.sessionMs);
  const sessionEnd = opened.sessionEndsAt ?? usualEnd;
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
export interface SettlingRules extends Decision {
  /** Whether the form hears `paid` when the bank accepts a payment that it will authorise later. */
  readonly isToldOnAcceptance: boolean;
  readonly isAskable: boolean;
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

/** The amount, currency, account, mode and reference of a report are those of the attempt. @throws AppError `bank-message-refused`. */
export function checkReport(item: Item, id: string, report: PaymentReport): void {
  const { shop, mode } = attemptOf(item, id);
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
}

function settlePaid(item: Item, id: string, report: PaymentReport, { now, retentionDays }: SettlingRules): Item {
  const settledAt = now.toISOString();
  const attempt = ended(attemptOf(item, id), { ...factsOf(report), settledAt });
  const changed = unlock(withAttempt(touch(item, now, retentionDays), id, { ...attempt, state: 'paid' }), id);
  if (item.state !== 'waiting') return raise(changed, id, 'money-to-refund', now);
  const paid = { ...withoutAlert(changed, id), state: 'paid', paidAt: settledAt, paidBy: id } as const;
  return oweNotice(paid, { trigger: 'paid', tries: 0, nextAt: settledAt });
}

/** The bank is at work. An attempt that we had given up is taken up again, unless another one is under way. */
function settlePending(item: Item, id: string, report: PaymentReport, rules: SettlingRules): Item {
  const { now, retentionDays } = rules;
  const attempt = attemptOf(item, id);
  const isTakenUp = attempt.state === 'expired' && item.state === 'waiting' && !isLocked(item, now);
  if (!isUnderWay(attempt) && !isTakenUp) return item;
  const isNewlyAccepted = report.outcome === 'accepted' && attempt.acceptedAt === undefined;
  if (attempt.state === 'pending' && !isNewlyAccepted) return item;

  const pending = withAttempt(touch(item, now, retentionDays), id, {
    ...attempt,
    ...factsOf(report),
    state: 'pending',
  });
  const locked = isTakenUp ? lock(pending, id, laterInstant(now, longestExtensionMs)) : pending;
  return isNewlyAccepted ? accept(locked, id, report, rules) : locked;
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
  return isToldOnAcceptance ? oweNotice(locked, { trigger: 'paid', tries: 0, nextAt: acceptedAt }) : locked;
}

function acceptedLockEnd(captureDate: string): Instant {
  return laterInstant(new Date(`${captureDate}T00:00:00.000Z`), acceptedLockDays * 86_400_000);
}

export interface Closing extends Decision {
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
  { now, retentionDays, facts = {} }: Closing,
): Item {
  const attempt = attemptOf(item, id);
  if (!isUnderWay(attempt)) return item;
  const settled = { ...facts, settledAt: now.toISOString() };
  const { askAt, askFrom, asks, claimId } = attempt;
  const kept = state === 'expired' && askAt !== undefined ? { askAt, askFrom, asks, claimId } : {};
  const closed = unlock(
    withAttempt(touch(item, now, retentionDays), id, { ...ended(attempt, settled), ...defined(kept), state }),
    id,
  );
  // The form was told of a payment that now has failed.
  const wasTold = attempt.acceptedAt !== undefined && item.notice?.trigger === 'paid' && item.state === 'waiting';
  return wasTold ? raise(closed, id, 'authorisation-failed', now) : closed;
}

/** Ids of the attempts about which something is due: a question to the bank, or the end of their lock. */
export function dueAttempts(item: Item, now: Date): string[] {
  const instant = now.toISOString();
  return Object.entries(item.payments)
    .filter(([id, { askAt }]) => isDue(askAt, instant) || (item.lockedBy === id && isDue(item.lockedUntil, instant)))
    .map(([id]) => id);
}

/** An attempt whose opening was never answered, as far as anybody knows. */
export function hasNoAnswer({ state, redirect }: Attempt): boolean {
  return state === 'open' && redirect === undefined;
}

/**
 * The item with a question to the bank claimed by this id, for a minute; the very same one when the claim is ours already, or
 * when nothing is due any more, because somebody else has the question.
 */
export function claimQuestion(item: Item, id: string, claimId: string, now: Date): Item {
  const attempt = attemptOf(item, id);
  if (attempt.claimId === claimId || !dueAttempts(item, now).includes(id)) return item;
  const leaseEnd = laterInstant(now, questionLeaseMs);
  const asked = withAttempt(item, id, { ...attempt, claimId, askAt: leaseEnd, asks: (attempt.asks ?? 0) + 1 });
  const isShort = item.lockedBy === id && item.lockedUntil !== undefined && item.lockedUntil < leaseEnd;
  return isShort ? lock(asked, id, leaseEnd) : asked;
}

/**
 * What follows a question that left the attempt without an outcome: when to ask again, and whether the item stays locked.
 * Only a bank that is at work, or that did not answer, keeps it locked past its time.
 *
 * @param answer what the bank said; `none` when it did not answer.
 */
export function followQuestion(
  item: Item,
  id: string,
  { claimId, answer, ...decision }: Decision & { claimId: string; answer: Outcome | 'none' },
): Item {
  const { claimId: claimedBy, ...attempt } = attemptOf(item, id);
  if (claimedBy !== claimId) return item;
  const { askAt, ...quiet } = attempt;
  const { now } = decision;
  const next = nextQuestion(attempt.askFrom ?? attempt.createdAt, attempt.asks ?? 1, now);
  if (next === undefined) return closeAttempt(withAttempt(item, id, quiet), id, 'expired', decision);

  const asking = withAttempt(item, id, { ...attempt, askAt: next });
  const isRunOut = item.lockedBy === id && (item.lockedUntil ?? '') <= laterInstant(now, questionLeaseMs);
  if (!isRunOut) return asking;
  if (answer === 'open') return closeAttempt(asking, id, 'expired', decision);
  return lock(asking, id, [next, laterInstant(now, longestExtensionMs)].toSorted()[0] ?? next);
}

/** The operator's word that people have dealt with an alert; the very same item when there is none, or it was closed before. */
export function closeAlert(item: Item, id: string, { now, retentionDays }: Decision): Item {
  const alert = item.alerts?.[id];
  if (alert === undefined || alert.closedAt !== undefined) return item;
  const alerts = { ...item.alerts, [id]: { ...alert, closedAt: now.toISOString() } };
  return touch({ ...item, alerts }, now, retentionDays);
}

/** @throws AppError `unknown-attempt`. */
export function attemptOf(item: Item, id: string): Attempt {
  const attempt = Object.hasOwn(item.payments, id) ? item.payments[id] : undefined;
  if (attempt === undefined) throw new AppError('unknown-attempt');
  return attempt;
}

function withAttempt(item: Item, id: string, attempt: Attempt): Item {
  return { ...item, payments: { ...item.payments, [id]: attempt } };
}

/** Nobody is sent to the bank any more, and nobody asks it. */
function ended(attempt: Attempt, settled: Partial<Attempt>): Attempt {
  const { redirect, resumableUntil, askAt, askFrom, asks, claimId, ...rest } = attempt;
  return { ...rest, ...settled };
}

function lock(item: Item, id: string, lockedUntil: Instant): Item {
  return { ...item, lockedBy: id, lockedUntil };
}

/** The lock names its attempt: settling another leaves it alone. */
function unlock(item: Item, id: string): Item {
  const { lockedBy, lockedUntil, ...free } = item;
  return lockedBy === id ? free : item;
}

function raise(item: Item, id: string, kind: 'money-to-refund' | 'authorisation-failed', now: Date): Item {
  return { ...item, alerts: { ...item.alerts, [id]: { kind, raisedAt: now.toISOString() } } };
}

function withoutAlert(item: Item, id: string): Item {
  const { alerts, ...rest } = item;
  const others = Object.entries(alerts ?? {}).filter(([attemptId]) => attemptId !== id);
  return others.length === 0 ? rest : { ...rest, alerts: Object.fromEntries(others) };
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

function isDue(at: Instant | undefined, now: Instant): boolean {
  return at !== undefined && at <= now;
}
