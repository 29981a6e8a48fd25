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
  /** Done for few items at once: questions to banks. */
  readonly attendPayments: Duty;
  /** Done for all at once: it has a rule of its own for each host, so that a slow one delays no other. */
  readonly notifyForm: Duty;
  /** False when the time that is left is needed for what is under way. */
  readonly mayGoOn: () => boolean;
}

const pageSize = 100;

/** Of one run; the next one comes within a minute. */
const maximumItems = 2_000;

/** Reads and questions at once: few enough for the sockets of a function. */
const readersAtOnce = 20;

/**
 * @param ids the items to look at; without them, those that are due.
 * @returns the number of items that changed.
 */
export function attendItems(parts: Dependencies) {
  return async (ids?: readonly string[]): Promise<number> => {
    const due = [...new Set(ids ?? (await listDue(parts)))];
    const told: Promise<boolean>[] = [];
    const readers = Array.from({ length: readersAtOnce }, async () => {
      for (let id = due.shift(); id !== undefined && parts.mayGoOn(); id = due.shift()) {
        const attended = await attendItem(parts, id);
        // Not waited for here: a form may take half a minute, and its host's others wait for it.
        if (attended !== undefined) told.push(tellForm(parts, attended));
      }
    });
    await Promise.all(readers);
    const changes = await Promise.all(told);
    return changes.filter((isChanged) => isChanged).length;
  };
}

async function listDue({ store, clock, mayGoOn }: Dependencies): Promise<string[]> {
  const now = clock.now();
  const ids: string[] = [];
  let next: DuePage['next'];
  do {
    const page = await store.listDue(now, pageSize, next);
    ids.push(...page.ids);
    next = page.next;
  } while (next !== undefined && ids.length < maximumItems && mayGoOn());
  return ids;
}

/** An item as it was found, and as it stands now. */
interface Attended {
  readonly found: Item;
  readonly item: Item;
}

async function attendItem({ store, logger, attendPayments }: Dependencies, id: string): Promise<Attended | undefined> {
  return unlessItFails(logger, id, async () => {
    const found = await store.read(id);
    // Gone: the index lags.
    return found === undefined ? undefined : { found, item: await attendPayments(found) };
  });
}

async function tellForm({ store, logger, notifyForm }: Dependencies, { found, item }: Attended): Promise<boolean> {
  const told = await unlessItFails(logger, item.id, async () => {
    const notified = await notifyForm(item);
    // A write that had not read the row may have made it due too early.
    return changeItem(store, notified, (read) => (read.dueAt === earliestDue(read) ? read : { ...read }));
  });
  return (told ?? item).version !== found.version;
}

/** The failure of one item is not that of the others: it stays due. */
async function unlessItFails<Result>(
  logger: Logger,
  itemId: string,
  act: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    logger.error('item not attended', { itemId, ...describeFailure(error) });
    return undefined;
  }
}
