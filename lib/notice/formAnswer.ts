/** What a form's answer to a notification means. Pure. */
import type { FormAnswer, FormCallResult } from './formCall.ts';

/**
 * `delivered`: the form has heard. `unknown`: it may have. `refused`: it answered, and it was no success. `wrong-key`: it did
 * not believe the signature. `retry`: it is busy or out of reach.
 */
export type TryOutcome = 'delivered' | 'presumed-delivered' | 'unknown' | 'retry' | 'refused' | 'wrong-key';

export interface TryReading {
  readonly outcome: TryOutcome;
  /** Short and stable, for operators: a status, or why there was none. Never anything that the form wrote. */
  readonly reason: string;
  /** What the form asks for, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Whether the form's host did not answer at all. */
  readonly isNetworkFailure: boolean;
}

/** Statuses with which a server asks to be called again later. */
const busyStatuses = [408, 425, 429];

/** A gateway that gave up on a form, which may go on working. */
const gatewayStatuses = [502, 504];

/** w.c.s. says so while it runs the actions of a form, before it looks at anything else. */
const processing = /currently processing/i;

/** @param mayHaveHeard whether an earlier try may have reached the form: a 404 is then what comes after a success. */
export function readTry(result: FormCallResult, mayHaveHeard: boolean, now: Date): TryReading {
  if (result.kind === 'not-sent') return { outcome: 'retry', reason: result.reason, isNetworkFailure: true };
  if (result.kind === 'unknown') return { outcome: 'unknown', reason: result.reason, isNetworkFailure: true };
  const { answer } = result;
  const retryAfterMs = readRetryAfter(answer.headers.retryAfter, now);
  return {
    outcome: outcomeOf(answer, mayHaveHeard),
    reason: `HTTP ${answer.status}`,
    isNetworkFailure: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function outcomeOf(answer: FormAnswer, mayHaveHeard: boolean): TryOutcome {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return outcomeOfSuccess(answer);
  if (status === 404) return mayHaveHeard ? 'presumed-delivered' : 'refused';
  if (status === 403) return processing.test(body) ? 'retry' : 'wrong-key';
  if (gatewayStatuses.includes(status)) return 'unknown';
  return status >= 500 || busyStatuses.includes(status) ? 'retry' : 'refused';
}

/** An answer that breaks off after its first line leaves us as wise as none; one without end is no form's. */
function outcomeOfSuccess(answer: FormAnswer): TryOutcome {
  if (!answer.isWhole && !answer.isTooLong) return 'unknown';
  return isSuccess(answer) ? 'delivered' : 'refused';
}

/** A JSON object whose `err` is absent or 0. */
function isSuccess({ body, isWhole }: FormAnswer): boolean {
  if (!isWhole) return false;
  const value = parseJson(body);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) return false;
  const { err } = value as { err?: unknown };
  return err === undefined || err === 0;
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
