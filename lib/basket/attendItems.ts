/** A run over the items that owe something by now: reads each, does what is due, and leaves the rest to the next run. */
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { describeCause, type Logger } from '../logger.ts';
import type { BasketStore, DuePage } from './basketStore.ts';
import { changeItem } from './changeItem.ts';
import { earliestDue, type Item } from './item.ts';

/** Does what is due now, and gives the item as it then stands. */
export type Duty = (item: Item) => Promise<Item>;

interface Dependencies {
  readonly store: BasketStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly duties: readonly Duty[];
}

/** Items at once: enough to wait for many banks, few enough for the sockets of a function. */
const pageSize = 20;

/**
 * @param mayGoOn asked before each page: false when the time that is left is needed for what is under way.
 * @returns the number of items that were looked at.
 */
export function attendItems(parts: Dependencies) {
  return async (mayGoOn: () => boolean): Promise<number> => {
    const { store, clock } = parts;
    const now = clock.now();
    let next: DuePage['next'];
    let count = 0;
    while (mayGoOn()) {
      const page = await store.listDue(now, pageSize, next);
      await Promise.all(page.ids.map((id) => attendItem(parts, id)));
      count += page.ids.length;
      next = page.next;
      if (next === undefined) break;
    }
    return count;
  };
}

/** The failure of one item is not that of the others: it stays due. */
async function attendItem({ store, duties, logger }: Dependencies, id: string): Promise<void> {
  try {
    let item = await store.read(id);
    // Gone, or the index lags.
    if (item === undefined) return;
    for (const duty of duties) item = await duty(item);
    // A write that had not read the row may have made it due too early.
    await changeItem(store, item, (read) => (read.dueAt === earliestDue(read) ? read : { ...read }));
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'internal-error';
    const cause = error instanceof AppError ? error.cause : error;
    logger.error('item not attended', { itemId: id, code, ...describeCause(cause) });
  }
}
