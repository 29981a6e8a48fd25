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
 * The `vads_…` fields of a message, unknown and empty ones included; others are nobody's word. Undefined when there is none.
 *
 * @throws AppError `bank-message-refused` with the reason `signature-missing`, `signature-wrong`, or `message-malformed`
 *   for a name that is repeated and for what is not UTF-8.
 */
export function readSignedFields(parameters: readonly QueryParameter[], signingKey: SigningKey): Fields | undefined {
  if (!parameters.some(({ name }) => isSigned(name))) return undefined;
  const all = new Map<string, string>();
  for (const { name, value } of parameters) {
    if (name === null || value === null || all.has(name)) refuse('message-malformed');
    all.set(name, value);
  }
  const signature = all.get('signature') ?? refuse('signature-missing');
  const fields = Object.fromEntries([...all].filter(([name]) => isSigned(name)));
  if (!isEqual(signature, signatureOf(fields, signingKey))) refuse('signature-wrong');
  return fields;
}

/**
 * The parts of what is signed: the values, cut at each `+`. A signature covers nothing else: neither the names nor where one
 * value ends and the next begins, so these parts are all that the bank has sworn to.
 */
export function signedParts(fields: Fields): string[] {
  return Object.values(fields).flatMap((value) => value.split('+'));
}

function isSigned(name: string | null): boolean {
  return name?.startsWith('vads_') ?? false;
}

function signatureOf(fields: Fields, { algorithm, key }: SigningKey): string {
  // By code unit, as PHP sorts: a name comes before those that it begins.
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = [...sorted.map(([, value]) => value), key].join('+');
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
