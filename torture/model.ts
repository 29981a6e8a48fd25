/**
 * What the whole basket must do: items, attempts, locks, notices and time, in as few words as that takes. Pure, and without a
 * line of what it judges: where the two differ, one of them is wrong.
 */
import { parisDay } from '../lib/values/days.ts';
import {
  type BankPayment,
  type BankStatus,
  captureDayOf,
  isBelievable,
  openingOf,
  sessionMsOf,
  statusAt,
} from './bankModel.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const retentionMs = 400 * dayMs;

export interface ModelAttempt {
  state: 'open' | 'pending' | 'paid' | 'refused' | 'abandoned' | 'expired' | 'failed';
  /** Undefined when nobody was sent to the bank. */
  readonly bank?: BankPayment;
  /** Number of the key that signed the addresses of its messages. */
  readonly keyNumber: number;
  isAccepted: boolean;
  /** Whether the bank's last answer was not to be believed. */
  isDoubted?: boolean;
  /** When the bank is to be asked; undefined when it is not. */
  askAtMs?: number | undefined;
  askFromMs: number;
  asks: number;
}

export interface ModelItem {
  readonly index: number;
  readonly amountCents: number;
  readonly cancellable: boolean;
  readonly regieId: string;
  readonly hasForm: boolean;
  readonly captureDay?: string;
  /** Number of the key that signed its address. */
  readonly keyNumber: number;
  owner: { nameId?: string; email?: string };
  state: 'waiting' | 'paid' | 'cancelled';
  cancelledBy?: 'workflow' | 'citizen' | 'erasure';
  readonly attempts: ModelAttempt[];
  paidBy?: number;
  lockedBy?: number | undefined;
  lockedUntilMs: number;
  readonly alerts: Map<number, 'money-to-refund' | 'authorisation-failed' | 'authorisation-unconfirmed'>;
  notice?: { trigger: 'paid' | 'cancelled'; attempt?: number; dueAtMs: number; isTold: boolean } | undefined;
  /** What its form has heard. */
  readonly heard: string[];
  eraseAtMs?: number | undefined;
  isErased: boolean;
}

export type NewModelItem = Pick<
  ModelItem,
  'index' | 'amountCents' | 'cancellable' | 'regieId' | 'hasForm' | 'captureDay' | 'owner' | 'keyNumber'
>;

/** The time, and the newest key: that one and the one before are believed. */
export interface Moment {
  readonly nowMs: number;
  readonly keyNumber: number;
}

/** Whether an address that was signed with a key still leads somewhere. */
export function isBelieved(signed: { readonly keyNumber: number }, { keyNumber }: Pick<Moment, 'keyNumber'>): boolean {
  return signed.keyNumber >= keyNumber - 1;
}

/**
 * Whether the bank still has news to tell, at an address that the next rotation closes, of an attempt that nobody asks about any
 * more: whoever rotates now will not hear it.
 */
export function wouldMissNews({ attempts }: ModelItem, { keyNumber }: Pick<Moment, 'keyNumber'>): boolean {
  const next = { keyNumber: keyNumber + 1 };
  return attempts.some(
    (attempt) => attempt.bank?.notifyAtMs !== undefined && attempt.askAtMs === undefined && !isBelieved(attempt, next),
  );
}

export function createModelItem(asked: NewModelItem, nowMs: number): ModelItem {
  return {
    ...asked,
    state: 'waiting',
    attempts: [],
    lockedUntilMs: 0,
    alerts: new Map(),
    heard: [],
    eraseAtMs: nowMs + retentionMs,
    isErased: false,
  };
}

export function isLocked({ lockedBy, lockedUntilMs }: ModelItem, nowMs: number): boolean {
  return lockedBy !== undefined && lockedUntilMs > nowMs;
}

/** Whether people have to find out if money came. */
function isUnconfirmed({ alerts }: ModelItem): boolean {
  return [...alerts.values()].includes('authorisation-unconfirmed');
}

/** The NameId decides where both sides have one. */
export function isOwner({ owner }: ModelItem, user: ModelItem['owner']): boolean {
  if (owner.nameId !== undefined && user.nameId !== undefined) return owner.nameId === user.nameId;
  return owner.email !== undefined && owner.email === user.email;
}

/** @returns what the caller is answered. */
export function cancel(item: ModelItem, by: { who: 'workflow' | 'citizen'; notify: boolean }, nowMs: number): string {
  if (item.state === 'cancelled') return 'done';
  if (item.state === 'paid') return 'already-paid';
  if (by.who === 'citizen' && !item.cancellable) return 'not-cancellable';
  if (isLocked(item, nowMs)) return 'payment-in-progress';
  item.state = 'cancelled';
  item.cancelledBy = by.who;
  item.eraseAtMs = nowMs + retentionMs;
  if (by.notify) oweNotice(item, { trigger: 'cancelled', dueAtMs: nowMs + (by.who === 'workflow' ? 30_000 : 0) });
  return 'done';
}

