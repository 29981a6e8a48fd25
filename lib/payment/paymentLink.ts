/** The payment address of an item: whoever holds it may pay. */
import { createHmac } from 'node:crypto';
import { encode128Bits } from '../base32.ts';

export interface PaymentLinkSettings {
  /** Without a final slash. */
  readonly publicUrl: string;
  /** One at least. */
  readonly linkKeys: readonly string[];
}

/**
 * `<public address>/payment/<token>`. The token is the item's id followed by the first 128 bits of
 * HMAC-SHA-256(first link key, "payment-link", 0x00, id) in the same base32: 52 characters, and a forged one costs no
 * read.
 */
export function paymentUrl(itemId: string, { publicUrl, linkKeys }: PaymentLinkSettings): string {
  const [signingKey = ''] = linkKeys;
  const mac = createHmac('sha256', signingKey).update(`payment-link\0${itemId}`).digest();
  return `${publicUrl}/payment/${itemId}${encode128Bits(mac)}`;
}
