/** When a form is told again that was not told yet. Pure. */
import { type Instant, laterInstant } from '../values/days.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** After the first tries; then every six hours. */
const firstDelaysMs = [1, 1, 5, 15, 60].map((minutes) => minutes * minuteMs);
const laterDelayMs = 6 * hourMs;

/** From the first try. A notice to a form that is busy or out of reach is abandoned after that. */
const patienceMs = 3 * 24 * hourMs;

/** From its first refusal, for a form that answers and says no: w.c.s. frees one that has stalled after an hour. */
const refusedPatienceMs = 2 * hourMs;

/** What a form may ask for in `Retry-After`; more is cut. */
const longestWaitMs = 6 * hourMs;

/** Tries of many notices that failed together do not come again together. */
const jitterShare = 0.1;

export interface FailedTry {
  /** Number of tries so far, this one included. */
  readonly tries: number;
  readonly firstTriedAt: Instant;
  /** Since when the form answers, and neither with a success nor with a wish to be asked later. */
  readonly refusedSince?: Instant;
  /** What the form asks for, in milliseconds. */
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
  // The last try of a form that refuses comes when its time is over.
  const leftMs = refusedSince === undefined ? Infinity : Date.parse(refusedSince) + refusedPatienceMs - now.getTime();
  if (leftMs <= 0) return undefined;
  const plannedMs = (firstDelaysMs[tries - 1] ?? laterDelayMs) * (1 + jitterShare * chance);
  const delayMs = Math.min(leftMs, Math.max(plannedMs, Math.min(retryAfterMs, longestWaitMs)));
  return elapsedMs + delayMs > patienceMs ? undefined : laterInstant(now, Math.round(delayMs));
}