/** The buttons that the page of an item has. */
export function offers(item: ModelItem, nowMs: number): { readonly pay: boolean; readonly giveUp: boolean } {
  if (item.state !== 'waiting' || isUnconfirmed(item)) return { pay: false, giveUp: false };
  const holder = item.attempts[item.lockedBy ?? -1];
  const mayGoBack = holder?.state === 'open' && (holder.bank?.sessionEndsAtMs ?? 0) > nowMs;
  const hasRunOut = holder?.state === 'open' && !isLocked(item, nowMs);
  return {
    pay: mayGoBack || ((holder === undefined || hasRunOut) && hasRoom(item)),
    giveUp: item.cancellable && !isLocked(item, nowMs),
  };
}

export type PayAnswer =
  | { readonly to: 'bank'; readonly attempt: number }
  | { readonly to: 'item' }
  | { readonly to: 'email' };

/** The button "pay" pressed, with an email at hand or not. */
export function pay(item: ModelItem, hasEmail: boolean, moment: Moment): PayAnswer {
  const { nowMs } = moment;
  const holder = item.lockedBy === undefined ? undefined : item.attempts[item.lockedBy];
  if (holder !== undefined && isDue(item, holder, nowMs)) ask(item, holder, nowMs);
  const { lockedBy } = item;
  const open = lockedBy === undefined ? undefined : item.attempts[lockedBy];
  const isResumable = item.state === 'waiting' && open?.state === 'open' && isLocked(item, nowMs);
  if (isResumable && lockedBy !== undefined && (open?.bank?.sessionEndsAtMs ?? 0) > nowMs) {
    return { to: 'bank', attempt: lockedBy };
  }
  if (!hasEmail) return { to: 'email' };
  const isBusy = open !== undefined && isUnderWay(open);
  if (item.state !== 'waiting' || isBusy || isUnconfirmed(item)) return { to: 'item' };
  return hasRoom(item) ? openAttempt(item, moment) : { to: 'item' };
}

/** The attempts that failed at their opening make room. */
function hasRoom({ attempts }: ModelItem): boolean {
  const failed = attempts.filter(({ state, bank }) => state === 'failed' && bank === undefined);
  return attempts.length - failed.length < 20 && attempts.length < 99;
}

function openAttempt(item: ModelItem, { nowMs, keyNumber }: Moment): PayAnswer {
  const { amountCents, captureDay = '' } = item;
  item.eraseAtMs = nowMs + retentionMs;
  const opening = openingOf(amountCents);
  if (opening !== undefined) {
    item.attempts.push({ state: 'failed', keyNumber, isAccepted: false, askFromMs: 0, asks: 0 });
    return { to: 'item' };
  }
  const sessionEndsAtMs = nowMs + sessionMsOf(amountCents);
  const isLater = captureDay > parisDay(new Date(nowMs));
  const bank: BankPayment = { amountCents, sessionEndsAtMs, ...(isLater ? { captureDay } : {}) };
  item.attempts.push({
    state: 'open',
    bank,
    keyNumber,
    isAccepted: false,
    askAtMs: sessionEndsAtMs,
    askFromMs: sessionEndsAtMs,
    asks: 0,
  });
  item.lockedBy = item.attempts.length - 1;
  item.lockedUntilMs = sessionEndsAtMs + 5 * minuteMs;
  return { to: 'bank', attempt: item.lockedBy };
}

export function isUnderWay({ state }: ModelAttempt): boolean {
  return state === 'open' || state === 'pending';
}

/** The bank's word about an attempt is taken, whether it tells it or is asked. */
export function settle(item: ModelItem, attempt: ModelAttempt, nowMs: number): void {
  const { bank } = attempt;
  if (bank === undefined || !isBelievable(bank)) return;
  const status = statusAt(bank, nowMs);
  if (status === 'paid') settlePaid(item, attempt, nowMs);
  else if (status === 'pending' || status === 'accepted') settlePending(item, attempt, { status, nowMs });
  else if (status === 'refused' || status === 'abandoned' || status === 'expired') {
    if (isUnderWay(attempt)) close(item, attempt, { state: status, nowMs });
  }
}

function settlePaid(item: ModelItem, attempt: ModelAttempt, nowMs: number): void {
  if (attempt.state === 'paid') return;
  const index = item.attempts.indexOf(attempt);
  attempt.state = 'paid';
  attempt.askAtMs = undefined;
  item.eraseAtMs = nowMs + retentionMs;
  if (item.lockedBy === index) item.lockedBy = undefined;
  if (item.state !== 'waiting') {
    item.alerts.set(index, 'money-to-refund');
    return;
  }
  item.state = 'paid';
  item.paidBy = index;
  oweNotice(item, { trigger: 'paid', attempt: index, dueAtMs: nowMs });
}

function settlePending(
  item: ModelItem,
  attempt: ModelAttempt,
  { status, nowMs }: { status: BankStatus; nowMs: number },
): void {
  const isNews = attempt.state === 'open' || (status === 'accepted' && !attempt.isAccepted);
  if (!isUnderWay(attempt) || !isNews) return;
  attempt.state = 'pending';
  item.eraseAtMs = nowMs + retentionMs;
  if (status !== 'accepted' || attempt.bank === undefined) return;
  const index = item.attempts.indexOf(attempt);
  const captureAtMs = Date.parse(`${captureDayOf(attempt.bank)}T00:00:00.000Z`);
  Object.assign(attempt, { isAccepted: true, askAtMs: captureAtMs, askFromMs: captureAtMs, asks: 0 });
  if (item.state !== 'waiting') return;
  if (item.lockedBy === index) item.lockedUntilMs = captureAtMs + 7 * dayMs;
  if (item.regieId !== 'mail') oweNotice(item, { trigger: 'paid', attempt: index, dueAtMs: nowMs });
}

