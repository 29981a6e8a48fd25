/** What a form's answer to a notification means. Pure. */
import type { FormAnswer, FormCallResult } from './formCall.ts';

/**
 * `delivered`: the form has heard. `unknown`: it may have, and something failed. `refused`: it answered, and it was no success
 * that we know. `wrong-key`: it did not believe the signature. `retry`: it is busy or out of reach.
 */
export type TryOutcome = 'delivered' | 'presumed-delivered' | 'unknown' | 'retry' | 'refused' | 'wrong-key';

export interface TryReading {
  readonly outcome: TryOutcome;
  /** Short and stable, for operators: a status, or why there was none. Never anything that the form wrote. */
  readonly reason: string;
  /** What the form asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Whether the form may have heard all the same: a 404 at a later try is then what comes after a success. */
  readonly mayHaveHeard: boolean;
  /** Whether the form's host did not answer at all. */
  readonly isNetworkFailure: boolean;
}

/** Statuses with which a server asks to be called again later. */
const busyStatuses = [408, 425, 429];

/** Redirects that want the very same call made elsewhere: nothing was done with this one (RFC 9110, 15.4.8 and 15.4.9). */
const callElsewhereStatuses = [307, 308];

/** w.c.s. says so while it runs the actions of a form, before it looks at anything else. */
const processing = /currently processing/i;

/** @param mayHaveHeard whether an earlier try may have reached the form: a 404 is then what comes after a success. */
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
  // w.c.s. stores the jump before it runs the actions that may fail, and a proxy may give up on it meanwhile.
  return status >= 500 ? 'unknown' : 'refused';
}

/**
 * w.c.s. refuses with a 4xx, before it does anything. Any other refusal may hide its success: a redirect is how it answers who
 * does not ask for JSON, and a proxy may write a 2xx anew.
 */
function isSurelyUnheard({ status }: FormAnswer): boolean {
  return (status >= 400 && status < 500) || callElsewhereStatuses.includes(status);
}

/** An answer that breaks off after its first line leaves us as wise as none. */
function outcomeOfSuccess(answer: FormAnswer): TryOutcome {
  if (!answer.isWhole && !answer.isTooLong) return 'unknown';
  return isSuccess(answer) ? 'delivered' : 'refused';
}

/** A JSON object without an error. w.c.s. lets other JSON pass when it calls, but its own triggers answer with an object. */
function isSuccess({ headers: { errorCode }, body, isWhole }: FormAnswer): boolean {
  if (!isWhole) return false;
  const value = parseJson(body);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && isNoError(errorCode || (value as { err?: unknown }).err);
}

/** As w.c.s. reads `X-Error-Code` and `err`: whatever is false in Python, or becomes 0 as a whole number. */
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
    // Not JSON is no success.
    return undefined;
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3); undefined when absent or unreadable. */
function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  // What has no name of a month is read as some year or other.
  const at = /[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
