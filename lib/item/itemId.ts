/** The id of what a signed URL creates: a function of who signed and of the signature, so that one URL makes one row. */
import { hash } from 'node:crypto';
import type { Caller } from '../publik/callers.ts';
import { encode128Bits } from '../values/base32.ts';

/**
 * First 128 bits of SHA-256(service name, 0x00, MAC), as 26 characters of lower-case Crockford base32. From the MAC that
 * we computed and not from the text received, which can be spelled in several ways.
 */
export function rowId({ service, mac }: Pick<Caller, 'service' | 'mac'>): string {
  // By way of hexadecimal, which `hash` gives four times faster than a buffer.
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${service}\0`), mac]), 'hex');
  return encode128Bits(Buffer.from(digest, 'hex'));
}

/** Whether a text has the form of an id; if not, no row can have it. */
export function isItemId(text: string): boolean {
  return /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text);
}
