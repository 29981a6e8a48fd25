/** What is drawn by chance, all in one place: a test that needs a fixed value passes it as a value. */
import { randomBytes, randomUUID } from 'node:crypto';

/** A random UUID, version 4. */
export const newUuid = (): string => randomUUID();

/** 128 random bits as lower-case hexadecimal: the nonce of a signed call. */
export const newNonce = (): string => randomBytes(16).toString('hex');

/** A number from 0 to 1, for what is not secret. */
export const newChance = (): number => Math.random();

/** 256 random bits as URL-safe text: a key to share, or to sign addresses with. */
export const newKey = (): string => randomBytes(32).toString('base64url');
