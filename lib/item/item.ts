/** An item to pay: its shape, its states and its transitions. Pure: values in, values or a domain error out. */
import { daysLater, type Instant, laterInstant } from '../values/days.ts';
import { AppError } from '../values/errors.ts';
import { currency } from '../values/money.ts';
import { type Alert, type Attempt, attemptTransitions } from './attempt.ts';
import { type Notice, oweNotice } from './notice.ts';

/** The states that may follow each state of an item. */
export const itemTransitions = {
  waiting: ['paid', 'cancelled'],
  paid: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type ItemState = keyof typeof itemTransitions;

/** A user, as a call names them: by NameId, by email, or by both. The email is in lower case. */
export interface User {
  readonly nameId?: string;
  readonly email?: string;
}

/** An item and its payments: one row of the items table, in the shape of `schemas/itemRow.schema.json`. */
export interface Item extends User {
  readonly id: string;
  /** Drawn once for the call that added the item, and never changed. A write that was sent twice knows its own row by it. */
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
  /** Address of the form that asked. */
  readonly url?: string;
  /** Day of the remittance to the bank, `yyyy-mm-dd` in Europe/Paris. */
  readonly captureDate?: string;
  /** Whether the citizen may cancel it. */
  readonly cancellable: boolean;
  /** Attempts by id. */
  readonly payments: Readonly<Record<string, Attempt>>;
  readonly lockedUntil?: Instant;
  /** Id of the attempt that locks the item. */
  readonly lockedBy?: string;
  readonly paidAt?: Instant;
  /** Id of the attempt that paid it. */
  readonly paidBy?: string;
  /** Alerts by the id of their attempt. */
  readonly alerts?: Readonly<Record<string, Alert>>;
  readonly cancelledAt?: Instant;
  /** `erasure`: it still waited when its personal data was erased. */
  readonly cancelledBy?: 'workflow' | 'citizen' | 'erasure';
  readonly notice?: Notice;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** When to erase its personal data; absent once that is done. */
  readonly eraseAt?: Instant;
  readonly erasedAt?: Instant;
  /**
   * When to look at the item. Never later than the earliest time at which something is due; absent when nothing is due any
   * more.
   */
  readonly dueAt?: Instant;
  /** When the row itself is deleted, in seconds since 1970. */
  readonly ttlEpochSeconds?: number;
}

/** An item that a call asks to add, checked. */
export type NewItem = Pick<
  Item,
  'id' | 'writeId' | 'service' | 'regieId' | 'amountCents' | 'url' | 'captureDate' | 'nameId' | 'email' | 'cancellable'
> & { readonly label: string };

/** The first version of an item. It has a due time from the start: its erasure. */
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

/**
 * The earliest time at which something is due: a notice, a question to the bank, the end of the lock, the erasure. Undefined
 * when nothing is.
 */
export function earliestDue(item: Omit<Item, 'dueAt'>): Instant | undefined {
  const asks = Object.values(item.payments).map(({ askAt }) => askAt);
  const times = [item.notice?.nextAt, item.lockedUntil, item.eraseAt, ...asks].filter((time) => time !== undefined);
  return times.toSorted()[0];
}

/** Whether an attempt locks the item. At `lockedUntil` itself the item is free. */
export function isLocked({ lockedUntil }: Pick<Item, 'lockedUntil'>, now: Date): boolean {
  return lockedUntil !== undefined && lockedUntil > now.toISOString();
}

/** Whether it is unknown if a payment took place. The item is not paid again until people have found out. */
export function isUnconfirmed({ state, alerts = {} }: Pick<Item, 'state' | 'alerts'>): boolean {
  const open = Object.values(alerts).filter(({ closedAt }) => closedAt === undefined);
  return state === 'waiting' && open.some(({ kind }) => kind === 'authorisation-unconfirmed');
}

/** Whether the citizen may cancel the item now. */
export function mayCancel(item: Item, now: Date): boolean {
  return item.cancellable && item.state === 'waiting' && !isLocked(item, now) && !isUnconfirmed(item);
}

/** Whether the item is this user's: the NameIds are equal or, if one side has none, the emails are equal. */
export function belongsTo(item: User, user: User): boolean {
  if (item.nameId !== undefined && user.nameId !== undefined) return item.nameId === user.nameId;
  return item.email !== undefined && item.email === user.email;
}

/**
 * The next version of an item, with its due time. Every transition passes here, and only the transitions of the tables pass.
 *
 * @param before the item as it was read.
 * @param after the item as it shall be.
 * @param retentionDays days after the item's last change for which personal data is kept.
 * @throws Error for any other transition: a defect of ours.
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

/** The item, changed now. The time for its personal data starts again, and its row is no longer to be deleted. */
export function touch(item: Item, now: Date): Item {
  const { eraseAt, ttlEpochSeconds, ...touched } = item;
  return { ...touched, updatedAt: now.toISOString() };
}

/** Sets a time for the erasure, if a change took the item's own away. */
function retain(item: Item, retentionDays: number): Item {
  const hasEnd = item.eraseAt !== undefined || item.ttlEpochSeconds !== undefined;
  return hasEnd ? item : { ...item, eraseAt: daysLater(new Date(item.updatedAt), retentionDays) };
}

/** The fields that a cancellation sets, whatever else the item holds. */
export interface Cancellation {
  readonly state: 'cancelled';
  readonly updatedAt: Instant;
  readonly cancelledAt: Instant;
  readonly cancelledBy: 'workflow' | 'citizen';
  readonly eraseAt: Instant;
  /** Owed if the item has a form. */
  readonly notice?: Notice;
}

/** Delay of the notice after a removal: the form is busy while it waits for the answer to its own call. */
const busyFormMs = 30_000;

/** The cancellation of an item that the workflow removes by a call. @param notify whether the form gets a notice. */
export function cancellationByWorkflow(now: Date, notify: boolean, retentionDays: number): Cancellation {
  const notice: Notice = { trigger: 'cancelled', tries: 0, nextAt: laterInstant(now, busyFormMs) };
  return { ...cancellation(now, 'workflow', retentionDays), ...(notify ? { notice } : {}) };
}

/** The cancellation of an item by its citizen, on the payment page. The form's notice is due at once. */
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
 * The cancelled item. The same object when the item was cancelled before: the first cancellation decides.
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