function close(
  item: ModelItem,
  attempt: ModelAttempt,
  { state, nowMs }: { state: 'refused' | 'abandoned' | 'expired'; nowMs: number },
): void {
  const index = item.attempts.indexOf(attempt);
  attempt.state = state;
  // Of an expired one the bank may still say something else.
  if (state !== 'expired') attempt.askAtMs = undefined;
  item.eraseAtMs = nowMs + retentionMs;
  if (item.lockedBy === index) item.lockedBy = undefined;
  if (state === 'expired' && attempt.isDoubted && item.state === 'waiting') {
    item.alerts.set(index, 'authorisation-unconfirmed');
    return;
  }
  if (!attempt.isAccepted || item.state !== 'waiting' || item.notice?.attempt !== index) return;
  if (item.notice.isTold) item.alerts.set(index, 'authorisation-failed');
  else item.notice = undefined;
}

/** One notice in the life of an item, but for one that was withdrawn untold. */
function oweNotice(item: ModelItem, notice: Omit<NonNullable<ModelItem['notice']>, 'isTold'>): void {
  if (item.hasForm && !item.isErased && item.notice === undefined) item.notice = { ...notice, isTold: false };
}

function isDue(item: ModelItem, attempt: ModelAttempt, nowMs: number): boolean {
  const isLockOver = item.attempts[item.lockedBy ?? -1] === attempt && item.lockedUntilMs <= nowMs;
  return isLockOver || (attempt.askAtMs !== undefined && attempt.askAtMs <= nowMs);
}

/** The bank is asked; what is still not known is asked again, and meanwhile the item stays locked. */
export function ask(item: ModelItem, attempt: ModelAttempt, nowMs: number): void {
  attempt.asks += 1;
  const { asks } = attempt;
  const wasAccepted = attempt.isAccepted;
  attempt.isDoubted = attempt.bank !== undefined && !isBelievable(attempt.bank);
  settle(item, attempt, nowMs);
  const isOver = !isUnderWay(attempt) && attempt.state !== 'expired';
  if (isOver || attempt.isAccepted !== wasAccepted) return;
  const nextMs = nowMs + ([1, 5, 15, 60][asks - 1] ?? 360) * minuteMs;
  if (nextMs > attempt.askFromMs + 7 * dayMs) {
    if (isUnderWay(attempt)) close(item, attempt, { state: 'expired', nowMs });
    attempt.askAtMs = undefined;
    return;
  }
  attempt.askAtMs = nextMs;
  const holdsLock = item.attempts[item.lockedBy ?? -1] === attempt;
  if (!holdsLock || item.lockedUntilMs >= nextMs + 2 * minuteMs) return;
  item.lockedUntilMs = Math.min(nextMs + 2 * minuteMs, nowMs + 60 * minuteMs);
  attempt.askAtMs = Math.min(nextMs, item.lockedUntilMs - 2 * minuteMs);
}

/** All that is due by now is done: the bank's own late notifications, questions, notices, erasures. */
export function attend(items: readonly ModelItem[], moment: Moment): void {
  const { nowMs } = moment;
  for (const item of items) {
    for (const attempt of item.attempts) hearLateNotification(item, attempt, moment);
    tell(item, nowMs);
    for (const attempt of item.attempts.filter((each) => isDue(item, each, nowMs))) ask(item, attempt, nowMs);
    tell(item, nowMs);
    if (item.eraseAtMs !== undefined && item.eraseAtMs <= nowMs) erase(item, nowMs);
  }
}

function hearLateNotification(item: ModelItem, attempt: ModelAttempt, moment: Moment): void {
  const { bank } = attempt;
  const { nowMs } = moment;
  if (bank?.notifyAtMs === undefined || bank.notifyAtMs > nowMs) return;
  bank.notifyAtMs = undefined;
  if (isBelieved(attempt, moment)) settle(item, attempt, nowMs);
}

function tell({ notice, heard }: ModelItem, nowMs: number): void {
  if (notice === undefined || notice.isTold || notice.dueAtMs > nowMs) return;
  notice.isTold = true;
  heard.push(notice.trigger);
}

function erase(item: ModelItem, nowMs: number): void {
  const isOwing = item.notice !== undefined && !item.notice.isTold;
  if (isLocked(item, nowMs) || item.attempts.some(isUnderWay) || isOwing) {
    item.eraseAtMs = nowMs + dayMs;
    return;
  }
  if (item.state === 'waiting') {
    item.state = 'cancelled';
    item.cancelledBy = 'erasure';
  }
  item.owner = {};
  item.isErased = true;
  item.eraseAtMs = undefined;
}
