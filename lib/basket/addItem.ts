/** Adding an item to the basket. */
import { bankProfiles } from '../bank/profiles.ts';
import { createItem, type User } from '../item/item.ts';
import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import { newUuid } from '../platform/random.ts';
import type { Caller } from '../publik/callers.ts';
import { findActiveRegie, type Regie, type RegieCatalogue } from '../regie/regie.ts';
import { daysBetween, parisDay } from '../values/days.ts';
import { AppError } from '../values/errors.ts';
import type { BasketStore } from './basketStore.ts';

/** What a call asks, read and checked as far as it can be without a regie or the date. */
export interface AddItemRequest {
  readonly amountCents: number;
  readonly label?: string;
  readonly url?: string;
  /** A real day, `yyyy-mm-dd`. */
  readonly captureDate?: string;
  readonly user: User;
  readonly regieIdOrSlug?: string;
  readonly cancellable: boolean;
}

interface Deps {
  readonly store: BasketStore;
  readonly regies: Cache<RegieCatalogue>;
  readonly clock: Clock;
}

/**
 * Adds an item on behalf of a caller: one write and no read while the regies are cached.
 *
 * @param id of the item: `rowId` of the caller.
 * @throws AppError `unknown-regie`, `amount-too-low`, `amount-too-high`, `invalid-capture-date`, `nonce-already-used`,
 *   `temporarily-unavailable`.
 */
export function addItem({ store, regies, clock }: Deps) {
  return async (id: string, { service }: Caller, request: AddItemRequest): Promise<void> => {
    const { regieIdOrSlug, user, label, ...given } = request;
    const regie =
      findActiveRegie(await regies.get(), regieIdOrSlug) ?? findActiveRegie(await regies.refresh(), regieIdOrSlug);
    if (regie === undefined) throw new AppError('unknown-regie');
    const now = clock.now();
    checkAmount(request.amountCents, regie);
    if (request.captureDate !== undefined) checkCaptureDate(request.captureDate, regie, now);

    const asked = {
      ...given,
      ...user,
      id,
      writeId: newUuid(),
      service,
      regieId: regie.id,
      label: label ?? regie.defaultLabel,
    };
    await store.add(createItem(asked, now, store.retentionDays));
  };
}

function checkAmount(amountCents: number, { bank, minimumCents = 0, maximumCents = Infinity }: Regie): void {
  if (amountCents < Math.max(minimumCents, bankProfiles[bank].minimumCents)) throw new AppError('amount-too-low');
  if (amountCents > Math.min(maximumCents, bankProfiles[bank].maximumCents)) throw new AppError('amount-too-high');
}

/** A day that is past or today means at once. */
function checkCaptureDate(captureDate: string, { bank }: Regie, now: Date): void {
  const delayDays = daysBetween(parisDay(now), captureDate);
  if (delayDays > bankProfiles[bank].maximumCaptureDelayDays) throw new AppError('invalid-capture-date');
}
