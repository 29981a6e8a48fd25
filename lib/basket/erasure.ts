/** Erasing the personal data of an item, which leaves the accounting facts. Pure. */
import { daysLater } from '../calendar.ts';
import { tidyName } from '../text.ts';
import { type Attempt, type Item, isLocked, type User } from './item.ts';

/** What is under way comes first; then the erasure is tried again a day later. */
const putOffDays = 1;

export interface ErasureContext {
  readonly now: Date;
  /** Days after the erasure for which the row is kept, for the accounts. */
  readonly recordDays: number;
}

/** Whether the personal data is to be erased now. */
export function isErasureDue({ eraseAt }: Item, now: Date): boolean {
  return eraseAt !== undefined && eraseAt <= now.toISOString();
}

/** Whether a bank or a form still needs what would be erased: a payment under way, a form that is still to be told. */
export function isErasureBlocked(item: Item, now: Date): boolean {
  const isFollowed = Object.entries(item.payments).some(([id, { state, askAt }]) => {
    const isUnderWay = state === 'open' || state === 'pending';
    // One that neither locks the item nor is asked about has no end that we would hear of: it may not keep data for ever.
    return isUnderWay && (askAt !== undefined || item.lockedBy === id);
  });
  return isLocked(item, now) || isFollowed || item.notice?.nextAt !== undefined;
}

/**
 * The item without NameId, email, label, form address and the emails given at its attempts; closed, if it still waited. Put
 * off by a day while it is blocked.
 */
export function eraseItem(item: Item, { now, recordDays }: ErasureContext): Item {
  if (isErasureBlocked(item, now)) return { ...item, eraseAt: daysLater(now, putOffDays) };
  const { nameId, email, label, url, eraseAt, ...facts } = item;
  const at = now.toISOString();
  const closed = { state: 'cancelled', cancelledAt: at, cancelledBy: 'erasure' } as const;
  return {
    ...facts,
    ...(item.state === 'waiting' ? closed : {}),
    payments: withoutEmails(item.payments, () => true),
    updatedAt: at,
    erasedAt: at,
    ttlEpochSeconds: Math.ceil(Date.parse(daysLater(now, recordDays)) / 1000),
  };
}

/** A text by which a person is known: as NameId, or as email in lower case. */
export function userNamed(text: string): Required<User> {
  // As the calls' own values are read.
  const name = tidyName(text);
  return { nameId: name, email: name.toLowerCase() };
}

/** Whether an item is this person's: by its NameId or its email. */
export function isOwnedBy(item: Item, { nameId, email }: Required<User>): boolean {
  return item.nameId === nameId || item.email === email;
}

/** Whether this person's email was given to pay somebody else's item. */
export function isEmailAtAttempt(item: Item, { email }: Required<User>): boolean {
  return Object.values(item.payments).some((attempt) => attempt.email === email);
}

/**
 * The item without this person's email at its attempts that are over; the very same one when there is none. One under way
 * keeps it, with the order that the bank was given.
 */
export function eraseAttemptEmails(item: Item, user: Required<User>): Item {
  const { email } = user;
  const isOver = (attempt: Attempt) => attempt.state !== 'open' && attempt.state !== 'pending';
  const isErased = (attempt: Attempt) => attempt.email === email && isOver(attempt);
  if (!Object.values(item.payments).some(isErased)) return item;
  return { ...item, payments: withoutEmails(item.payments, isErased) };
}

/** The order that the bank was given has the email too. */
function withoutEmails(payments: Item['payments'], isErased: (attempt: Attempt) => boolean): Item['payments'] {
  const erased = Object.entries(payments).map(([id, attempt]): [string, Attempt] => {
    const { email, redirect, resumableUntil, ...rest } = attempt;
    return [id, isErased(attempt) ? rest : attempt];
  });
  return Object.fromEntries(erased);
}
