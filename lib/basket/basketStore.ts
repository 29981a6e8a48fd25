/** The store of items, in terms of the domain. */
import type { Cancellation, Item, User } from '../item/item.ts';
import type { Instant } from '../values/days.ts';

/** The item that the workflow removes, and on whose behalf. */
export interface RemovalTarget {
  readonly id: string;
  readonly service: string;
  readonly user: User;
}

/** A signed URL that has been used. It leaves a row under the id that the URL gives, as an added item does. */
export interface SpentUrl {
  readonly id: string;
  /** As the `writeId` of an item. */
  readonly writeId: string;
  readonly spentAt: Date;
}

/** How a conditional write ended. If it was not done: the item as it stands, undefined when there is no such item. */
export type WriteOutcome = { readonly done: true } | { readonly done: false; readonly item: Item | undefined };

/** An item that is due, as the index has it. */
export interface DueKey {
  readonly id: string;
  readonly dueAt: Instant;
}

/** Due items, in the order of time. */
export interface DuePage {
  readonly keys: readonly DueKey[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: Readonly<Record<string, unknown>>;
}

/** Every method throws AppError `temporarily-unavailable` when the table is out of reach or throttles. */
export interface BasketStore {
  /** Days from an item's last change to the erasure of its personal data. */
  readonly retentionDays: number;

  /** Reads the item as it stands, without a cache. Undefined when there is none. One read. */
  read(id: string): Promise<Item | undefined>;

  /**
   * Writes a new item: one write, no read. The outcome is the same when the write reached the table twice.
   *
   * @throws AppError `nonce-already-used` when its signed URL was used before, on whichever call.
   */
  add(item: Item): Promise<void>;

  /**
   * Marks a signed URL as used. Each may be used once, on whichever call.
   *
   * @throws AppError `nonce-already-used` when it was used before.
   */
  spendSignedUrl(spent: SpentUrl): Promise<void>;

  /**
   * Cancels an item in one write, without reading it first. The write is made only if the item belongs to the service and to
   * the user, waits and is not locked, and if one write can tell the whole change.
   */
  cancelUnread(target: RemovalTarget, change: Cancellation, now: Date): Promise<WriteOutcome>;

  /** Replaces an item that was read with its next version. The write is made only if nobody changed the item in between. */
  replace(read: Item, next: Item): Promise<WriteOutcome>;

  /** Items for which something is due by now, from an index that may lag by moments. One read for each page. */
  listDue(now: Date, limit: number, after?: DuePage['next']): Promise<DuePage>;

  /** Puts off an item that cannot be attended, whatever its row holds. Does nothing if its due time has changed. */
  postpone(key: DueKey, until: Instant): Promise<void>;
}
