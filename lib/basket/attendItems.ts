/** A run over the items that owe something by now: reads each, does what is due, and leaves the rest to the next run. */
import type { Clock } from '../clock.ts';
import { describeFailure, type Logger } from '../logger.ts';
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
 * @returns the number of items that changed.
 */
export function attendItems(parts: Dependencies) {
  return async (mayGoOn: () => boolean): Promise<number> => {
    const { store, clock } = parts;
    const now = clock.now();
    let next: DuePage['next'];
    let count = 0;
    while (mayGoOn()) {
      const page = await store.listDue(now, pageSize, next);
      const changes = await Promise.all(page.ids.map((id) => attendItem(parts, id)));
      count += changes.filter((isChanged) => isChanged).length;
      next = page.next;
      if (next === undefined) break;
    }
    return count;
  };
}

/** The failure of one item is not that of the others: it stays due. @returns whether the item changed. */
async function attendItem({ store, duties, logger }: Dependencies, id: string): Promise<boolean> {
  try {
    const found = await store.read(id);
    // Gone: the index lags.
    if (found === undefined) return false;
    let item = found;
    for (const duty of duties) item = await duty(item);
    // A write that had not read the row may have made it due too early.
    item = await changeItem(store, item, (read) => (read.dueAt === earliestDue(read) ? read : { ...read }));
    return item.version !== found.version;
  } catch (error) {
    logger.error('item not attended', { itemId: id, ...describeFailure(error) });
    return false;
  }
}
