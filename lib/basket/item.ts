/** What an item to pay is, its states and transitions. Pure: values in, values or a domain error out. */
import { daysLater, laterInstant } from '../calendar.ts';
import { AppError } from '../errors.ts';
import { currency } from '../money.ts';

/** From each state of an item, the states it may go to. */
export const itemTransitions = {
  waiting: ['paid', 'cancelled'],
  paid: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

/** The same for a payment attempt. A late *paid* replaces every other outcome; nothing replaces *paid*. */
export const attemptTransitions = {
  open: ['pending', 'paid', 'refused', 'abandoned', 'expired', 'failed'],
  pending: ['paid', 'refused', 'abandoned', 'expired', 'failed'],
  paid: [],
  refused: ['paid'],
  abandoned: ['paid'],
  expired: ['paid'],
  failed: ['paid'],
} as const satisfies Record<string, readonly string[]>;

export type ItemState = keyof typeof itemTransitions;
export type AttemptState = keyof typeof attemptTransitions;

/** UTC, ISO 8601, to the millisecond: text order is time order. */
export type Instant = string;

/** One try to pay at the regie's bank. */
export interface Attempt {
  readonly state: AttemptState;
  readonly createdAt: Instant;
  /** When the bank is to be asked what became of it. */
  readonly askAt?: Instant;
}

/** What the form is owed: to be told of one outcome. `nextAt` is absent once nothing is owed any more. */
export interface Notice {
  readonly trigger: 'paid' | 'cancelled';
  readonly tries: number;
  readonly nextAt?: Instant;
}

/** One user as a call names them: one of the two at least. The email is in lower case. */
export interface User {
  readonly nameId?: string;
  readonly email?: string;
}

/** An item and its payments: one row of the items table, in the shape of `schemas/itemRow.schema.json`. */
export interface Item extends User {
  readonly id: string;
  /** Drawn for the call that added it, and never changed: how a write that was sent twice knows its own row. */
  readonly writeId: string;
  readonly version: number;
  /** Name of the service that added it. */
  readonly service: string;
  readonly state: ItemState;
  readonly regieId: string;
  readonly amountCents: number;
  readonly currency: typeof currency;
  readonly label: string;
  /** The form that asked. */
  readonly url?: string;
  /** Day of the remittance to the bank, `yyyy-mm-dd` in Europe/Paris. */
  readonly captureDate?: string;
  /** Whether the citizen may give it up. */
  readonly cancellable: boolean;
  /** Attempts by id. */
  readonly payments: Readonly<Record<string, Attempt>>;
  readonly lockedUntil?: Instant;
  /** Id of the attempt that locks the item. */
  readonly lockedBy?: string;
  readonly cancelledAt?: Instant;
  readonly cancelledBy?: 'workflow' | 'citizen';
  readonly notice?: Notice;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** When its personal data is to be removed. */
  readonly eraseAt: Instant;
  /** Never later than the earliest time at which the item owes something. */
  readonly dueAt: Instant;
}

/** What a call asks to add, checked. */
export type NewItem = Pick<
  Item,
  | 'id'
  | 'writeId'
  | 'service'
  | 'regieId'
  | 'amountCents'
  | 'label'
  | 'url'
  | 'captureDate'
  | 'nameId'
  | 'email'
  | 'cancellable'
>;

/** The item as first written. It is due from the start, for its erasure. */
export function createItem(asked: NewItem, now: Date, retentionDays: number): Item {
  const eraseAt = daysLater(now, retentionDays);
  const createdAt = now.toISOString();
  return {
    ...asked,
    version: 1,
    state: 'waiting',
    currency,
    payments: {},
    createdAt,
    updatedAt: createdAt,
    eraseAt,
    dueAt: eraseAt,
  };
}

/** The earliest time at which the item owes something: a notice, a question to the bank, its lock's end, its erasure. */
export function earliestDue(item: Omit<Item, 'dueAt'>): Instant {
  const asks = Object.values(item.payments).map(({ askAt }) => askAt);
  const times = [item.notice?.nextAt, item.lockedUntil, item.eraseAt, ...asks].filter((time) => time !== undefined);
  return times.toSorted()[0] ?? item.eraseAt;
}

/** An open attempt locks the item until then; the last millisecond is free. */
export function isLocked({ lockedUntil }: Pick<Item, 'lockedUntil'>, now: Date): boolean {
  return lockedUntil !== undefined && lockedUntil > now.toISOString();
}

/** Given NameId equals the stored one, or one side has none and the emails are equal. */
export function belongsTo(item: User, user: User): boolean {
  if (item.nameId !== undefined && user.nameId !== undefined) return item.nameId === user.nameId;
  return item.email !== undefined && item.email === user.email;
}

function mayBecome(state: ItemState, next: ItemState): boolean {
  return itemTransitions[state].some((allowed) => allowed === next);
}

/** What cancelling changes, whatever else the item holds. */
export interface Cancellation {
  readonly state: 'cancelled';
  readonly updatedAt: Instant;
  readonly cancelledAt: Instant;
  readonly cancelledBy: 'workflow' | 'citizen';
  readonly eraseAt: Instant;
  /** Owed if there is a form to tell. */
  readonly notice?: Notice;
}

/** A form is busy while it waits for the answer to its own call: it is told a little later. */
const busyFormMs = 30_000;

/** A cancellation that the workflow asked for by a call. */
export function cancellationByWorkflow(now: Date, notify: boolean, retentionDays: number): Cancellation {
  const notice: Notice = { trigger: 'cancelled', tries: 0, nextAt: laterInstant(now, busyFormMs) };
  const cancelledAt = now.toISOString();
  return {
    state: 'cancelled',
    updatedAt: cancelledAt,
    cancelledAt,
    cancelledBy: 'workflow',
    eraseAt: daysLater(now, retentionDays),
    ...(notify ? { notice } : {}),
  };
}

/**
 * The item cancelled, or the very same item when it was cancelled before: the first cancellation decides.
 *
 * @throws AppError `already-paid`, or `payment-in-progress` while an attempt locks it.
 */
export function cancelItem(item: Item, { notice, ...change }: Cancellation, now: Date): Item {
  if (item.state === 'cancelled') return item;
  if (!mayBecome(item.state, change.state)) throw new AppError('already-paid');
  if (isLocked(item, now)) throw new AppError('payment-in-progress');
  const owed = notice === undefined || item.url === undefined ? {} : { notice };
  const next = { ...item, ...change, ...owed };
  return { ...next, version: item.version + 1, dueAt: earliestDue(next) };
}
