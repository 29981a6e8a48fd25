/** Changes an item by a decision on what was read. The decision is made anew when somebody else was quicker. */
import { type Item, nextVersion } from '../item/item.ts';
import { AppError } from '../values/errors.ts';
import type { BasketStore } from './basketStore.ts';

/** Tries of a decision while others change the item. */
const maximumTries = 5;

/**
 * Writes the item that `decide` returns, if nobody changed it since it was read: one write. No write when `decide` returns the
 * same object.
 *
 * @param item as just read; undefined when there is none.
 * @param decide is pure. It may meet its own change, when the answer to a write was lost.
 * @returns the item as it stands after that.
 * @throws AppError `unknown-item`, `temporarily-unavailable` when others were quicker five times, and whatever `decide` throws.
 */
export async function changeItem(
  store: Pick<BasketStore, 'replace' | 'retentionDays'>,
  item: Item | undefined,
  decide: (item: Item) => Item,
): Promise<Item> {
  let read = item;
  for (let tries = 0; tries < maximumTries; tries += 1) {
    if (read === undefined) throw new AppError('unknown-item');
    const after = decide(read);
    if (after === read) return read;
    const next = nextVersion(read, after, store.retentionDays);
    const outcome = await store.replace(read, next);
    if (outcome.done) return next;
    read = outcome.item;
  }
  throw new AppError('temporarily-unavailable');
}
