/**
 * How PayZen and this service sign the fields that they send each other. Pure. The rule, its algorithms and its examples:
 * https://paiement.systempay.fr/doc/en-EN/form-payment/quick-start-guide/example-of-implementation-with-php.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { QueryParameter } from '../../publik/queryString.ts';
import { AppError } from '../../values/errors.ts';

/** A form or a message: names and texts. */
export type Fields = Readonly<Record<string, string>>;

/** How a shop signs. The algorithm is a setting of its back office, which no message tells. */
export interface SigningKey {
  readonly algorithm: 'hmac-sha256' | 'sha1';
  readonly key: string;
}

/** The fields, all of them `vads_…`, with their `signature`: Base64 for HMAC-SHA-256, lower-case hex for SHA-1. */
export function signFields(fields: Fields, signingKey: SigningKey): Fields {
  return { ...fields, signature: signatureOf(fields, signingKey) };
}

/**
 * The `vads_…` fields of a message, unknown and empty ones included. Undefined when there is none. Whatever else an address
 * has gathered on its way is nobody's word, and may be repeated or unreadable.
 *
 * @throws AppError `bank-message-refused` with the reason `signature-missing`, `signature-wrong`, or `message-malformed`
 *   for a `vads_…` field, or a signature, that is repeated or not UTF-8.
 */
export function readSignedFields(parameters: readonly QueryParameter[], signingKey: SigningKey): Fields | undefined {
  const message = new Map<string, string>();
  for (const { name, value } of parameters) {
    // A name that is not UTF-8 is none of the gateway's.
    if (name === null || !(isSigned(name) || name === 'signature')) continue;
    if (value === null || message.has(name)) refuse('message-malformed');
    message.set(name, value);
  }
  const fields = Object.fromEntries([...message].filter(([name]) => isSigned(name)));
  if (Object.keys(fields).length === 0) return undefined;
  const signature = message.get('signature') ?? refuse('signature-missing');
  if (!isEqual(signature, signatureOf(fields, signingKey))) refuse('signature-wrong');
  return fields;
}

/** What stands between two `+` of the signed text, and the name that it is given. */
export interface SignedPart {
  readonly name: string;
  readonly text: string;
}

/**
 * The parts of what is signed, in its order: the values, cut at each `+`. A signature covers nothing else: neither the names nor
 * where one value ends and the next begins, so these parts are all that the bank has sworn to.
 */
export function signedParts(fields: Fields): SignedPart[] {
  return inSignedOrder(fields).flatMap(([name, value]) => value.split('+').map((text) => ({ name, text })));
}

function isSigned(name: string): boolean {
  return name.startsWith('vads_');
}

/** By code unit, as PHP sorts: a name comes before those that it begins. */
function inSignedOrder(fields: Fields): [name: string, value: string][] {
  return Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function signatureOf(fields: Fields, { algorithm, key }: SigningKey): string {
  const text = [...inSignedOrder(fields).map(([, value]) => value), key].join('+');
  return algorithm === 'sha1'
    ? createHash('sha1').update(text).digest('hex')
    : createHmac('sha256', key).update(text).digest('base64');
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(reason: 'message-malformed' | 'signature-missing' | 'signature-wrong'): never {
  throw new AppError('bank-message-refused', { reason });
}
