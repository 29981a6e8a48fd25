/** What an item to pay is, its states and transitions. Pure: values in, values or a domain error out. */
import { daysLater, type Instant, laterInstant } from '../values/days.ts';
import { AppError } from '../values/errors.ts';
import { currency } from '../values/money.ts';
import { type Alert, type Attempt, attemptTransitions } from './attempt.ts';
import { type Notice, oweNotice } from './notice.ts';

/** From each state of an item, the states it may go to. */
export const itemTransitions = {
  waiting: ['paid', 'cancelled'],
  paid: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type ItemState = keyof typeof itemTransitions;

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
  /** Absent once it is erased. */
  readonly label?: string;
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
  readonly paidAt?: Instant;
  /** Id of the attempt that paid it. */
  readonly paidBy?: string;
  /** By the attempt that each is about. */
  readonly alerts?: Readonly<Record<string, Alert>>;
  readonly cancelledAt?: Instant;
  /** `erasure`: it still waited when its personal data was erased. */
  readonly cancelledBy?: 'workflow' | 'citizen' | 'erasure';
  readonly notice?: Notice;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** When its personal data is to be erased; absent once it is. */
  readonly eraseAt?: Instant;
  readonly erasedAt?: Instant;
  /** Never later than the earliest time at which the item owes something; absent when it owes nothing any more. */
  readonly dueAt?: Instant;
  /** When the row itself goes, in seconds since 1970. */
  readonly ttlEpochSeconds?: number;
}

/** What a call asks to add, checked. */
export type NewItem = Pick<
  Item,
  'id' | 'writeId' | 'service' | 'regieId' | 'amountCents' | 'url' | 'captureDate' | 'nameId' | 'email' | 'cancellable'
> & { readonly label: string };

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

/** The earliest time at which the item owes something, if it does: a notice, a question to the bank, its lock's end, its erasure. */
export function earliestDue(item: Omit<Item, 'dueAt'>): Instant | undefined {
  const asks = Object.values(item.payments).map(({ askAt }) => askAt);
  const times = [item.notice?.nextAt, item.lockedUntil, item.eraseAt, ...asks].filter((time) => time !== undefined);
  return times.toSorted()[0];
}

/** An open attempt locks the item until then; the last millisecond is free. */
export function isLocked({ lockedUntil }: Pick<Item, 'lockedUntil'>, now: Date): boolean {
  return lockedUntil !== undefined && lockedUntil > now.toISOString();
}

/** Whether nobody knows if a payment took place: until people have found out, the item is not paid again. */
export function isUnconfirmed({ state, alerts = {} }: Pick<Item, 'state' | 'alerts'>): boolean {
  const open = Object.values(alerts).filter(({ closedAt }) => closedAt === undefined);
  return state === 'waiting' && open.some(({ kind }) => kind === 'authorisation-unconfirmed');
}

/** Whether the citizen may give it up now. */
export function mayCancel(item: Item, now: Date): boolean {
  return item.cancellable && item.state === 'waiting' && !isLocked(item, now) && !isUnconfirmed(item);
}

/** Given NameId equals the stored one, or one side has none and the emails are equal. */
export function belongsTo(item: User, user: User): boolean {
  if (item.nameId !== undefined && user.nameId !== undefined) return item.nameId === user.nameId;
  return item.email !== undefined && item.email === user.email;
}

/**
 * The next version of an item, from the item as it was read and as it is to be. Every transition passes here, and only
 * those of the tables do.
 *
 * @param retentionDays for which personal data is kept after the item's last change.
 * @throws Error for any other: a defect of ours.
 */
export function nextVersion(before: Item, after: Item, retentionDays: number): Item {
  checkTransition(itemTransitions, before.state, after.state);
  for (const [id, { state }] of Object.entries(after.payments)) {
    checkTransition(attemptTransitions, before.payments[id]?.state ?? 'open', state);
  }
  const { dueAt: _, ...item } = retain(after, retentionDays);
  const dueAt = earliestDue(item);
  return { ...item, version: before.version + 1, ...(dueAt === undefined ? {} : { dueAt }) };
}

function checkTransition<State extends string>(
  table: Readonly<Record<State, readonly State[]>>,
  before: State,
  after: State,
): void {
  if (before !== after && !table[before].includes(after)) throw new Error(`No transition from ${before} to ${after}.`);
}

/** The item, changed now: its personal data is kept for a while from now on, and its row as long as anything changes. */
export function touch(item: Item, now: Date): Item {
  const { eraseAt, ttlEpochSeconds, ...touched } = item;
  return { ...touched, updatedAt: now.toISOString() };
}

/** A time for the erasure, of an item that has lost its own by a change. */
function retain(item: Item, retentionDays: number): Item {
  const hasEnd = item.eraseAt !== undefined || item.ttlEpochSeconds !== undefined;
  return hasEnd ? item : { ...item, eraseAt: daysLater(new Date(item.updatedAt), retentionDays) };
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
  return { ...cancellation(now, 'workflow', retentionDays), ...(notify ? { notice } : {}) };
}

/** A cancellation by the citizen, on the payment page: the form is told at once. */
export function cancellationByCitizen(now: Date, retentionDays: number): Cancellation {
  const notice: Notice = { trigger: 'cancelled', tries: 0, nextAt: now.toISOString() };
  return { ...cancellation(now, 'citizen', retentionDays), notice };
}

function cancellation(now: Date, cancelledBy: 'workflow' | 'citizen', retentionDays: number): Cancellation {
  const cancelledAt = now.toISOString();
  return {
    state: 'cancelled',
    updatedAt: cancelledAt,
    cancelledAt,
    cancelledBy,
    eraseAt: daysLater(now, retentionDays),
  };
}

/**
 * The item cancelled, or the very same item when it was cancelled before: the first cancellation decides.
 *
 * @throws AppError `already-paid`, or `payment-in-progress` while an attempt locks it.
 */
export function cancelItem(item: Item, { notice, ...change }: Cancellation, now: Date): Item {
  if (item.state === 'cancelled') return item;
  if (item.state === 'paid') throw new AppError('already-paid');
  if (isLocked(item, now)) throw new AppError('payment-in-progress');
  const cancelled = { ...item, ...change };
  return notice === undefined ? cancelled : oweNotice(cancelled, notice);
}
