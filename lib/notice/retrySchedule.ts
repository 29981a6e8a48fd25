/** When to send a notice again after a failed try. Pure. */
import { type Instant, laterInstant } from '../values/days.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Delays after the first tries. Later tries come every six hours. */
const firstDelaysMs = [1, 1, 5, 15, 60].map((minutes) => minutes * minuteMs);
const laterDelayMs = 6 * hourMs;

/** Counted from the first try. After that, a notice to a form that is busy or out of reach is abandoned. */
const patienceMs = 3 * 24 * hourMs;

/** Counted from the first refusal, for a form that answers and says no. w.c.s. frees a stalled form after an hour. */
const refusedPatienceMs = 2 * hourMs;

/** The longest wait that a form may ask for in `Retry-After`. A longer one is cut. */
const longestWaitMs = 6 * hourMs;

/** Spreads the next tries of many notices that failed together. */
const jitterShare = 0.1;

export interface FailedTry {
  /** Number of tries so far, this one included. */
  readonly tries: number;
  readonly firstTriedAt: Instant;
  /** Since when the form has refused: it answers, neither with a success nor with a wish to be called later. */
  readonly refusedSince?: Instant;
  /** The wait that the form asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly now: Date;
  /** Between 0 and 1, drawn by chance. */
  readonly chance: number;
}

/** @returns undefined when the notice is abandoned. */
export function nextTry({
  tries,
  firstTriedAt,
  refusedSince,
  retryAfterMs = 0,
  now,
  chance,
}: FailedTry): Instant | undefined {
  const elapsedMs = now.getTime() - Date.parse(firstTriedAt);
  // A form that refuses gets its last try when its time is over.
  const leftMs = refusedSince === undefined ? Infinity : Date.parse(refusedSince) + refusedPatienceMs - now.getTime();
  if (leftMs <= 0) return undefined;
  const plannedMs = (firstDelaysMs[tries - 1] ?? laterDelayMs) * (1 + jitterShare * chance);
  const delayMs = Math.min(leftMs, Math.max(plannedMs, Math.min(retryAfterMs, longestWaitMs)));
  return elapsedMs + delayMs > patienceMs ? undefined : laterInstant(now, Math.round(delayMs));
}
