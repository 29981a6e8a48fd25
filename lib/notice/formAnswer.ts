/** What a form's answer to a notice means. Pure. */
import type { FormAnswer, FormCallResult } from './formCall.ts';

/**
 * `delivered`: the form has heard. `presumed-delivered`: it answers 404 after a try that it may have heard. `unknown`: it may
 * have heard, and something failed. `refused`: it answered, but not with a success that we know. `wrong-key`: it did not
 * believe the signature. `retry`: it is busy or out of reach.
 */
export type TryOutcome = 'delivered' | 'presumed-delivered' | 'unknown' | 'retry' | 'refused' | 'wrong-key';

export interface TryReading {
  readonly outcome: TryOutcome;
  /** Short and stable, for operators: a status, or why there was none. Never anything that the form wrote. */
  readonly reason: string;
  /** The wait that the form asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Whether the form may have heard in spite of this outcome. A 404 at a later try then counts as a sign of success. */
  readonly mayHaveHeard: boolean;
  /** Whether the form's host did not answer at all. */
  readonly isNetworkFailure: boolean;
}

/** Statuses with which a server asks to be called again later. */
const busyStatuses = [408, 425, 429];

/** Redirects that ask for the very same call elsewhere: this one did nothing (RFC 9110, 15.4.8 and 15.4.9). */
const callElsewhereStatuses = [307, 308];

/** w.c.s. answers so while it runs the actions of a form, before it looks at anything else. */
const processing = /currently processing/i;

/** @param mayHaveHeard whether the form may have heard an earlier try. A 404 then counts as a sign of success. */
export function readTry(result: FormCallResult, mayHaveHeard: boolean, now: Date): TryReading {
  if (result.kind !== 'answered') return readSilence(result);
  const { answer } = result;
  const outcome = outcomeOf(answer, mayHaveHeard);
  const retryAfterMs = readRetryAfter(answer.headers.retryAfter, now);
  return {
    outcome,
    reason: `HTTP ${answer.status}`,
    mayHaveHeard: outcome === 'unknown' || (outcome === 'refused' && !isSurelyUnheard(answer)),
    isNetworkFailure: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function readSilence({ kind, reason }: Exclude<FormCallResult, { kind: 'answered' }>): TryReading {
  const mayHaveHeard = kind === 'unknown';
  return { outcome: mayHaveHeard ? 'unknown' : 'retry', reason, mayHaveHeard, isNetworkFailure: true };
}

function outcomeOf(answer: FormAnswer, mayHaveHeard: boolean): TryOutcome {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return outcomeOfSuccess(answer);
  if (status === 404) return mayHaveHeard ? 'presumed-delivered' : 'refused';
  if (status === 403) return processing.test(body) ? 'retry' : 'wrong-key';
  if (busyStatuses.includes(status)) return 'retry';
  // w.c.s. stores the jump before it runs the actions that may fail. A proxy may stop waiting meanwhile.
  return status >= 500 ? 'unknown' : 'refused';
}

/**
 * Whether the form has surely done nothing. w.c.s. refuses with a 4xx before it does anything. Any other refusal may hide a
 * success: w.c.s. answers with a redirect if a caller does not ask for JSON, and a proxy may rewrite a 2xx.
 */
function isSurelyUnheard({ status }: FormAnswer): boolean {
  return (status >= 400 && status < 500) || callElsewhereStatuses.includes(status);
}

/** An answer that breaks off after its first line tells no more than none. */
function outcomeOfSuccess(answer: FormAnswer): TryOutcome {
  if (!answer.isWhole && !answer.isTooLong) return 'unknown';
  return isSuccess(answer) ? 'delivered' : 'refused';
}

/**
 * Whether the answer is a JSON object without an error. As a caller, w.c.s. takes other JSON too, but its own triggers answer
 * with an object.
 */
function isSuccess({ headers: { errorCode }, body, isWhole }: FormAnswer): boolean {
  if (!isWhole) return false;
  const value = parseJson(body);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && isNoError(errorCode || (value as { err?: unknown }).err);
}

/** Whether w.c.s. reads an `X-Error-Code` or an `err` as no error: false in Python, or 0 as a whole number. */
function isNoError(err: unknown): boolean {
  if (typeof err === 'string') return err === '' || /^\s*[+-]?0+\s*$/.test(err);
  if (typeof err === 'number') return Math.trunc(err) === 0;
  if (typeof err === 'object' && err !== null) return Object.keys(err).length === 0;
  return err === undefined || err === null || err === false;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, and so not a success.
    return undefined;
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3); undefined when absent or unreadable. */
function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  // Date.parse would read a text without a month's name as some year or other.
  const at = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
