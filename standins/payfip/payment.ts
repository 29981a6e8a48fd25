/** A payment at PayFiP: its order, when its page may be opened, and how it may end. Pure. */
import { Refusal } from './refusal.ts';

/** The elements of a call or an answer: texts by name. */
export type Fields = Readonly<Record<string, string>>;

/** `resultrans`: paid by card, paid by direct debit, card refused, direct debit refused, abandoned. */
export type Result = 'P' | 'V' | 'R' | 'Z' | 'A';

export interface Payment {
  readonly idop: string;
  /** The fields of `creerPaiementSecurise`, as they came. */
  readonly order: Fields;
  readonly createdAt: Date;
  openedAt?: Date;
  /** The last one: a refused or abandoned payment may be tried again. */
  decision?: { readonly result: Result; readonly at: Date };
  /** Forgotten in a night: nobody had chosen. */
  isPurged: boolean;
}

const openingMs = 15 * 60_000;
/** What eopayment allows between the creation and the last try. PayFiP does not say. */
const tryingMs = 20 * 60_000;

/** The citizen opens the page. @throws Refusal `P3` when it was opened before, `P4` when it is too late. */
export function markOpened(payment: Payment, now: Date): void {
  if (ageMs(payment, now) > openingMs) throw new Refusal('P4');
  if (payment.openedAt !== undefined) throw new Refusal('P3');
  payment.openedAt = now;
}

/**
 * The citizen presses a button.
 *
 * @param result as posted.
 * @throws Refusal `P1` for another result, or without an opened page; `P3` when the payment is over, `P4` when it is too late.
 */
export function decide(payment: Payment, result: string | null, now: Date): void {
  if (!isResult(result) || payment.openedAt === undefined) throw new Refusal('P1');
  const { decision } = payment;
  if (decision !== undefined && decision.result !== 'R' && decision.result !== 'A') throw new Refusal('P3');
  if (ageMs(payment, now) > tryingMs) throw new Refusal('P4');
  payment.decision = { result, at: now };
}

function ageMs({ createdAt }: Payment, now: Date): number {
  return now.getTime() - createdAt.getTime();
}

function isResult(text: string | null): text is Result {
  return text !== null && /^[PVRZA]$/.test(text);
}
