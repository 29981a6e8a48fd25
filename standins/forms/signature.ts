/** The signature of a call: the query string as it was sent, with the signature at its end. */
import { createHmac } from 'node:crypto';
import type { Site } from './site.ts';

const windowMs = 30_000;

/** @returns why the signature is not believed; undefined when it is. A believed nonce is used up. */
export function checkSignature({ now, usedNonces }: Site, rawQuery: string, keys: readonly string[]) {
  const stamp = readStamp(new URLSearchParams(rawQuery));
  if (stamp === undefined) return 'missing';
  if (keys.length === 0) return 'unknown-caller';
  if (stamp.algorithm !== 'sha256' || !isSignedWith(rawQuery, keys)) return 'bad-signature';
  // A time that cannot be read is NaN, which is in no window.
  if (!(Math.abs(now().getTime() - stamp.timeMs) <= windowMs)) return 'outside-window';
  if (usedNonces.has(stamp.nonce)) return 'nonce-used';
  usedNonces.add(stamp.nonce);
  return undefined;
}

/** The parts of a signature beside its value; undefined when one is absent, blank or repeated. */
function readStamp(query: URLSearchParams) {
  const names = ['algo', 'timestamp', 'nonce', 'orig', 'signature'];
  const [algorithm, timestamp = '', nonce, ...others] = names.map((name) => {
    const [value, second] = query.getAll(name);
    return second === undefined && value !== '' ? value : undefined;
  });
  if (algorithm === undefined || nonce === undefined || timestamp === '' || others.includes(undefined))
    return undefined;
  const isReadable = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp);
  return { algorithm, nonce, timeMs: isReadable ? Date.parse(timestamp) : Number.NaN };
}

function isSignedWith(rawQuery: string, keys: readonly string[]): boolean {
  const [signed = '', last = ''] = rawQuery.split('&signature=');
  if (last.includes('&')) return false;
  const signature = new URLSearchParams(rawQuery).get('signature');
  return keys.some((key) => createHmac('sha256', key).update(signed, 'utf8').digest('base64') === signature);
}
