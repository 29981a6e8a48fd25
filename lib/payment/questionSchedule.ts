/** When a bank is asked what became of an attempt. Pure. */
import type { Instant } from '../basket/item.ts';
import { daysLater, laterInstant } from '../calendar.ts';

const minuteMs = 60_000;

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
