/**
 * What a bank must be able to do, so that the rest need not know which one it is. One adapter for each bank, made for one
 * regie's account; `tests/describePaymentProvider.ts` is what each must pass.
 *
 * A failure of a bank is typed by what may be done next: AppError `bank-rejected` (final: only the town can mend it),
 * `bank-refused-email` (the citizen may give another), `bank-unavailable` (nothing happened), `bank-outcome-unknown` (it may
 * have happened). A status that the adapter does not know is never guessed at: it
 * is `bank-message-refused`, and an alarm.
 */
import type { Instant } from '../values/days.ts';
import type { DenialReason, ErrorCode } from '../values/errors.ts';

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

/** A payment as we ask for it. */
export interface PaymentOrder {
  /** Ours, unique, and what every message of the bank refers to: item id and attempt number, 28 characters of `0-9a-z`. */
  readonly reference: string;
  readonly amountCents: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly label: string;
  readonly email?: string;
  /** Days from today, in Europe/Paris, to the capture; 0 is at once. */
  readonly captureDelayDays: number;
  /** Where the citizen's browser comes back, and where the bank reports; 250 characters at most. */
  readonly returnUrl: string;
  readonly notificationUrl: string;
  readonly language: 'fr' | 'en';
}

/** The bank's answer to an order: where to send the citizen. */
export interface OpenedPayment {
  readonly redirect: Redirect;
  /** Until when the same redirect may be used again; absent when once is all. */
  readonly resumableUntil?: Date;
  readonly bankReference?: string;
  /** When the bank itself says that its session ends. */
  readonly sessionEndsAt?: Date;
}

/**
 * What a bank says of an attempt. `open`: nothing yet, the citizen may still pay. `pending`: the bank is at work. `accepted`:
 * it took the payment and will ask for the authorisation later, for the capture day.
 */
export type Outcome = 'open' | 'pending' | 'accepted' | 'paid' | 'refused' | 'abandoned' | 'expired' | 'failed';

/** One proven statement of a bank: signed by it, or its answer to our question. */
export interface PaymentReport extends BankFacts {
  readonly outcome: Outcome;
  /** What the statement is about; each is compared with the attempt. */
  readonly reference: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly shop: string;
  readonly mode: Mode;
  /** With `accepted`: the day of the capture, `yyyy-mm-dd`. */
  readonly captureDate?: string;
  /** With `paid`: what came beyond the amount, in more than one transaction, and is owed back. */
  readonly excessCents?: number;
  /** Why something else that the bank said with it is not understood; the statement holds without it. */
  readonly doubt?: DenialReason;
}

/** What came to one of our addresses, as it came. */
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
  /** Whether an email is one that this bank takes; every one when absent. */
  readonly takesEmail?: (email: string) => boolean;

  /** Opens a payment. @throws AppError as above. */
  open(order: PaymentOrder): Promise<OpenedPayment>;

  /**
   * Reads a message.
   *
   * @returns what it proves; undefined when it proves nothing by itself.
   * @throws AppError `bank-message-refused` for a wrong signature, a missing field, a status it does not know.
   */
  read(message: BankMessage): PaymentReport | undefined;

  /** What to answer to a notification that was taken, or refused with this code. */
  answer(refusal?: ErrorCode): BankAnswer;
}

/** What is known of an attempt when the bank is asked about it. */
export interface AskedAttempt {
  readonly reference: string;
  readonly createdAt: Instant;
  /** The bank's own name for the session, where it has one. */
  readonly bankReference?: string;
  /** Day of a later capture, as it was asked for. */
  readonly captureDate?: string;
  /** For an answer that says nothing of money. */
  readonly amountCents: number;
  readonly currency: string;
}

/** The ability of some banks to be asked. */
export interface AskableProvider extends PaymentProvider {
  /** @throws AppError `bank-unavailable`, `bank-outcome-unknown`, `bank-rejected`, `bank-message-refused`. */
  ask(attempt: AskedAttempt): Promise<PaymentReport>;
}

export function isAskable(provider: PaymentProvider): provider is AskableProvider {
  return 'ask' in provider;
}
