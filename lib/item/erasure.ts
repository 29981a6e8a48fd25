/** Erases the personal data of an item, and leaves the accounting facts. Pure. */
import { daysLater } from '../values/days.ts';
import { tidyName } from '../values/text.ts';
import { type Attempt, isUnderWay } from './attempt.ts';
import { type Item, isLocked, type User } from './item.ts';
import { isBeingTold } from './notice.ts';

type Fate = 'kept' | 'erased';

/** The fate of each field of the row. A new field does not compile before it is sorted here. */
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

/** The same for an attempt. `redirect` is the order that the bank was given: it has the email too. */
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

/** Days until a blocked erasure is tried again. Payments and notices under way come first. */
const putOffDays = 1;

export interface ErasureContext {
  readonly now: Date;
  /** Days after the erasure for which the row is kept, for the accounts. */
  readonly recordDays: number;
}

/**
 * Whether to erase the personal data now. Not while a run sends the notice: that run does the erasure itself. If another run
 * put the erasure off meanwhile, the data would be kept a day longer.
 */
export function isErasureDue({ eraseAt, notice }: Item, now: Date): boolean {
  const at = now.toISOString();
  const isTold = notice !== undefined && isBeingTold(notice, now);
  return eraseAt !== undefined && eraseAt <= at && !isTold;
}

/** Whether a bank or a form still needs the data: a payment is under way, or a notice is still to be sent. */
export function isErasureBlocked(item: Item, now: Date): boolean {
  const isFollowed = Object.entries(item.payments).some(([id, { state, askAt }]) => {
    // We would never hear of the end of an attempt that neither locks the item nor is asked about. It must not keep the data
    // for ever.
    return isUnderWay({ state }) && (askAt !== undefined || item.lockedBy === id);
  });
  return isLocked(item, now) || isFollowed || item.notice?.nextAt !== undefined;
}

/**
 * The item without NameId, email, label and form address, and without the emails typed at its attempts. An item that still
 * waited is cancelled. While something blocks the erasure, it is put off by a day instead.
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

/** The person whom a text names, as NameId or as email. The email is in lower case. */
export function userNamed(text: string): Required<User> {
  // Read as the calls read theirs.
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
 * The item without this person's email at the attempts that are over. The same object when there is none. An attempt under way
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
