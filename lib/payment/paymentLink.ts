/** The addresses of an item and of its attempts. Whoever has the item's address may pay. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { encode128Bits } from '../values/base32.ts';

export interface PaymentLinkSettings {
  /** Without a final slash. */
  readonly publicUrl: string;
  /** One at least. The first signs, and each is believed. */
  readonly linkKeys: readonly string[];
}

/** An attempt, as its own addresses name it. */
export interface AttemptName {
  readonly itemId: string;
  readonly attemptId: string;
}

/** The use of an attempt's address. An address made for one use does not serve the other. */
export type AttemptAddress = 'payment-return' | 'payment-notification';

/** Length of an id, and of a MAC, in base32. */
const width = 26;

/** Length of the token of a payment page. */
export const tokenLength = 2 * width;

/**
 * `<public address>/payment/<token>`. The token is the item's id followed by the first 128 bits of HMAC-SHA-256(first link key,
 * "payment-link", 0x00, id) in the same base32: 52 characters. A forged token costs no read.
 */
export function paymentUrl(itemId: string, { publicUrl, linkKeys }: PaymentLinkSettings): string {
  return `${publicUrl}/payment/${paymentToken(itemId, linkKeys)}`;
}

/** The token: the last part of {@link paymentUrl}. */
export function paymentToken(itemId: string, linkKeys: readonly string[]): string {
  return sign('payment-link', itemId, linkKeys);
}

/** Where the citizen's browser comes back from the bank. */
export function returnUrl(attempt: AttemptName, { publicUrl, linkKeys }: PaymentLinkSettings): string {
  return `${publicUrl}/payment/return/${sign('payment-return', nameOf(attempt), linkKeys)}`;
}

/** Where the bank's server reports. */
export function notificationUrl(attempt: AttemptName, { publicUrl, linkKeys }: PaymentLinkSettings): string {
  return `${publicUrl}/payment-notification/${sign('payment-notification', nameOf(attempt), linkKeys)}`;
}

/** The id of the item that a token names. Undefined unless the token is, to the letter, one that we made. */
export function readPaymentToken(token: string, linkKeys: readonly string[]): string | undefined {
  return readSigned('payment-link', token, linkKeys);
}

/** The attempt that a token names. Undefined unless the token is one that we made for this use. */
export function readAttemptToken(
  use: AttemptAddress,
  token: string,
  linkKeys: readonly string[],
): AttemptName | undefined {
  const name = readSigned(use, token, linkKeys);
  if (name === undefined) return undefined;
  return { itemId: name.slice(0, width), attemptId: String(Number(name.slice(width))) };
}

/** Two digits are enough for the attempts of an item. */
function nameOf({ itemId, attemptId }: AttemptName): string {
  return `${itemId}${attemptId.padStart(2, '0')}`;
}

function sign(use: string, name: string, [signingKey = '']: readonly string[]): string {
  return `${name}${macOf(use, name, signingKey)}`;
}

function macOf(use: string, name: string, key: string): string {
  return encode128Bits(createHmac('sha256', key).update(`${use}\0${name}`).digest());
}

function readSigned(use: string, token: string, linkKeys: readonly string[]): string | undefined {
  // A token with other letters, or of another length, only comes from somebody who guesses.
  if (!/^[0-9a-z]{52,54}$/.test(token)) return undefined;
  const name = token.slice(0, -width);
  const mac = Buffer.from(token.slice(-width));
  const isOurs = linkKeys.map((key) => timingSafeEqual(Buffer.from(macOf(use, name, key)), mac)).includes(true);
  return isOurs ? name : undefined;
}
