/** One HTTP call to a bank. The code of a failure says what may be done next. */
import { AppError } from '../values/errors.ts';

/** A citizen waits in front of the page, and a function behind the gateway has 29 s. */
const timeoutMs = 10_000;

/** A longer answer is cut, and so not understood. */
const usualMaximumBytes = 65_536;

/** Failures before anything was sent: the bank has done nothing. */
const unreached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface BankHttpAnswer {
  readonly status: number;
  readonly text: string;
}

export interface BankCallOptions extends RequestInit {
  /** A status above 499 that this bank's protocol uses for answers. The adapter reads such an answer. */
  readonly acceptsStatus?: number;
  /** Of the answer; 64 kB by default. */
  readonly maximumBytes?: number;
}

/**
 * @returns the bank's answer, whatever it says: one with `acceptsStatus`, or with a status below 500 other than 429.
 * @throws AppError `bank-unavailable` when the bank was not reached, or answers 429 or 503; `bank-outcome-unknown` when it was
 *   reached and gave no answer, or answers another status from 500 on.
 */
export async function callBank(url: string, options: BankCallOptions = {}): Promise<BankHttpAnswer> {
  const { acceptsStatus, maximumBytes = usualMaximumBytes, ...request } = options;
  const { status, text } = await exchange(url, request, maximumBytes);
  if (status === acceptsStatus) return { status, text };
  if (status === 429 || status === 503) throw new AppError('bank-unavailable');
  if (status >= 500) throw new AppError('bank-outcome-unknown');
  return { status, text };
}

async function exchange(url: string, options: RequestInit, maximumBytes: number): Promise<BankHttpAnswer> {
  try {
    const answer = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    return { status: answer.status, text: await firstBytes(answer, maximumBytes) };
  } catch (cause) {
    const code = codeOf(cause);
    throw new AppError(unreached.has(code) ? 'bank-unavailable' : 'bank-outcome-unknown', { cause });
  }
}

async function firstBytes({ body }: Response, maximumBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maximumBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maximumBytes).toString('utf8');
}

/** fetch wraps the network error in its own. */
function codeOf(error: unknown): string {
  const { code } = ((error as Error).cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
