/** A run over the items that owe something by now: reads each, does what is due, and leaves the rest to the next run. */
import { earliestDue, type Item } from '../item/item.ts';
import type { Clock } from '../platform/clock.ts';
import { describeFailure, type Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { laterInstant } from '../values/days.ts';
import { AppError } from '../values/errors.ts';
import type { BasketStore, DueKey, DuePage } from './basketStore.ts';
import { changeItem } from './changeItem.ts';

/** Does what is due now, and gives the item as it then stands. */
export type Duty = (item: Item) => Promise<Item>;

interface Deps {
  readonly store: BasketStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Done for few items at once: questions to banks. */
  readonly attendPayments: Duty;
  /** Done for all at once: it has a rule of its own for each host, so that a slow one delays no other. */
  readonly notifyForm: Duty;
  /** Done last: what is under way comes before it. */
  readonly attendErasure: Duty;
  /** False when the time that is left is needed for what is under way. */
  readonly mayGoOn: () => boolean;
}

const pageSize = 100;

/** Of one run; the next one comes within a minute. */
const maximumItems = 5_000;

/** Reads and questions at once: few enough for the sockets of a function. */
const readersAtOnce = 20;

/** What cannot be attended, because its row is odd or a setting is missing, may not stand before all others for ever. */
const putOffMs = 10 * 60_000;

/** An item to look at; `dueAt` where the index named it. */
type Key = Pick<DueKey, 'id'> & Partial<DueKey>;

/**
 * @param ids the items to look at; without them, those that are due.
 * @returns the number of items that changed.
 */
export function attendItems(deps: Deps) {
  return async (ids?: readonly string[]): Promise<number> => {
    const due: Key[] = ids === undefined ? await listDue(deps) : [...new Set(ids)].map((id) => ({ id }));
    const attended: Promise<boolean>[] = [];
    const readers = Array.from({ length: readersAtOnce }, async () => {
      for (let key = due.shift(); key !== undefined && deps.mayGoOn(); key = due.shift()) {
        const slot = Promise.withResolvers<void>();
        // Not waited for whole: a form may take half a minute, and its host's others wait for it.
        attended.push(attendItem(deps, key, slot.resolve));
        await slot.promise;
      }
    });
    await Promise.all(readers);
    const changes = await Promise.all(attended);
    return changes.filter((isChanged) => isChanged).length;
  };
}

async function listDue({ store, clock, metrics, mayGoOn }: Deps): Promise<DueKey[]> {
  const now = clock.now();
  const keys: DueKey[] = [];
  let next: DuePage['next'];
  do {
    const page = await store.listDue(now, pageSize, next);
    keys.push(...page.keys);
    next = page.next;
  } while (next !== undefined && keys.length < maximumItems && mayGoOn());
  const [oldest] = keys;
  const ageMs = oldest === undefined ? 0 : now.getTime() - Date.parse(oldest.dueAt);
  metrics.record({ name: 'OldestDueAge', value: Math.round(ageMs / 1000) });
  return keys;
}

/** @param free says that another item may be read. @returns whether the item changed. */
async function attendItem(deps: Deps, key: Key, free: () => void): Promise<boolean> {
  const { store, attendPayments, notifyForm, attendErasure } = deps;
  try {
    const found = await store.read(key.id);
    // Gone: the index lags.
    if (found === undefined) return false;
    // Side by side: neither a slow bank nor a slow form delays the other, and each writes on what it reads.
    const duties = [notifyForm(found), attendPayments(found).finally(free)];
    const outcomes = await Promise.allSettled(duties);
    const failure = outcomes.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
    const items = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const newest = items.reduce((a, b) => (b.version > a.version ? b : a), found);
    const kept = await attendErasure(newest);
    // A write that had not read the row may have made it due too early.
    const item = await changeItem(store, kept, (read) => (read.dueAt === earliestDue(read) ? read : { ...read }));
    return item.version !== found.version;
  } catch (error) {
    await putOff(deps, key, error);
    return false;
  } finally {
    free();
  }
}

/** The failure of one item is not that of the others: it stays due, a little later unless the table itself fails. */
async function putOff({ store, clock, logger, metrics }: Deps, { id, dueAt }: Key, error: unknown): Promise<void> {
  logger.error('item not attended', { itemId: id, ...describeFailure(error) });
  const isTable = error instanceof AppError && error.code === 'temporarily-unavailable';
  if (!isTable) metrics.record({ name: 'ItemsNotAttended', value: 1 });
  if (dueAt === undefined || isTable) return;
  try {
    await store.postpone({ id, dueAt }, laterInstant(clock.now(), putOffMs));
  } catch (cause) {
    logger.error('item not put off', { itemId: id, ...describeFailure(cause) });
  }
}
