/** Crockford's base32 in lower case: none of its letters looks like a digit, and it fits the banks' reference fields. */

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** The first 16 bytes → 26 characters, most significant bits first (the first character holds 3 bits). */
export function encode128Bits(bytes: Uint8Array): string {
  let text = '';
  // 26 characters hold 130 bits: two zeros go before the first.
  let pending = 0;
  let pendingBits = 2;
  for (const byte of bytes.subarray(0, 16)) {
    pending = (pending << 8) | byte;
    for (pendingBits += 8; pendingBits >= 5; pendingBits -= 5) {
      text += alphabet.charAt((pending >> (pendingBits - 5)) & 31);
    }
    pending &= 31;
  }
  return text;
}
