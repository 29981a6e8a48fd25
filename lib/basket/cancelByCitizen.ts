/** Cancels an item, as the citizen asks on the payment page. */
import { cancelItem, cancellationByCitizen, isUnconfirmed } from '../item/item.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../values/errors.ts';
import type { BasketStore } from './basketStore.ts';
import { changeItem } from './changeItem.ts';

interface Deps {
  readonly store: BasketStore;
  readonly clock: Clock;
}

/**
 * Cancels an item and owes its form a notice: one read and one write. An item cancelled before is a success again.
 *
 * @throws AppError `unknown-item`, `not-cancellable`, `already-paid`, `payment-in-progress`, `temporarily-unavailable`.
 */
export function cancelByCitizen({ store, clock }: Deps) {
  return async (itemId: string): Promise<void> => {
    const now = clock.now();
    const change = cancellationByCitizen(now, store.retentionDays);
    await changeItem(store, await store.read(itemId), (item) => {
      if (!item.cancellable && item.state === 'waiting') throw new AppError('not-cancellable');
      if (isUnconfirmed(item)) throw new AppError('payment-in-progress');
      return cancelItem(item, change, now);
    });
  };
}
