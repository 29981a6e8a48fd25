/** Everything drawn by chance, in one place. A test that needs a fixed value passes it as a value. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** A random UUID, version 4. */
export const newUuid = (): string => randomUUID();

/** 128 random bits as lower-case hexadecimal: the nonce of a signed call. */
export const newNonce = (): string => randomBytes(16).toString('hex');

/** A number from 0 to 1. Not for secrets. */
export const newChance = (): number => Math.random();

const transIdAlphabet = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Six characters of `0-9a-z`: a transaction id of Lyra's gateway, which does not tell capitals from small letters. */
export const newTransId = (): string =>
  Array.from({ length: 6 }, () => transIdAlphabet.charAt(randomInt(transIdAlphabet.length))).join('');

/** 256 random bits as URL-safe text: a key to share, or to sign addresses with. */
export const newKey = (): string => randomBytes(32).toString('base64url');
