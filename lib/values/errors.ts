/** The one error that this project throws on purpose, and the union of its codes. */

/** Codes of refused API calls; their statuses and sentences are in `http/apiErrors.ts`. */
export type ApiErrorCode =
  | 'invalid-json'
  | 'invalid-payload'
  | 'missing-amount'
  | 'invalid-amount'
  | 'amount-too-high'
  | 'amount-too-low'
  | 'invalid-display-name'
  | 'invalid-url'
  | 'invalid-capture-date'
  | 'missing-user'
  | 'invalid-name-id'
  | 'invalid-email'
  | 'unknown-regie'
  | 'invalid-cancellable'
  | 'missing-basket-item-id'
  | 'invalid-basket-item-id'
  | 'invalid-notify'
  | 'repeated-parameter'
  | 'access-denied'
  | 'nonce-already-used'
  | 'unknown-item'
  | 'not-found'
  | 'method-not-allowed'
  | 'payment-in-progress'
  | 'already-paid'
  | 'payload-too-large'
  | 'internal-error'
  | 'temporarily-unavailable';

/** Codes of payments that go wrong. The citizen's pages, in `http/pages`, have their own words for them. */
export type PaymentErrorCode =
  | 'already-cancelled'
  | 'not-cancellable'
  | 'too-many-attempts'
  | 'unknown-attempt'
  /** The stage or the regie lacks what its bank needs. */
  | 'bank-not-configured'
  /** The bank said no, for a reason that only the town can mend: trying again will not help. */
  | 'bank-rejected'
  /** The bank does not take the payer's email. Another email may do. */
  | 'bank-refused-email'
  /** The bank was not reached, or said that nothing happened. */
  | 'bank-unavailable'
  /** The bank may have done what was asked. */
  | 'bank-outcome-unknown'
  /** The bank's message proves nothing; the reason says why. */
  | 'bank-message-refused';

export type ErrorCode = ApiErrorCode | PaymentErrorCode;

/** Why a caller or a bank was not believed. Goes to the log only: the answer is the same for all. */
export type DenialReason =
  | 'signature-missing'
  | 'signature-repeated'
  | 'signature-not-last'
  | 'signature-malformed'
  | 'signature-wrong'
  | 'parameter-missing'
  | 'parameter-repeated'
  | 'parameter-malformed'
  | 'algorithm-unknown'
  | 'timestamp-malformed'
  | 'timestamp-outside-window'
  | 'caller-unknown'
  | 'message-malformed'
  | 'status-unknown'
  | 'reference-differs'
  | 'amount-differs'
  | 'currency-differs'
  | 'shop-differs'
  | 'mode-differs';

/** Further facts of a failure that may be logged: names of services, and a number. */
export interface FailureDetails {
  readonly caller?: string;
  /** The name that an unknown caller gives itself, if it could be the name of a host. */
  readonly claimedCaller?: string;
  /** How far a caller's clock is behind ours. */
  readonly skewSeconds?: number;
}

/** A failure with a stable code. `reason` is safe to log; the message never holds a value received. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly reason?: DenialReason;
  readonly details?: FailureDetails;

  constructor(code: ErrorCode, options: { cause?: unknown; reason?: DenialReason; details?: FailureDetails } = {}) {
    super(code, { cause: options.cause });
    // A literal: minifiers rename classes.
    this.name = 'AppError';
    this.code = code;
    if (options.reason !== undefined) this.reason = options.reason;
    if (options.details !== undefined) this.details = options.details;
  }
}
