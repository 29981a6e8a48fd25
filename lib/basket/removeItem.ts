/** Taking an item back out of the basket, as the workflow asks. */
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Caller } from '../publik/callers.ts';
import { newUuid } from '../random.ts';
import type { BasketStore, RemovalTarget, WriteOutcome } from './basketStore.ts';
import { belongsTo, type Cancellation, cancelItem, cancellationByWorkflow, type Item, type User } from './item.ts';
import { isItemId, rowId } from './itemId.ts';

export interface RemoveItemRequest {
  readonly itemId: string;
  readonly user: User;
  /** Whether the form is to be told. The first cancellation decides, later ones change nothing. */
  readonly notify: boolean;
}

interface Dependencies {
  readonly store: BasketStore;
  readonly clock: Clock;
  readonly retentionDays: number;
}

/** How often a decision is made anew when the item changes under it. */
const maximumTries = 5;

/**
 * Cancels an item on behalf of the service that added it: two writes and no read in the common case. An item cancelled
 * before is a success again, since the caller may have lost our first answer.
 *
 * @throws AppError `unknown-item` (malformed, unknown, another user's, another service's: one answer), `already-paid`,
 *   `payment-in-progress`, `nonce-already-used`, `temporarily-unavailable`.
 */
export function removeItem({ store, clock, retentionDays }: Dependencies) {
  return async (caller: Caller, { itemId, user, notify }: RemoveItemRequest): Promise<void> => {
    if (!isItemId(itemId)) throw new AppError('unknown-item');
    const now = clock.now();
    // The signature is not of the body: a replayed URL could name another item, so it is spent before anything changes.
    await store.spendSignedUrl({ id: rowId(caller), writeId: newUuid(), spentAt: now });

    const target: RemovalTarget = { id: itemId, service: caller.service, user };
    const change = cancellationByWorkflow(now, notify, retentionDays);
    let outcome = await store.cancelUnread(target, change, now);
    for (let tries = 1; !outcome.done; tries += 1) {
      if (tries === maximumTries) throw new AppError('temporarily-unavailable');
      outcome = await decideAgain(store, target, { change, now, item: outcome.item });
    }
  };
}

interface Reading {
  readonly item: Item | undefined;
  readonly change: Cancellation;
  readonly now: Date;
}

/** Decides from the item as it was read, and writes only if nobody changes it meanwhile. */
async function decideAgain(
  store: BasketStore,
  { service, user }: RemovalTarget,
  { item, change, now }: Reading,
): Promise<WriteOutcome> {
  if (item === undefined || item.service !== service || !belongsTo(item, user)) throw new AppError('unknown-item');
  const next = cancelItem(item, change, now);
  return next === item ? { done: true } : store.replace(next);
}
