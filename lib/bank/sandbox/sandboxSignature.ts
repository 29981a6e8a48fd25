/** How the sandbox bank and this service sign what they send each other. Pure, and used by both sides. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { encodeFormValue, type QueryParameter } from '../../publik/queryString.ts';
import { AppError } from '../../values/errors.ts';

/** A message: names and texts. */
export type Fields = Readonly<Record<string, string>>;

/** The fields with their `signature`: HMAC-SHA-256, lower-case hex, over the others sorted by name and form-encoded. */
export function signFields(fields: Fields, key: string): Fields {
  return { ...fields, signature: macOf(Object.entries(fields), key) };
}

/**
 * The fields of a message, without its signature.
 *
 * @throws AppError `bank-message-refused` with the reason `signature-missing`, `signature-wrong`, or `message-malformed` for a
 *   repeated name or a text that is not UTF-8.
 */
export function readSignedFields(parameters: readonly QueryParameter[], key: string): Fields {
  const fields = new Map<string, string>();
  for (const { name, value } of parameters) {
    if (name === null || value === null || fields.has(name)) refuse('message-malformed');
    fields.set(name, value);
  }
  const signature = fields.get('signature') ?? refuse('signature-missing');
  fields.delete('signature');
  if (!isEqual(signature, macOf([...fields], key))) refuse('signature-wrong');
  return Object.fromEntries(fields);
}

/** The fields as a form's body or a query string. */
export function encodeFields(fields: Fields): string {
  return encodeEntries(Object.entries(fields));
}

function macOf(entries: readonly (readonly [string, string])[], key: string): string {
  // By code unit, the same in every locale.
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha256', key).update(encodeEntries(sorted)).digest('hex');
}

function encodeEntries(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([name, value]) => `${encodeFormValue(name)}=${encodeFormValue(value)}`).join('&');
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(reason: 'message-malformed' | 'signature-missing' | 'signature-wrong'): never {
  throw new AppError('bank-message-refused', { reason });
}
