/** Taking an item back out of the basket, as the workflow asks. */
import { belongsTo, cancelItem, cancellationByWorkflow, type User } from '../item/item.ts';
import { isItemId, rowId } from '../item/itemId.ts';
import type { Clock } from '../platform/clock.ts';
import { newUuid } from '../platform/random.ts';
import type { Caller } from '../publik/callers.ts';
import { AppError } from '../values/errors.ts';
import type { BasketStore, RemovalTarget } from './basketStore.ts';
import { changeItem } from './changeItem.ts';

export interface RemoveItemRequest {
  readonly itemId: string;
  readonly user: User;
  /** Whether the form is to be told. The first cancellation decides, later ones change nothing. */
  readonly notify: boolean;
}

interface Deps {
  readonly store: BasketStore;
  readonly clock: Clock;
}

/**
 * Cancels an item on behalf of the service that added it: two writes and no read in the common case. An item cancelled
 * before is a success again, since the caller may have lost our first answer.
 *
 * @throws AppError `unknown-item` (malformed, unknown, another user's, another service's: one answer), `already-paid`,
 *   `payment-in-progress`, `nonce-already-used`, `temporarily-unavailable`.
 */
export function removeItem({ store, clock }: Deps) {
  return async (caller: Caller, { itemId, user, notify }: RemoveItemRequest): Promise<void> => {
    if (!isItemId(itemId)) throw new AppError('unknown-item');
    const now = clock.now();
    // The signature is not of the body: a replayed URL could name another item, so it is spent before anything changes.
    await store.spendSignedUrl({ id: rowId(caller), writeId: newUuid(), spentAt: now });

    const target: RemovalTarget = { id: itemId, service: caller.service, user };
    const change = cancellationByWorkflow(now, notify, store.retentionDays);
    const outcome = await store.cancelUnread(target, change, now);
    if (outcome.done) return;
    await changeItem(store, outcome.item, (item) => {
      if (item.service !== caller.service || !belongsTo(item, user)) throw new AppError('unknown-item');
      return cancelItem(item, change, now);
    });
  };
}
