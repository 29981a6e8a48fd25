/** One HTTP call over a connection of its own, and exact about what may have left. */
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

export interface HttpCall {
  /** `http` or `https`. */
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** Besides those that go with every call: length, agent, connection. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** For the name, the connection and TLS together; 5 s unless told. */
  readonly connectTimeoutMs?: number;
  /** Of the answer's body: what is longer is cut. */
  readonly maximumBytes: number;
  /** Gives all addresses of a host name; the system's resolver unless told. */
  readonly lookup?: LookupFunction;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** UTF-8; never decompressed. */
  readonly text: string;
  /** False when the body was cut, broke off, or was not all there in time. */
  readonly isWhole: boolean;
  /** Whether it was cut because it is longer than asked for. */
  readonly isTooLong: boolean;
}

/** Why there is no answer. */
export type HttpFailure =
  | 'unresolved'
  | 'refused'
  | 'unreachable'
  | 'connect-timeout'
  | 'tls'
  | 'reset'
  | 'timeout'
  | 'malformed-answer';

/**
 * `answered`: a status line and its headers came. `not-sent`: it is certain that the request did not leave in full, so that
 * nothing was done. `unknown`: it left in full, and no answer came that could be read.
 */
export type HttpResult =
  | { readonly kind: 'answered'; readonly answer: HttpAnswer }
  | { readonly kind: 'not-sent'; readonly reason: HttpFailure; readonly cause: unknown }
  | { readonly kind: 'unknown'; readonly reason: HttpFailure; readonly cause: unknown };

/** How far a call has come. */
interface Progress {
  stage: 'connecting' | 'securing' | 'sending' | 'sent';
  isLate: boolean;
}

/**
 * Makes one call, following no redirect.
 *
 * The connection ends with the call: one that is kept would be dead, and might not say so, after Lambda has frozen the
 * process (ADR 12).
 *
 * @returns what came of it; it never throws.
 */
export async function callOnce(call: HttpCall): Promise<HttpResult> {
  const { timeoutMs, connectTimeoutMs = 5_000 } = call;
  const progress: Progress = { stage: 'connecting', isLate: false };
  const request = openRequest(call);
  const giveUp = () => {
    progress.isLate = true;
    request.destroy(Object.assign(new Error('The time is over.'), { name: 'TimeoutError', code: 'ETIMEDOUT' }));
  };
  const connecting = setTimeout(() => {
    if (isConnecting(progress)) giveUp();
  }, connectTimeoutMs);
  const whole = setTimeout(giveUp, timeoutMs);
  try {
    const response = await send(request, call.body, progress);
    return { kind: 'answered', answer: await readAnswer(response, call.maximumBytes) };
  } catch (cause) {
    return { kind: progress.stage === 'sent' ? 'unknown' : 'not-sent', reason: failureOf(progress, cause), cause };
  } finally {
    clearTimeout(connecting);
    clearTimeout(whole);
    request.destroy();
  }
}

function openRequest({ url, method, headers, body, lookup }: HttpCall): ClientRequest {
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  // `autoSelectFamily` has the look-up asked for all addresses, whatever the process's own default.
  const connection = { autoSelectFamily: true, ...(lookup === undefined ? {} : { lookup }) };
  return open(url, {
    method,
    headers: {
      Accept: '*/*',
      // Without it, any encoding would do (RFC 9110, 12.5.3), and none is read here.
      'Accept-Encoding': 'identity',
      ...headers,
      ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      'User-Agent': 'publik-basket',
      Connection: 'close',
    },
    agent: false,
    ...connection,
  });
}

/** @returns the answer once its headers are there. */
function send(request: ClientRequest, body: string | undefined, progress: Progress): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    // An answer that would switch to another protocol ends without an error.
    request.on('close', () => reject(new Error('The connection ended without an answer.')));
    request.on('socket', (socket) => {
      // Nothing is written earlier, so that a failure until then is certain to have sent nothing.
      const write = () => {
        progress.stage = 'sending';
        request.end(body, () => {
          progress.stage = 'sent';
        });
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

async function readAnswer(response: IncomingMessage, maximumBytes: number): Promise<HttpAnswer> {
  const { statusCode: status = 0, headers } = response;
  const bytes = await readFirstBytes(response, maximumBytes);
  const isTooLong = bytes.length > maximumBytes;
  return {
    status,
    headers,
    text: bytes.subarray(0, maximumBytes).toString('utf8'),
    isWhole: response.complete && !isTooLong,
    isTooLong,
  };
}

async function readFirstBytes(response: IncomingMessage, maximumBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maximumBytes) break;
    }
  } catch {
    // The status is what counts; `complete` tells that the body is not all there.
  }
  return Buffer.concat(chunks);
}

function failureOf(progress: Progress, error: unknown): HttpFailure {
  const code = codeOf(error);
  if (progress.isLate) return isConnecting(progress) ? 'connect-timeout' : 'timeout';
  if (progress.stage === 'securing') return 'tls';
  if (progress.stage === 'connecting') return connectFailures[code] ?? 'unreachable';
  if (code.startsWith('HPE_')) return 'malformed-answer';
  return code === 'ETIMEDOUT' ? 'timeout' : 'reset';
}

/** By the code of the system. */
const connectFailures: Readonly<Record<string, HttpFailure>> = {
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'connect-timeout',
};

function isConnecting({ stage }: Progress): boolean {
  return stage === 'connecting' || stage === 'securing';
}

/** Of an error of the system or of Node; empty where it has none. */
export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
