/**
 * Changes of the notice that an item owes its form. Pure: each function returns the changed item, or the same object when
 * nothing changes.
 */
import { attemptReference } from '../item/attempt.ts';
import type { Item } from '../item/item.ts';
import { hasBeenHeard, isBeingTold, type Notice, type NoticeTry } from '../item/notice.ts';
import { laterInstant } from '../values/days.ts';
import type { TryReading } from './formAnswer.ts';
import { nextTry } from './retrySchedule.ts';

/** For this long nobody else makes a try. A try takes 30 s at most. */
const leaseMs = 60_000;

/** A host that does not answer is left alone for this long at least, so that its notices are not tried in vain. */
const putOffMs = 5 * 60_000;

/** A notice that a run had no time for is put off by this much, to the next run. */
const leftOverMs = 60_000;

const longestLog = 30;

export function isNoticeDue({ notice }: Item, now: Date): boolean {
  return notice?.nextAt !== undefined && notice.nextAt <= now.toISOString();
}

/**
 * Claims the next try with this id. The try is counted, and its outcome is *unknown* until it is recorded. Returns the same
 * object when the claim is ours already, or when nothing is due any more because somebody else has it.
 */
export function claimNotice(item: Item, claimId: string, now: Date): Item {
  const { notice } = item;
  if (notice === undefined || notice.claimId === claimId || !isNoticeDue(item, now)) return item;
  const at = now.toISOString();
  const started: NoticeTry = { at, outcome: 'unknown' };
  return {
    ...item,
    notice: {
      ...released(notice),
      tries: notice.tries + 1,
      claimId,
      nextAt: laterInstant(now, leaseMs),
      firstTriedAt: notice.firstTriedAt ?? at,
      log: [...(notice.log ?? []), started].slice(-longestLog),
    },
  };
}

/** A try that has ended. */
export interface EndedTry {
  readonly claimId: string;
  readonly reading: TryReading;
  readonly durationMs: number;
  readonly now: Date;
  /** Between 0 and 1, drawn by chance. */
  readonly chance: number;
  /** Number of keys that may sign. */
  readonly keyCount: number;
}

/**
 * Records the outcome of a try, and when the next one is due, if any. Returns the same object when somebody else has claimed
 * another try.
 */
export function recordTry(item: Item, { claimId, reading, durationMs, now, chance, keyCount }: EndedTry): Item {
  const { notice } = item;
  if (notice === undefined || notice.claimId !== claimId) return item;
  const { claimId: _, nextAt: __, ...rest } = notice;
  const { outcome, reason, retryAfterMs } = reading;
  const started = notice.log?.at(-1)?.at ?? now.toISOString();
  const ended: NoticeTry = { at: started, outcome, reason: reason.slice(0, 60), durationMs };
  const tried: Notice = {
    ...rest,
    log: [...(notice.log ?? []).slice(0, -1), ended],
    ...(reading.mayHaveHeard ? { mayHaveHeard: true } : {}),
    ...(outcome === 'wrong-key' ? { keyIndex: ((notice.keyIndex ?? 0) + 1) % Math.max(1, keyCount) } : {}),
  };
  if (outcome === 'delivered' || outcome === 'presumed-delivered')
    return endNotice({ ...item, notice: tried }, outcome, now);
  const { refusedSince, ...calm } = tried;
  const isRefusal = outcome === 'refused' || (outcome === 'wrong-key' && !hasOtherKey(tried, keyCount));
  const refusal = isRefusal ? { refusedSince: refusedSince ?? now.toISOString() } : {};
  const { firstTriedAt = started, triedBefore = 0 } = notice;
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  const tries = notice.tries - triedBefore;
  const nextAt = nextTry({ tries, firstTriedAt, now, chance, ...refusal, ...wish });
  const next = { ...calm, ...refusal };
  if (nextAt === undefined) return endNotice({ ...item, notice: next }, 'failed', now);
  return { ...item, notice: { ...next, nextAt } };
}

/** Whether there is a key that the form has not refused since it last believed one, or last answered otherwise. */
function hasOtherKey({ log = [] }: Notice, keyCount: number): boolean {
  const refusals = log.length - 1 - log.findLastIndex(({ outcome }) => outcome !== 'wrong-key');
  return refusals < keyCount;
}

/** Ends the notice: nothing is owed any more. Returns the same object when there was no notice. */
export function endNotice(item: Item, end: NonNullable<Notice['end']>, now: Date): Item {
  if (item.notice === undefined) return item;
  const { nextAt, claimId, ...notice } = item.notice;
  return { ...item, notice: { ...notice, end, endedAt: now.toISOString() } };
}

/**
 * Puts the notice off without a try: for some minutes because its host does not answer, or to the next run. Returns the same
 * object when the notice is not due any more.
 *
 * @param chance between 0 and 1.
 */
export function putOffNotice(
  item: Item,
  why: 'host-down' | 'no-time',
  { now, chance }: { now: Date; chance: number },
): Item {
  if (item.notice === undefined || !isNoticeDue(item, now)) return item;
  const delayMs = why === 'host-down' ? putOffMs * (1 + chance) : leftOverMs;
  return { ...item, notice: { ...released(item.notice), nextAt: laterInstant(now, Math.round(delayMs)) } };
}

/** Drops a claim whose try was never recorded. That run may have told the form before it died. */
function released({ claimId, ...notice }: Notice): Notice {
  return claimId === undefined ? notice : { ...notice, mayHaveHeard: true };
}

/**
 * Sends the notice again from the start, as an operator asks. Returns the same object when there is no notice, its news is not
 * true any more, or a try is under way.
 */
export function redeliverNotice(item: Item, now: Date): Item {
  const { notice } = item;
  if (notice === undefined || notice.end === 'withdrawn' || isBeingTold(notice, now)) return item;
  const { end, endedAt, firstTriedAt, refusedSince, ...kept } = released(notice);
  // A form that has heard does not know the trigger any more.
  const heard = hasBeenHeard(notice) ? { mayHaveHeard: true } : {};
  return { ...item, notice: { ...kept, ...heard, triedBefore: notice.tries, nextAt: now.toISOString() } };
}

/** The body of a notice, in the words of Combo. @returns JSON; that of `paid` has the same `transaction_id` on each try. */
export function noticeBody(item: Item): string {
  const { trigger, attemptId = item.paidBy ?? '' } = item.notice ?? { trigger: 'cancelled' };
  if (trigger === 'cancelled') return JSON.stringify({ result: 'ok' });
  const attempt = item.payments[attemptId];
  const transactionId = attemptReference(item.id, attemptId);
  return JSON.stringify({
    result: 'ok',
    transaction_id: transactionId,
    order_id: attempt?.bankReference ?? transactionId,
    bank_transaction_id: attempt?.bankTransactionId ?? null,
    bank_transaction_date: attempt?.bankTransactionDate ?? null,
    bank_data: attempt?.bankData ?? {},
  });
}
