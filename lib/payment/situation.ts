/** Where an item stands, as the citizen sees it. Pure. */
import type { Redirect } from '../bank/paymentProvider.ts';
import type { Attempt } from '../item/attempt.ts';
import { type Item, isLocked, isUnconfirmed } from '../item/item.ts';
import { parisDay } from '../values/days.ts';

/**
 * `unpaid`: no attempt yet. `opening`: an attempt waits for the bank's answer. `open`: the citizen may be at the bank.
 * `pending`: the bank is at work. `accepted`: the bank will authorise and take the money on the capture day. `unconfirmed`:
 * nobody knows whether it did, and people must find out. `paid-later`: paid, but the money is taken on a capture day still to
 * come. `refused`, `abandoned`, `expired`, `failed`: how the last attempt ended; the item can be paid again.
 */
export type Situation =
  | 'unpaid'
  | 'opening'
  | 'open'
  | 'pending'
  | 'accepted'
  | 'unconfirmed'
  | 'paid'
  | 'paid-later'
  | 'refused'
  | 'abandoned'
  | 'expired'
  | 'failed'
  | 'cancelled';

export function situationOf(item: Item, now: Date): Situation {
  if (item.state === 'cancelled') return 'cancelled';
  const attempt = attemptToShow(item);
  if (item.state === 'paid') return isCapturedLater(attempt, now) ? 'paid-later' : 'paid';
  if (attempt === undefined) return 'unpaid';
  // Never happens: a paid attempt pays its item if that waits.
  if (attempt.state === 'paid') return 'paid';
  if (isUnconfirmed(item)) return 'unconfirmed';
  if (attempt.state === 'pending') return attempt.acceptedAt === undefined ? 'pending' : 'accepted';
  if (attempt.state !== 'open') return attempt.state;
  // attendItems has not come to close it yet. "Pay" closes it first, too.
  if (!isLocked(item, now)) return 'expired';
  return attempt.redirect === undefined ? 'opening' : 'open';
}

/** The attempt that paid the item. Otherwise the one that locks it, otherwise the last one. */
export function attemptToShow({ payments, paidBy, lockedBy }: Item): Attempt | undefined {
  // The highest number: JavaScript gives keys that are whole numbers in their order.
  const last = Object.keys(payments).at(-1) ?? '';
  return payments[paidBy ?? lockedBy ?? last];
}

function isCapturedLater(attempt: Attempt | undefined, now: Date): boolean {
  return attempt?.captureDate !== undefined && attempt.captureDate > parisDay(now);
}

/** Where the citizen may go on with an open payment. Undefined when there is none, or when the bank lets nobody in twice. */
export function resumableRedirect(item: Item, now: Date): Redirect | undefined {
  if (situationOf(item, now) !== 'open') return undefined;
  const { redirect, resumableUntil = '' } = attemptToShow(item) ?? {};
  return resumableUntil > now.toISOString() ? redirect : undefined;
}
