/** Makes, reads and checks the signature of Publik's URLs. Pure. It follows the rules of w.c.s., strictly. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError, type DenialReason, type FailureDetails } from '../values/errors.ts';
import { encodeFormValue, parseQueryString, type QueryParameter } from './queryString.ts';

const algorithms = { sha256: 32, sha512: 64 } as const;
type Algorithm = keyof typeof algorithms;

/** How far a timestamp may lie from our clock, either way, in whole seconds. */
const windowSeconds = 30;

/** A signed query string, read but not yet believed. */
export interface SignedQuery {
  /** Name of the caller; absent when the call does not say. */
  readonly orig?: string;
  readonly algorithm: Algorithm;
  /** Second at which the call was signed, since 1970. */
  readonly timestampSeconds: number;
  /** The signed text: the raw query string before `&signature=`. */
  readonly signedText: string;
  readonly signature: Buffer;
  /** All parameters of the raw query string. */
  readonly parameters: readonly QueryParameter[];
}

export interface SigningOptions {
  readonly key: string;
  readonly timestamp: Date;
  /** Never used before with this key. */
  readonly nonce: string;
  readonly algorithm?: Algorithm;
}

/**
 * Signs a URL as w.c.s. does: appends `algo`, `timestamp`, `nonce` and, last, `signature` to its query string.
 *
 * @param url absolute or relative, percent-encoded, without a fragment. If the call has an `orig`, the URL holds it already.
 */
export function signUrl(url: string, { key, timestamp, nonce, algorithm = 'sha256' }: SigningOptions): string {
  const question = url.indexOf('?');
  const address = question < 0 ? url : url.slice(0, question);
  const query = question < 0 ? '' : url.slice(question + 1);
  const seconds = `${timestamp.toISOString().slice(0, 19)}Z`;
  const stamps = `algo=${algorithm}&timestamp=${encodeFormValue(seconds)}&nonce=${encodeFormValue(nonce)}`;
  const signedText = query === '' ? stamps : `${query}&${stamps}`;
  const signature = computeMac({ signedText, algorithm }, key).toString('base64');
  // w.c.s. leaves `/` as it is.
  return `${address}?${signedText}&signature=${encodeFormValue(signature).replaceAll('%2F', '/')}`;
}

/**
 * Reads the signature of a raw query string and refuses every doubtful form. `signature` must stand once, and last, in
 * canonical padded Base64. `algo`, `timestamp` and `nonce` must stand once each, `orig` at most once.
 *
 * @param raw as sent: decoding and encoding again would make another text.
 * @throws AppError `access-denied` with the reason.
 */
export function readSignedQuery(raw: string): SignedQuery {
  const marker = raw.lastIndexOf('&signature=');
  const parameters = parseQueryString(raw);
  const named = parameters.filter(({ name }) => name === 'signature').length;
  if (named === 0) throw denied('signature-missing');
  if (named > 1) throw denied('signature-repeated');
  const last = raw.slice(marker + 1);
  if (marker < 0 || last.includes('&')) throw denied('signature-not-last');

  const algorithm = single(parameters, 'algo');
  if (!isAlgorithm(algorithm)) throw denied('algorithm-unknown');
  const signature = decodeSignature(parameters.at(-1)?.value ?? '', algorithm);
  const timestampSeconds = parseTimestamp(single(parameters, 'timestamp'));
  single(parameters, 'nonce');
  const orig = optionalSingle(parameters, 'orig');
  const query = { algorithm, signature, timestampSeconds, signedText: raw.slice(0, marker), parameters };
  return orig === undefined ? query : { ...query, orig };
}

/** @throws AppError `access-denied` when the call was signed more than 30 s ago, or as far ahead, in whole seconds. */
export function checkWindow(query: SignedQuery, now: Date): void {
  const age = Math.floor(now.getTime() / 1000) - query.timestampSeconds;
  if (Math.abs(age) > windowSeconds) throw denied('timestamp-outside-window', { skewSeconds: age });
}

/**
 * Compares the signature, in constant time, with the MAC under each key.
 *
 * @param caller owner of the keys, for the log.
 * @returns the MAC that it equals, as we computed it.
 * @throws AppError `access-denied` when it equals none.
 */
export function verifyMac(query: SignedQuery, keys: readonly string[], caller: string): Buffer {
  // All are computed and compared, so that the time does not tell which key it was.
  const [match] = keys.map((key) => computeMac(query, key)).filter((mac) => timingSafeEqual(mac, query.signature));
  if (match === undefined) throw denied('signature-wrong', { caller });
  return match;
}

function computeMac({ signedText, algorithm }: Pick<SignedQuery, 'signedText' | 'algorithm'>, key: string): Buffer {
  return createHmac(algorithm, key).update(signedText, 'utf8').digest();
}

function denied(reason: DenialReason, details?: FailureDetails): AppError {
  return new AppError('access-denied', { reason, ...(details === undefined ? {} : { details }) });
}

function isAlgorithm(text: string): text is Algorithm {
  return Object.hasOwn(algorithms, text);
}

function single(parameters: readonly QueryParameter[], name: string): string {
  const value = optionalSingle(parameters, name);
  if (value === undefined) throw denied('parameter-missing');
  return value;
}

/** A blank value counts as absent. A second mention is refused, even a blank one. */
function optionalSingle(parameters: readonly QueryParameter[], wanted: string): string | undefined {
  const [found, second] = parameters.filter(({ name }) => name === wanted);
  if (second !== undefined) throw denied('parameter-repeated');
  if (found?.value === null) throw denied('parameter-malformed');
  return found?.value.trim() === '' ? undefined : found?.value;
}

/** Standard padded Base64, in its one canonical spelling: encoding the bytes again must give the same text. */
function decodeSignature(text: string, algorithm: Algorithm): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== algorithms[algorithm] || bytes.toString('base64') !== text) throw denied('signature-malformed');
  return bytes;
}

function parseTimestamp(text: string): number {
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes 30 February for 2 March, and 24:00:00 for the next day.
  if (Number.isNaN(milliseconds) || `${new Date(milliseconds).toISOString().slice(0, 19)}Z` !== text) {
    throw denied('timestamp-malformed');
  }
  return milliseconds / 1000;
}
