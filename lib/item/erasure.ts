/** Erasing the personal data of an item, which leaves the accounting facts. Pure. */
import { daysLater } from '../values/days.ts';
import { tidyName } from '../values/text.ts';
import { type Attempt, isUnderWay } from './attempt.ts';
import { type Item, isLocked, type User } from './item.ts';

type Fate = 'kept' | 'erased';

/** What becomes of each field of the row. A new field does not type before it is sorted here. */
const itemFates = {
  id: 'kept',
  writeId: 'kept',
  version: 'kept',
  service: 'kept',
  state: 'kept',
  regieId: 'kept',
  amountCents: 'kept',
  currency: 'kept',
  captureDate: 'kept',
  cancellable: 'kept',
  payments: 'kept',
  lockedUntil: 'kept',
  lockedBy: 'kept',
  paidAt: 'kept',
  paidBy: 'kept',
  alerts: 'kept',
  cancelledAt: 'kept',
  cancelledBy: 'kept',
  notice: 'kept',
  createdAt: 'kept',
  updatedAt: 'kept',
  erasedAt: 'kept',
  dueAt: 'kept',
  ttlEpochSeconds: 'kept',
  nameId: 'erased',
  email: 'erased',
  label: 'erased',
  url: 'erased',
  eraseAt: 'erased',
} as const satisfies Record<keyof Item, Fate>;

/** The same for an attempt. The order that the bank was given (`redirect`) has the email too. */
const attemptFates = {
  state: 'kept',
  createdAt: 'kept',
  startId: 'kept',
  bank: 'kept',
  mode: 'kept',
  shop: 'kept',
  captureDate: 'kept',
  failure: 'kept',
  bankReference: 'kept',
  sessionEndsAt: 'kept',
  acceptedAt: 'kept',
  settledAt: 'kept',
  askAt: 'kept',
  askFrom: 'kept',
  asks: 'kept',
  claimId: 'kept',
  doubtedAt: 'kept',
  bankTransactionId: 'kept',
  bankTransactionDate: 'kept',
  bankData: 'kept',
  email: 'erased',
  redirect: 'erased',
  resumableUntil: 'erased',
} as const satisfies Record<keyof Attempt, Fate>;

/** What is under way comes first; then the erasure is tried again a day later. */
const putOffDays = 1;

export interface ErasureContext {
  readonly now: Date;
  /** Days after the erasure for which the row is kept, for the accounts. */
  readonly recordDays: number;
}

/**
 * Whether the personal data is to be erased now. Not while a run tells the form: that run comes to the erasure itself, and
 * another one that put it off meanwhile would have the data kept for a day longer.
 */
export function isErasureDue({ eraseAt, notice }: Item, now: Date): boolean {
  const at = now.toISOString();
  const isBeingTold = notice?.claimId !== undefined && (notice.nextAt ?? '') > at;
  return eraseAt !== undefined && eraseAt <= at && !isBeingTold;
}

/** Whether a bank or a form still needs what would be erased: a payment under way, a form that is still to be told. */
export function isErasureBlocked(item: Item, now: Date): boolean {
  const isFollowed = Object.entries(item.payments).some(([id, { state, askAt }]) => {
    // One that neither locks the item nor is asked about has no end that we would hear of: it may not keep data for ever.
    return isUnderWay({ state }) && (askAt !== undefined || item.lockedBy === id);
  });
  return isLocked(item, now) || isFollowed || item.notice?.nextAt !== undefined;
}

/**
 * The item without NameId, email, label, form address and the emails given at its attempts; closed, if it still waited. Put
 * off by a day while it is blocked.
 */
export function eraseItem(item: Item, { now, recordDays }: ErasureContext): Item {
  if (isErasureBlocked(item, now)) return { ...item, eraseAt: daysLater(now, putOffDays) };
  const at = now.toISOString();
  const closed = { state: 'cancelled', cancelledAt: at, cancelledBy: 'erasure' } as const;
  return {
    ...withoutErased(item, itemFates),
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
  const isErased = (attempt: Attempt) => attempt.email === email && !isUnderWay(attempt);
  if (!Object.values(item.payments).some(isErased)) return item;
  return { ...item, payments: withoutEmails(item.payments, isErased) };
}

function withoutEmails(payments: Item['payments'], isErased: (attempt: Attempt) => boolean): Item['payments'] {
  const erased = Object.entries(payments).map(([id, attempt]): [string, Attempt] => {
    return [id, isErased(attempt) ? withoutErased(attempt, attemptFates) : attempt];
  });
  return Object.fromEntries(erased);
}

/** A field that is not in the list was written by a newer version of this code. It stays, since it may tell of money. */
function withoutErased<Row extends object>(row: Row, fates: Readonly<Record<string, Fate>>): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => fates[name] !== 'erased')) as Row;
}
