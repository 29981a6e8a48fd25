/** An attempt to pay an item at its regie's bank, and what people must look at because of it. Pure. */

import type { BankFacts, Mode, Redirect } from '../bank/paymentProvider.ts';
import type { BankName } from '../bank/settings.ts';
import type { Instant } from '../values/days.ts';

/**
 * From each state of an attempt, the states it may go to. A late *paid* replaces every other outcome; nothing replaces *paid*. *Expired* is our own
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

export type AttemptState = keyof typeof attemptTransitions;

/**
 * Why the bank did not open a payment. `rejected`: only the town can mend it. `unavailable`, `unknown`: the bank was not
 * reached, or its answer was lost. `item-email`, `typed-email`: it refused the email that came with the item, or the one that
 * the citizen typed.
 */
export type OpeningFailure = 'rejected' | 'unavailable' | 'unknown' | 'item-email' | 'typed-email';

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
  /** With `failed`, when it was never open at the bank. */
  readonly failure?: OpeningFailure;
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
 * Money and state disagree, and people must act. `money-to-refund`: money came for an item that was paid or cancelled before, or
 * more than was asked for. `authorisation-failed`: a payment that the form had been told of was refused in the end.
 * `authorisation-unconfirmed`: whether a payment took place was never made out.
 */
export interface Alert {
  readonly kind: 'money-to-refund' | 'authorisation-failed' | 'authorisation-unconfirmed';
  readonly raisedAt: Instant;
  /** What is owed back, where that is not the item's amount. */
  readonly amountCents?: number;
  /** When an operator said that it is dealt with. */
  readonly closedAt?: Instant;
}

/** An attempt that may still turn into money without a further word of the citizen. */
export function isUnderWay({ state }: Pick<Attempt, 'state'>): boolean {
  return state === 'open' || state === 'pending';
}

/** What the bank knows an attempt by: 28 characters of `0-9a-z`, which fits the reference field of each. */
export function attemptReference(itemId: string, attemptId: string): string {
  return `${itemId}${attemptId.padStart(2, '0')}`;
}
