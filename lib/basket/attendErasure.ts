/** Erasing the personal data of items whose time has come: the duty of a run of attendItems. */
import { eraseItem, isErasureDue } from '../item/erasure.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Duty } from './attendItems.ts';
import type { BasketStore } from './basketStore.ts';
import { changeItem } from './changeItem.ts';

interface Deps {
  readonly store: BasketStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recordDays: number;
}

/** No write when nothing is due; otherwise one, which erases, or puts off what a bank or a form still needs. */
export function attendErasure({ store, clock, logger, recordDays }: Deps): Duty {
  return async (item) => {
    const now = clock.now();
    if (!isErasureDue(item, now)) return item;
    const erased = await changeItem(store, item, (read) =>
      isErasureDue(read, now) ? eraseItem(read, { now, recordDays }) : read,
    );
    if (erased.eraseAt === undefined) logger.info('item erased', { itemId: item.id, outcome: erased.state });
    return erased;
  };
}
