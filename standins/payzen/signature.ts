/** The signature of the form, the return and the notification: the values sorted by name, and the key of the mode. Pure. */
import { createHash, createHmac } from 'node:crypto';
import type { Fields } from './payment.ts';

export type ByMode = { readonly test: string; readonly production: string };

/** The shop's settings for signing. */
export interface SigningSettings {
  readonly keys: ByMode;
  /** `hmac-sha256` without it. No message tells it. */
  readonly algorithm?: 'hmac-sha256' | 'sha1';
}

/** @param mode `TEST`; anything else is production. */
export function keyOf({ keys }: SigningSettings, mode: string | undefined): string {
  return mode === 'TEST' ? keys.test : keys.production;
}

/** Fields without `vads_` are not signed. */
export function signatureOf({ algorithm }: SigningSettings, fields: Fields, key: string): string {
  const names = Object.keys(fields).filter((name) => name.startsWith('vads_'));
  const signed = [...names.sort().map((name) => fields[name]), key].join('+');
  return algorithm === 'sha1'
    ? createHash('sha1').update(signed).digest('hex')
    : createHmac('sha256', key).update(signed).digest('base64');
}
