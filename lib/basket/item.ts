/** What an item to pay is, its states and transitions. Pure: values in, values or a domain error out. */
import { daysLater, laterInstant } from '../calendar.ts';
import { AppError } from '../errors.ts';
import { currency } from '../money.ts';
import type { BankName } from '../payment/banks.ts';

/** From each state of an item, the states it may go to. */
export const itemTransitions = {
  waiting: ['paid', 'cancelled'],
  paid: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

/**
 * The same for a payment attempt. A late *paid* replaces every other outcome; nothing replaces *paid*. *Expired* is our own
 * word for a session without an answer: the bank may still say that it is at work.
 */
export const attemptTransitions = {
  open: ['pending', 'paid', 'refused', 'abandoned', 'expired', 'failed'],
  pending: ['paid', 'refused', 'abandoned', 'expired', 'failed'],
  paid: [],
  refused: ['paid'],
  abandoned: ['paid'],
  expired: ['paid', 'pending'],
  failed: ['paid'],
} as const satisfies Record<string, readonly string[]>;

export type ItemState = keyof typeof itemTransitions;
export type AttemptState = keyof typeof attemptTransitions;

/** UTC, ISO 8601, to the millisecond: text order is time order. */
export type Instant = string;

/** Whether money moves: `activation` is PayFiP's first payment of a new account, a real one. */
export type Mode = 'test' | 'activation' | 'production';

/** Where the citizen is sent to pay: a link to follow, or a form to post. */
export type Redirect =
  | { readonly method: 'GET'; readonly url: string }
  | { readonly method: 'POST'; readonly url: string; readonly fields: Readonly<Record<string, string>> };

/** What the bank says of a payment, from the list of fields that its adapter keeps. */
export interface BankFacts {
  readonly bankTransactionId?: string;
  readonly bankTransactionDate?: Instant;
  /** 2 kB at most. */
  readonly bankData?: Readonly<Record<string, string>>;
}

/** One try to pay at the regie's bank. */
export interface Attempt extends BankFacts {
  readonly state: AttemptState;
  readonly createdAt: Instant;
  /** Drawn for the call that opened it: how a write that was sent twice knows its own attempt. */
  readonly startId: string;
  readonly bank: BankName;
  readonly mode: Mode;
  /** The regie's account at the bank. */
  readonly shop: string;
  /** Given on the page, for a bank that requires one; never the item's owner. */
  readonly email?: string;
  /** Day on which the bank is to take the money, when that is later than the day of the payment. */
  readonly captureDate?: string;
  /** The bank's answer to the opening; absent until it is stored, and once the attempt is over. */
  readonly redirect?: Redirect;
  /** Until when the citizen may be sent there again. */
  readonly resumableUntil?: Instant;
  /** The bank's own name for the session, where it has one. */
  readonly bankReference?: string;
  readonly sessionEndsAt?: Instant;
  /** When the bank accepted a payment that it will only authorise later. */
  readonly acceptedAt?: Instant;
  /** When the attempt came to the outcome it has. */
  readonly settledAt?: Instant;
  /** When the bank is to be asked next what became of the attempt. */
  readonly askAt?: Instant;
  /** From when the questions are counted, and how many were put since. */
  readonly askFrom?: Instant;
  readonly asks?: number;
  /** Who is asking right now. */
  readonly claimId?: string;
  /** Since when the bank's answers are not believed. */
  readonly doubtedAt?: Instant;
}

/**
 * Money and state disagree, and people must act: money came for an item that was paid or cancelled before, or more than was
 * asked for (`money-to-refund`), or a payment that the form had been told of was refused in the end (`authorisation-failed`),
 * or whether one took place was never made out (`authorisation-unconfirmed`).
 */
export interface Alert {
  readonly kind: 'money-to-refund' | 'authorisation-failed' | 'authorisation-unconfirmed';
  readonly raisedAt: Instant;
  /** What is owed back, where that is not the item's amount. */
  readonly amountCents?: number;
  /** When an operator said that it is dealt with. */
  readonly closedAt?: Instant;
}

/** One try to tell the form. */
export interface NoticeTry {
  readonly at: Instant;
  /** `unknown` as long as it is under way, and when it ended without a word. */
  readonly outcome: 'delivered' | 'presumed-delivered' | 'unknown' | 'retry' | 'refused' | 'wrong-key';
  /** Short and stable. */
  readonly reason?: string;
  readonly durationMs?: number;
}

/** What the form is owed: to be told of one outcome. `nextAt` is absent once nothing is owed any more. */
export interface Notice {
  readonly trigger: 'paid' | 'cancelled';
  /** The attempt that it tells of: the same on each try. */
  readonly attemptId?: string;
  readonly tries: number;
  readonly nextAt?: Instant;
  /** Who is telling the form right now. */
  readonly claimId?: string;
  readonly firstTriedAt?: Instant;
  /** Since when the form answers, and says no. */
  readonly refusedSince?: Instant;
  /** Number of tries before an operator had the form told again. */
  readonly triedBefore?: number;
  /** Whether a try may have been heard without our knowing. */
  readonly mayHaveHeard?: boolean;
  /** Which of the service's outgoing keys signs the next try; the first one when absent. */
  readonly keyIndex?: number;
  /** The latest ones, oldest first. */
  readonly log?: readonly NoticeTry[];
  /** How it ended; `withdrawn` when what it told is not true any more. */
  readonly end?: 'delivered' | 'presumed-delivered' | 'failed' | 'not-notifiable' | 'withdrawn';
  readonly endedAt?: Instant;
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
export function mayGiveUp(item: Item, now: Date): boolean {
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
 * @throws Error for any other: a defect of ours.
 */
export function nextVersion(before: Item, after: Item): Item {
  checkTransition(itemTransitions, before.state, after.state);
  for (const [id, { state }] of Object.entries(after.payments)) {
    checkTransition(attemptTransitions, before.payments[id]?.state ?? 'open', state);
  }
  const { dueAt: _, ...item } = after;
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

/** The personal data of an item is kept for a while after its last change, and the row as long as anything changes. */
export function renewRetention(item: Item, now: Date, retentionDays: number): Item {
  const { ttlEpochSeconds, ...kept } = item;
  return { ...kept, updatedAt: now.toISOString(), eraseAt: daysLater(now, retentionDays) };
}

/** The item, owing its form this news; as it is when there is no form, or when it has owed a notice before: one in its life, but for one withdrawn. */
export function oweNotice(item: Item, notice: Notice): Item {
  const isFirst = item.notice === undefined || item.notice.end === 'withdrawn';
  return item.url === undefined || !isFirst ? item : { ...item, notice };
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
