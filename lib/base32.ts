/** Crockford's base32 in lower case: no letter that is mistaken for a digit, and it fits the banks' reference fields. */

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 16 bytes → 26 characters, most significant bits first (the first character holds 3 bits). */
export function encode128Bits(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes.subarray(0, 16)).toString('hex')}`);
  const characters = Array.from({ length: 26 }, () => {
    const character = alphabet.charAt(Number(rest & 31n));
    rest >>= 5n;
    return character;
  });
  return characters.reverse().join('');
}
