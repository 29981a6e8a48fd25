/** Asking a bank what became of an attempt: when, by whom, and what follows. Pure. */
import type { Outcome } from '../bank/paymentProvider.ts';
import type { Attempt } from '../item/attempt.ts';
import { type Item, isLocked } from '../item/item.ts';
import { daysLater, type Instant, laterInstant } from '../values/days.ts';
import { attemptOf, closeAttempt, lock, longestExtensionMs, withAttempt } from './attempts.ts';

const minuteMs = 60_000;

/** While a question is put, nobody else puts it, and a lock that has run out still holds. */
const leaseMs = minuteMs;

/** A lock that a bank at work keeps lasts until after the next question: attendItems may be a little late. */
const marginMs = 2 * minuteMs;

/** After the first question, which comes at the end of the session; then every six hours. */
const firstDelaysMs = [1, 5, 15, 60].map((minutes) => minutes * minuteMs);
const laterDelayMs = 6 * 60 * minuteMs;

/** Days after the end of the session at which the last question is put. */
const lastDay = 7;

/**
 * When to ask again after a question that gave no outcome.
 *
 * @param askFrom end of the bank's session, or the capture day of a payment that is authorised later.
 * @param asks number of questions put since then, this one included.
 * @returns undefined when it is not worth asking any more.
 */
export function nextQuestion(askFrom: Instant, asks: number, now: Date): Instant | undefined {
  const next = laterInstant(now, firstDelaysMs[asks - 1] ?? laterDelayMs);
  return next > daysLater(new Date(askFrom), lastDay) ? undefined : next;
}

/** Ids of the attempts about which something is due, the one that locks the item first: a question, or its lock's end. */
export function dueAttempts(item: Item, now: Date): string[] {
  const instant = now.toISOString();
  const isDue = (at: Instant | undefined): boolean => at !== undefined && at <= instant;
  return Object.entries(item.payments)
    .filter(([id, { askAt }]) => isDue(askAt) || (item.lockedBy === id && isDue(item.lockedUntil)))
    .map(([id]) => id)
    .toSorted((a, b) => Number(b === item.lockedBy) - Number(a === item.lockedBy));
}

/**
 * The item with a question to the bank claimed by this id, for a minute; the very same one when the claim is ours already, or
 * when nothing is due any more, because somebody else has the question.
 */
export function claimQuestion(item: Item, id: string, claimId: string, now: Date): Item {
  const attempt = attemptOf(item, id);
  if (attempt.claimId === claimId || !dueAttempts(item, now).includes(id)) return item;
  const leaseEnd = laterInstant(now, leaseMs);
  const asked = withAttempt(item, id, { ...attempt, claimId, askAt: leaseEnd, asks: (attempt.asks ?? 0) + 1 });
  const isShort = item.lockedBy === id && item.lockedUntil !== undefined && item.lockedUntil < leaseEnd;
  return isShort ? lock(asked, id, leaseEnd) : asked;
}

/** What the bank said: `none` when it did not answer, `doubted` when it did and was not believed. */
export type Answer = Outcome | 'none' | 'doubted';

/** A question that left its attempt without an outcome. */
export interface Unanswered {
  readonly now: Date;
  readonly claimId: string;
  readonly answer: Answer;
}

/**
 * What follows such a question: when to ask again, and whether the item stays locked. Only a bank that is at work, that did not
 * answer, or that was not believed, keeps it locked past its time, an hour at most each time.
 */
export function followQuestion(read: Item, id: string, { claimId, answer, ...context }: Unanswered): Item {
  if (attemptOf(read, id).claimId !== claimId) return read;
  const { now } = context;
  const item = answer === 'doubted' ? takeUp(read, id, now) : read;
  const { claimId: _, ...attempt } = noteAnswer(attemptOf(item, id), answer, now);
  const { askAt, ...quiet } = attempt;
  const next = nextQuestion(attempt.askFrom ?? attempt.createdAt, attempt.asks ?? 1, now);
  if (next === undefined) return closeAttempt(withAttempt(item, id, quiet), id, 'expired', context);

  const asking = withAttempt(item, id, { ...attempt, askAt: next });
  const { lockedBy, lockedUntil = '' } = item;
  const outlives = laterInstant(new Date(next), marginMs);
  if (lockedBy !== id || lockedUntil >= outlives) return asking;
  const hasRunOut = lockedUntil <= laterInstant(now, leaseMs);
  if (answer === 'open') return hasRunOut ? closeAttempt(asking, id, 'expired', context) : asking;
  const lockEnd = earlier(outlives, laterInstant(now, longestExtensionMs));
  const askBefore = earlier(next, laterInstant(new Date(lockEnd), -marginMs));
  return lock(withAttempt(item, id, { ...attempt, askAt: askBefore }), id, lockEnd);
}

/**
 * Since when the bank says what is not believed. Another answer ends that, silence does not: money may have come, and at the end
 * people must find out.
 */
function noteAnswer({ doubtedAt, ...attempt }: Attempt, answer: Answer, now: Date): Attempt {
  if (answer === 'doubted') return { ...attempt, doubtedAt: doubtedAt ?? now.toISOString() };
  return answer === 'none' && doubtedAt !== undefined ? { ...attempt, doubtedAt } : attempt;
}

/** An attempt that had expired, of which the bank now says what is not believed. Nobody is to pay a second time meanwhile. */
function takeUp(item: Item, id: string, now: Date): Item {
  const attempt = attemptOf(item, id);
  if (attempt.state !== 'expired' || item.state !== 'waiting' || isLocked(item, now)) return item;
  return lock(withAttempt(item, id, { ...attempt, state: 'pending' }), id, laterInstant(now, longestExtensionMs));
}

function earlier(a: Instant, b: Instant): Instant {
  return a < b ? a : b;
}
