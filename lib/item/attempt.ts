/** An attempt to pay an item at its regie's bank, and the alerts that it may raise. Pure. */
import type { BankFacts, Mode, Redirect } from '../bank/paymentProvider.ts';
import type { BankName } from '../bank/settings.ts';
import type { Instant } from '../values/days.ts';

/**
 * The states that may follow each state of an attempt. A late *paid* replaces every other outcome, and nothing replaces *paid*.
 * *Expired* is our own word for a session without an answer: the bank may still say that it is at work.
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
 * Why the bank did not open a payment. `rejected`: only the town can mend it. `unavailable`: the bank was not reached.
 * `unknown`: its answer was lost. `item-email`: it refused the email that came with the item. `typed-email`: it refused the
 * email that the citizen typed.
 */
export type OpeningFailure = 'rejected' | 'unavailable' | 'unknown' | 'item-email' | 'typed-email';

/** One try to pay at the regie's bank. */
export interface Attempt extends BankFacts {
  readonly state: AttemptState;
  readonly createdAt: Instant;
  /** Drawn once for the call that opened it. A write that was sent twice knows its own attempt by it. */
  readonly startId: string;
  readonly bank: BankName;
  readonly mode: Mode;
  /** The regie's account at the bank. */
  readonly shop: string;
  /** Typed on the page, for a bank that requires one. It does not make its owner the item's owner. */
  readonly email?: string;
  /** Day on which the bank takes the money, if that is later than the day of the payment. */
  readonly captureDate?: string;
  /** Set with `failed` when the attempt was never open at the bank. */
  readonly failure?: OpeningFailure;
  /** The bank's answer to the opening. Absent until it is stored, and once the attempt is over. */
  readonly redirect?: Redirect;
  /** Until when the citizen may be sent there again. */
  readonly resumableUntil?: Instant;
  /** The bank's own name for the session, if it has one. */
  readonly bankReference?: string;
  readonly sessionEndsAt?: Instant;
  /** When the bank accepted a payment that it will only authorise later. */
  readonly acceptedAt?: Instant;
  /** When the attempt reached its outcome. */
  readonly settledAt?: Instant;
  /** When to ask the bank next what became of the attempt. */
  readonly askAt?: Instant;
  /** Questions are counted from `askFrom` on. `asks` is their number since then. */
  readonly askFrom?: Instant;
  readonly asks?: number;
  /** The claim of the run that is asking right now. */
  readonly claimId?: string;
  /** Since when the bank's answers are not believed. */
  readonly doubtedAt?: Instant;
}

/**
 * Money and state disagree, and people must act. `money-to-refund`: money came for an item that was already paid or cancelled,
 * or more money than was asked for. `authorisation-failed`: the form had been told of a payment that was refused in the end.
 * `authorisation-unconfirmed`: nobody could find out whether a payment took place.
 */
export interface Alert {
  readonly kind: 'money-to-refund' | 'authorisation-failed' | 'authorisation-unconfirmed';
  readonly raisedAt: Instant;
  /** The amount owed back, if it is not the item's amount. */
  readonly amountCents?: number;
  /** When an operator closed it, or the money came after all. */
  readonly closedAt?: Instant;
}

/** Whether the attempt may still turn into money without a new request of the citizen. */
export function isUnderWay({ state }: Pick<Attempt, 'state'>): boolean {
  return state === 'open' || state === 'pending';
}

/** The reference by which the bank knows an attempt: 28 characters of `0-9a-z`, which every bank's field holds. */
export function attemptReference(itemId: string, attemptId: string): string {
  return `${itemId}${attemptId.padStart(2, '0')}`;
}
