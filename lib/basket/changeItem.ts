/** Changing an item by a decision that is made from what was read, and made anew when somebody else was quicker. */
import { type Item, nextVersion } from '../item/item.ts';
import { AppError } from '../values/errors.ts';
import type { BasketStore } from './basketStore.ts';

/** How often a decision is made anew when the item changes under it. */
const maximumTries = 5;

/**
 * Writes what `decide` makes of the item, on the version it was decided from: one write, and none when the decision is to
 * leave the very same item. `decide` is pure and may meet its own change, when the answer to a write was lost.
 *
 * @param item as just read; undefined when there is none.
 * @returns the item as it stands after that.
 * @throws AppError `unknown-item`, `temporarily-unavailable` when others were quicker five times; and what `decide` throws.
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
