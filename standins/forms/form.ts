/** A form of w.c.s.: how it stands, and every call that it has heard. Pure. */

/**
 * What became of a call: heard (`accepted`), broken by a fault, or refused, and why. `missing`: a part of the signature.
 * `unknown-caller`: there is no key for its `orig`.
 */
export type Reason =
  | 'accepted'
  | 'fault'
  | 'processing'
  | 'missing'
  | 'unknown-caller'
  | 'bad-signature'
  | 'outside-window'
  | 'nonce-used'
  | 'unknown-user'
  | 'unknown-trigger'
  | 'wrong-method';

/** One call to a trigger, whatever became of it. */
export interface HeardCall {
  readonly trigger: string;
  readonly method: string;
  /** As parsed; undefined when it is not JSON, or was not read. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<'accept' | 'content-type' | 'user-agent', string | undefined>>;
  readonly at: Date;
  /** The status is undefined where none was sent. */
  readonly verdict: { readonly status: number | undefined; readonly reason: Reason };
}

export interface Form {
  readonly name: string;
  /** `waiting`, then the trigger that it has heard. */
  status: string;
  /** The bodies that it has heard, merged. */
  data: Readonly<Record<string, unknown>>;
  readonly heard: HeardCall[];
  processingUntil?: Date;
  followedRedirects: number;
}

export function pathOf({ name }: Form): string {
  return `/demarche/${name}/`;
}
