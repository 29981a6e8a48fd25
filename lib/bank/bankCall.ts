/** One HTTP call to a bank, and its failures told apart by what may be done next. */
import { callOnce, type HttpAnswer, type HttpCall, type HttpResult } from '../platform/httpCall.ts';
import { AppError } from '../values/errors.ts';

/** A citizen waits in front of a page, and a function lives 29 s behind the gateway. */
const timeoutMs = 10_000;

/** What is longer is cut, and not understood. */
const usualMaximumBytes = 65_536;

export interface BankHttpAnswer {
  readonly status: number;
  readonly text: string;
}

export interface BankCallOptions {
  readonly method?: HttpCall['method'];
  readonly headers?: HttpCall['headers'];
  readonly body?: string;
  /** Whether it changes nothing at the bank, so that it may be sent again after its answer was lost. */
  readonly isQuestion?: boolean;
  /** A status above 499 that this bank's protocol uses for answers: what they mean is for the adapter to read. */
  readonly acceptsStatus?: number;
  /** Of the answer; 64 kB without it. */
  readonly maximumBytes?: number;
}

/**
 * @returns an answer of the bank below 500, or with the status that is accepted, whatever it says.
 * @throws AppError `bank-unavailable` when the bank was not reached, or says 429 or 503; `bank-outcome-unknown` when it was
 *   reached and gave no answer, or another failure of its own.
 */
export async function callBank(url: string, options: BankCallOptions = {}): Promise<BankHttpAnswer> {
  const { status, text } = await exchange(url, options);
  if (status === options.acceptsStatus) return { status, text };
  if (status === 429 || status === 503) throw new AppError('bank-unavailable');
  if (status >= 500) throw new AppError('bank-outcome-unknown');
  return { status, text };
}

async function exchange(url: string, options: BankCallOptions): Promise<BankHttpAnswer> {
  const { method = 'GET', headers = {}, body, isQuestion = false, maximumBytes = usualMaximumBytes } = options;
  const call = {
    url: new URL(url),
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    maximumBytes,
  };
  const result = await callTwiceAtMost(call, isQuestion);
  if (result.kind === 'not-sent') throw new AppError('bank-unavailable', { cause: result.cause });
  if (result.kind === 'unknown') throw new AppError('bank-outcome-unknown', { cause: result.cause });
  if (isBroken(result.answer)) throw new AppError('bank-outcome-unknown');
  return result.answer;
}

/** Once more, in the time that is left, where nothing left or nothing can have been done: a connection dies for small reasons. */
async function callTwiceAtMost(call: Omit<HttpCall, 'timeoutMs'>, isQuestion: boolean): Promise<HttpResult> {
  const startMs = performance.now();
  const first = await callOnce({ ...call, timeoutMs });
  const leftMs = timeoutMs - (performance.now() - startMs);
  const isAnswered = first.kind === 'answered' && !isBroken(first.answer);
  const isHarmless = first.kind === 'not-sent' || isQuestion;
  return !isAnswered && isHarmless && leftMs > 0 ? callOnce({ ...call, timeoutMs: leftMs }) : first;
}

/** One that is too long was cut by us. */
function isBroken({ isWhole, isTooLong }: HttpAnswer): boolean {
  return !isWhole && !isTooLong;
}
