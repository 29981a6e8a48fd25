/** SHA-256 as the SDK's signer asks for it. */
import { createHash, createHmac, createSecretKey, type Hash, type Hmac, type KeyObject } from 'node:crypto';

/**
 * What the signer needs of the SDK's own, but for the key, which becomes a key object: Node 24 finds out what kind of key it
 * was given by catching errors, and loses some 10 µs over one that is bytes. Each call to AWS is signed with such a one.
 *
 * The shape is `Checksum` of `@smithy/types`.
 */
export class Sha256 {
  readonly #key: KeyObject | undefined;
  #hash: Hash | Hmac;

  /** @param secret makes it an HMAC. */
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
