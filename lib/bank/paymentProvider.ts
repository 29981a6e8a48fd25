/**
 * The contract of a bank. The rest of the code knows only this contract, and not which bank it is. Each bank has one provider,
 * made for one regie's account. Each provider must pass `tests/describePaymentProvider.ts`.
 *
 * A failure of a bank is an AppError, and its code says what may be done next: `bank-rejected` (final: only the town can mend
 * it), `bank-refused-email` (the citizen may give another), `bank-unavailable` (nothing happened), `bank-outcome-unknown` (it
 * may have happened). A provider never guesses at a status that it does not know: it throws `bank-message-refused`, which
 * raises an alarm.
 */
import type { Instant } from '../values/days.ts';
import type { DenialReason, ErrorCode } from '../values/errors.ts';

/** Whether money moves. `activation` is PayFiP's first payment of a new account: a real one. */
export type Mode = 'test' | 'activation' | 'production';

/** Where the citizen is sent to pay: a link to follow, or a form to post. */
export type Redirect =
  | { readonly method: 'GET'; readonly url: string }
  | { readonly method: 'POST'; readonly url: string; readonly fields: Readonly<Record<string, string>> };

/** Facts that the bank tells about a payment: only the fields that its provider keeps. */
export interface BankFacts {
  readonly bankTransactionId?: string;
  readonly bankTransactionDate?: Instant;
  /** 2 kB at most. */
  readonly bankData?: Readonly<Record<string, string>>;
}

/** A payment that we ask a bank to open. */
export interface PaymentOrder {
  /**
   * Our own name of the attempt, unique. Every message of the bank refers to it. Item id and attempt number: 28 characters of
   * `0-9a-z`.
   */
  readonly reference: string;
  readonly amountCents: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly label: string;
  readonly email?: string;
  /** Days from today, in Europe/Paris, to the capture; 0 is at once. */
  readonly captureDelayDays: number;
  /** Where the citizen's browser comes back, and where the bank's server reports. 250 characters at most each. */
  readonly returnUrl: string;
  readonly notificationUrl: string;
  readonly language: 'fr' | 'en';
}

/** The bank's answer to an order: where to send the citizen. */
export interface OpenedPayment {
  readonly redirect: Redirect;
  /** Until when the same redirect may be used again. Absent when it may be used only once. */
  readonly resumableUntil?: Date;
  readonly bankReference?: string;
  /** The end of the bank's session, if the bank tells it. */
  readonly sessionEndsAt?: Date;
}

/**
 * What a bank says about an attempt. `open`: nothing yet; the citizen may still pay. `pending`: the bank is at work.
 * `accepted`: the bank took the payment, and will ask for the authorisation later, for the capture day.
 */
export type Outcome = 'open' | 'pending' | 'accepted' | 'paid' | 'refused' | 'abandoned' | 'expired' | 'failed';

/** One proven statement of a bank: signed by it, or its answer to our question. */
export interface PaymentReport extends BankFacts {
  readonly outcome: Outcome;
  /** The subject of the statement. The reference and the four fields after it are compared with the attempt. */
  readonly reference: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly shop: string;
  readonly mode: Mode;
  /** With `accepted`: the day of the capture, `yyyy-mm-dd`. */
  readonly captureDate?: string;
  /** With `paid`: the cents that came beyond the amount, in more than one transaction. They are owed back. */
  readonly excessCents?: number;
  /** Set when the bank said something else that was not understood: the reason. The statement holds without it. */
  readonly doubt?: DenialReason;
}

/** A message to one of our addresses, as it came. */
export interface BankMessage {
  /** `return`: brought by the citizen's browser. `notification`: from the bank's own server. */
  readonly channel: 'return' | 'notification';
  readonly rawQuery: string;
  readonly body: string;
}

/** The answer that a bank expects to its notification. */
export interface BankAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface PaymentProvider {
  /** The regie's account at the bank. */
  readonly shop: string;
  readonly mode: Mode;
  readonly requiresEmail: boolean;
  /** Whether this bank takes an email. When absent, it takes every email. */
  readonly takesEmail?: (email: string) => boolean;

  /** Opens a payment. @throws AppError with the codes described at the top of this file. */
  open(order: PaymentOrder): Promise<OpenedPayment>;

  /**
   * @returns what the message proves; undefined when it proves nothing by itself.
   * @throws AppError `bank-message-refused` for a wrong signature, a missing field, or a status that the provider does not
   *   know.
   */
  read(message: BankMessage): PaymentReport | undefined;

  /** The answer to a notification that was taken or, with a code, refused. */
  answer(refusal?: ErrorCode): BankAnswer;
}

/** The facts of an attempt for a question to its bank. */
export interface AskedAttempt {
  readonly reference: string;
  readonly createdAt: Instant;
  /** The bank's own name for the session, if it has one. */
  readonly bankReference?: string;
  /** Day of a later capture, as we asked for it. */
  readonly captureDate?: string;
  /** Amount and currency of the attempt, for an answer that tells none. */
  readonly amountCents: number;
  readonly currency: string;
}

/** A bank that can be asked what became of an attempt. Some cannot. */
export interface AskableProvider extends PaymentProvider {
  /** @throws AppError `bank-unavailable`, `bank-outcome-unknown`, `bank-rejected`, `bank-message-refused`. */
  ask(attempt: AskedAttempt): Promise<PaymentReport>;
}

export function isAskable(provider: PaymentProvider): provider is AskableProvider {
  return 'ask' in provider;
}
