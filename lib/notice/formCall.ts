/**
 * One POST to a form, at an address that a service chose. It keeps our own network safe, and tells exactly what may have left.
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { callOnce, codeOf, type HttpAnswer, type HttpFailure } from '../platform/httpCall.ts';
import { isPrivateAddress } from './privateAddresses.ts';

/** More than any form answers; a longer body is cut. */
const maximumBytes = 65_536;

export interface FormAnswer {
  readonly status: number;
  readonly headers: { readonly retryAfter?: string; readonly errorCode?: string };
  /** UTF-8, its first 64 kB at most; never decompressed. */
  readonly body: string;
  /** False when the body was cut at 64 kB, broke off, or did not all come in time. */
  readonly isWhole: boolean;
  /** True when the body was cut because it is longer than any form's answer. */
  readonly isTooLong: boolean;
}

/** Why there is no answer. */
export type FormCallFailure = HttpFailure | 'bad-url' | 'private-address';

/**
 * `answered`: a status line and its headers came. `not-sent`: the request has certainly not left in full, so the form has done
 * nothing. `unknown`: it left in full, and no answer came that could be read.
 */
export type FormCallResult =
  | { readonly kind: 'answered'; readonly answer: FormAnswer }
  | { readonly kind: 'not-sent'; readonly reason: FormCallFailure }
  | { readonly kind: 'unknown'; readonly reason: FormCallFailure };

export interface FormCall {
  /** Signed, percent-encoded, without user name and password. */
  readonly url: string;
  /** JSON. */
  readonly body: string;
  /** For the whole exchange; 30 s by default. w.c.s. runs the actions of a transition before it answers. */
  readonly timeoutMs?: number;
  /** For the name, the connection and TLS together; 5 s by default. */
  readonly connectTimeoutMs?: number;
  /** Whether the form may be on a private network: a laptop, or a stage inside one. */
  readonly allowsPrivate: boolean;
  /** Gives all addresses of a host name; by default, the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

/**
 * Posts to a form once, and follows no redirect. Unless `allowsPrivate`, it connects to public addresses only: a host name is
 * resolved once, and only the addresses that were checked are used.
 *
 * @returns the result of the call, and how long it took, in whole milliseconds. It never throws.
 */
export async function postToForm(
  call: FormCall,
): Promise<{ readonly result: FormCallResult; readonly durationMs: number }> {
  const startMs = performance.now();
  const result = await attemptCall(call);
  return { result, durationMs: Math.round(performance.now() - startMs) };
}

async function attemptCall(call: FormCall): Promise<FormCallResult> {
  const url = URL.parse(call.url);
  if (url === null || !isCallable(url)) return { kind: 'not-sent', reason: 'bad-url' };
  // A literal address is checked here, since it is never looked up. URL.parse has brought every spelling to one.
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (!call.allowsPrivate && isIP(literal) !== 0 && isPrivateAddress(literal)) {
    return { kind: 'not-sent', reason: 'private-address' };
  }
  return exchange(url, call);
}

function isCallable({ protocol, username, password }: URL): boolean {
  // A user name would add a header.
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

async function exchange(url: URL, call: FormCall): Promise<FormCallResult> {
  const { body, timeoutMs = 30_000, connectTimeoutMs = 5_000, allowsPrivate, resolve = resolveHost } = call;
  const result = await callOnce({
    url,
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    body,
    timeoutMs,
    connectTimeoutMs,
    maximumBytes,
    lookup: checkedLookup(resolve, allowsPrivate),
  });
  if (result.kind === 'answered') return { kind: 'answered', answer: toFormAnswer(result.answer) };
  const { kind, reason, cause } = result;
  return { kind, reason: codeOf(cause) === privateAddress ? privateAddress : reason };
}

function toFormAnswer({ status, headers, text, isWhole, isTooLong }: HttpAnswer): FormAnswer {
  const { 'retry-after': retryAfter, 'x-error-code': errorCode } = headers;
  return {
    status,
    headers: {
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(errorCode === undefined ? {} : { errorCode: String(errorCode) }),
    },
    body: text,
    isWhole,
    isTooLong,
  };
}

function resolveHost(host: string): Promise<LookupAddress[]> {
  return lookup(host, { all: true });
}

const privateAddress = 'private-address';

/** Gives the socket the very addresses that were checked: a name that changes between check and connection gains nothing. */
function checkedLookup(resolve: NonNullable<FormCall['resolve']>, allowsPrivate: boolean): LookupFunction {
  const look = async (host: string) => {
    const addresses = await resolve(host);
    if (addresses.length === 0) throw failure('ENOTFOUND');
    if (!allowsPrivate && addresses.some(({ address }) => isPrivateAddress(address))) throw failure(privateAddress);
    return [...addresses];
  };
  return (host, _, callback) => {
    look(host).then(
      (addresses) => callback(null, addresses),
      (error) => callback(codeOf(error) === privateAddress ? error : failure('ENOTFOUND'), []),
    );
  };
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error('The host of the form has no address that may be called.'), { code });
}
