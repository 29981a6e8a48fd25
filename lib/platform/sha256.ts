/** SHA-256 for the SDK's signer. */
import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

/**
 * Replaces the SDK's own class, and makes a key object of the key first. Node 24 finds out the kind of a
 * key by catching errors, which costs some 10 µs for a key in bytes. Each call to AWS is signed with such a key.
 *
 * The shape is `Checksum` of `@smithy/types`.
 */
export class Sha256 {
  readonly #key: KeyObject | undefined;
  #hash: Hash | Hmac;

  /** @param secret makes it an HMAC with this key. */
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (typeof secret === 'string') this.#key = createSecretKey(secret, 'utf8');
    else if (secret !== undefined) this.#key = createSecretKey(secret as NodeJS.ArrayBufferView);
    this.#hash = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
  }
}
