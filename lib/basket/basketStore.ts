/** Where items are kept, in the words of the domain. */
import type { Cancellation, Item, User } from '../item/item.ts';
import type { Instant } from '../values/days.ts';

/** A removal as the workflow asks it: which item, and on whose behalf. */
export interface RemovalTarget {
  readonly id: string;
  readonly service: string;
  readonly user: User;
}

/** A signed URL that has been used: it leaves a row, as an added item does, under the id that the URL gives. */
export interface SpentUrl {
  readonly id: string;
  /** As an item's. */
  readonly writeId: string;
  readonly spentAt: Date;
}

/** How a conditional write ended: done, or not, with the item as it stands (none when there is no such item). */
export type WriteOutcome = { readonly done: true } | { readonly done: false; readonly item: Item | undefined };

/** An item that is due, as the index has it. */
export interface DueKey {
  readonly id: string;
  readonly dueAt: Instant;
}

/** Items that are due, in the order of time. */
export interface DuePage {
  readonly keys: readonly DueKey[];
  /** Where the next page starts; absent on the last one. */
  readonly next?: Readonly<Record<string, unknown>>;
}

/** Every method throws AppError `temporarily-unavailable` when the table is out of reach or throttles. */
export interface BasketStore {
  /** Days after the last change of an item at which its personal data is erased. */
  readonly retentionDays: number;

  /** The item as it stands, past any cache; undefined when there is none. One read. */
  read(id: string): Promise<Item | undefined>;

  /**
   * Writes a new item: one write, no read. The outcome is the same when the write reached the table twice.
   *
   * @throws AppError `nonce-already-used` when its signed URL created or spent a row before.
   */
  add(item: Item): Promise<void>;

  /**
   * Makes sure that a signed URL is used once, on whichever call.
   *
   * @throws AppError `nonce-already-used` when it was used before.
   */
  spendSignedUrl(spent: SpentUrl): Promise<void>;

  /**
   * Cancels without reading first: one write, done only if the item is the service's and the user's, waits, is not
   * locked, and the change can be told in one write.
   */
  cancelUnread(target: RemovalTarget, change: Cancellation, now: Date): Promise<WriteOutcome>;

  /** Replaces an item as it was read by its next version; done only if nobody changed it in between. */
  replace(read: Item, next: Item): Promise<WriteOutcome>;

  /** Items that owe something by now, from an index that may lag by moments. One read for each page. */
  listDue(now: Date, limit: number, after?: DuePage['next']): Promise<DuePage>;

  /** Makes an item that nothing can be done for due later, whatever its row holds, unless it has become due at another time. */
  postpone(key: DueKey, until: Instant): Promise<void>;
}
