/**
 * One POST to a form, at an address that a service chose. It keeps our own network safe, and tells exactly what may have left.
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress } from './privateAddresses.ts';

/** More than any form answers; a longer body is cut. */
const maximumBytes = 65_536;

export interface FormAnswer {
  readonly status: number;
  readonly headers: { readonly retryAfter?: string; readonly contentType?: string; readonly errorCode?: string };
  /** UTF-8, its first 64 kB at most; never decompressed. */
  readonly body: string;
  /** False when the body was cut at 64 kB, broke off, or did not all come in time. */
  readonly isWhole: boolean;
  /** True when the body was cut because it is longer than any form's answer. */
  readonly isTooLong: boolean;
}

/** Why there is no answer. */
export type FormCallFailure =
  | 'bad-url'
  | 'unresolved'
  | 'private-address'
  | 'refused'
  | 'unreachable'
  | 'connect-timeout'
  | 'tls'
  | 'reset'
  | 'timeout'
  | 'malformed-answer';

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

interface Progress {
  stage: 'connecting' | 'securing' | 'sending' | 'sent';
  isLate: boolean;
}

/**
 * Posts to a form once, and follows no redirect. Unless `allowsPrivate`, it connects to public addresses only: a host name is
 * resolved once, and only the addresses that were checked are used.
 *
 * @returns the result of the call, and how long it took. It never throws.
 */
export async function postToForm(call: FormCall): Promise<FormCallResult & { readonly durationMs: number }> {
  const startMs = performance.now();
  const result = await attemptCall(call);
  return { ...result, durationMs: performance.now() - startMs };
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
  const { timeoutMs = 30_000, connectTimeoutMs = 5_000 } = call;
  const progress: Progress = { stage: 'connecting', isLate: false };
  const request = openRequest(url, call);
  const giveUp = () => {
    progress.isLate = true;
    request.destroy();
  };
  const connecting = setTimeout(() => {
    if (isConnecting(progress)) giveUp();
  }, connectTimeoutMs);
  const whole = setTimeout(giveUp, timeoutMs);
  try {
    const response = await send(request, call.body, progress);
    return { kind: 'answered', answer: await readAnswer(response) };
  } catch (error) {
    return { kind: progress.stage === 'sent' ? 'unknown' : 'not-sent', reason: failureOf(progress, error) };
  } finally {
    clearTimeout(connecting);
    clearTimeout(whole);
    request.destroy();
  }
}

function openRequest(url: URL, { body, allowsPrivate, resolve = resolveHost }: FormCall): ClientRequest {
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  // `autoSelectFamily` makes Node ask the look-up for all addresses, whatever the process's own default.
  const connection = { lookup: checkedLookup(resolve, allowsPrivate), autoSelectFamily: true };
  return open(url, {
    method: 'POST',
    headers: {
      Accept: 'application/json',
      // Without it, the form could use any encoding (RFC 9110, 12.5.3), and this code reads none.
      'Accept-Encoding': 'identity',
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      'User-Agent': 'publik-basket',
      Connection: 'close',
    },
    // A connection kept open would be dead after Lambda has frozen the process.
    agent: false,
    ...connection,
  });
}

function resolveHost(host: string): Promise<LookupAddress[]> {
  return lookup(host, { all: true });
}

/**
 * Gives the socket the very addresses that were checked. A name that changes between the check and the connection has no
 * effect.
 */
function checkedLookup(resolve: NonNullable<FormCall['resolve']>, allowsPrivate: boolean): LookupFunction {
  const look = async (host: string) => {
    const addresses = await resolve(host);
    if (addresses.length === 0) throw failure('unresolved');
    if (!allowsPrivate && addresses.some(({ address }) => isPrivateAddress(address))) throw failure('private-address');
    return [...addresses];
  };
  return (host, _, callback) => {
    look(host).then(
      (addresses) => callback(null, addresses),
      (error) => callback(codeOf(error) === 'private-address' ? error : failure('unresolved'), []),
    );
  };
}

function failure(code: FormCallFailure): Error {
  return Object.assign(new Error('The host of the form has no address that may be called.'), { code });
}

/** @returns the answer once its headers are there. */
function send(request: ClientRequest, body: string, progress: Progress): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    // An answer that switches to another protocol ends without an error.
    request.on('close', () => reject(new Error('The connection ended without an answer.')));
    request.on('socket', (socket) => {
      // Nothing is written earlier: a failure before this has certainly sent nothing.
      const write = () => {
        progress.stage = 'sending';
        request.write(body, (error) => {
          if (!error) progress.stage = 'sent';
        });
        request.end();
      };
      const isSecure = 'encrypted' in socket;
      const secure = () => {
        progress.stage = 'securing';
      };
      socket.once('connect', isSecure ? secure : write);
      if (isSecure) socket.once('secureConnect', write);
    });
  });
}

async function readAnswer(response: IncomingMessage): Promise<FormAnswer> {
  const { statusCode: status = 0, headers } = response;
  const { 'retry-after': retryAfter, 'content-type': contentType, 'x-error-code': errorCode } = headers;
  const bytes = await readFirstBytes(response);
  return {
    status,
    headers: {
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(errorCode === undefined ? {} : { errorCode: String(errorCode) }),
    },
    body: bytes.subarray(0, maximumBytes).toString('utf8'),
    isWhole: response.complete && bytes.length <= maximumBytes,
    isTooLong: bytes.length > maximumBytes,
  };
}

async function readFirstBytes(response: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maximumBytes) break;
    }
  } catch {
    // Only the status counts. `complete` tells that the body is not all there.
  }
  return Buffer.concat(chunks);
}

function failureOf(progress: Progress, error: unknown): FormCallFailure {
  const code = codeOf(error);
  if (progress.isLate) return isConnecting(progress) ? 'connect-timeout' : 'timeout';
  if (progress.stage === 'securing') return 'tls';
  if (progress.stage === 'connecting') return connectFailures[code] ?? 'unreachable';
  if (code.startsWith('HPE_')) return 'malformed-answer';
  return code === 'ETIMEDOUT' ? 'timeout' : 'reset';
}

/** By the code of the system, or of `failure`. */
const connectFailures: Readonly<Record<string, FormCallFailure>> = {
  unresolved: 'unresolved',
  'private-address': 'private-address',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'connect-timeout',
};

function isConnecting({ stage }: Progress): boolean {
  return stage === 'connecting' || stage === 'securing';
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
