/** What each status of PayZen's gateway means for a payment, in its messages and in the answers of its REST API. Pure. */
import { AppError } from '../../values/errors.ts';
import type { Outcome } from '../paymentProvider.ts';

/**
 * `vads_trans_status`, and `detailedStatus` of the REST API: those of the gateway's own documentation, and those that only the
 * lists of its own plug-ins have.
 * https://docs.lyra.com/en/rest/V4.0/api/kb/status_reference.html
 * https://docs.lyra.com/en/collect/form-payment/reference/vads-trans-status.html
 *
 * Two that it knows are left out on purpose, so that people look. `ACCEPTED` is of the verification of a card, which is never
 * money and never ordered. `PARTIALLY_AUTHORISED` is some money and not all of it: neither paid, nor to be paid once more.
 */
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['AUTHORISED', 'paid'],
  ['CAPTURED', 'paid'],
  // Authorised now for one euro or nothing at all: the authorisation that counts comes with the capture.
  ['WAITING_AUTHORISATION', 'accepted'],
  ['WAITING_AUTHORISATION_TO_VALIDATE', 'accepted'],
  ['AUTHORISED_TO_VALIDATE', 'pending'],
  ['INITIAL', 'pending'],
  ['SUSPENDED', 'pending'],
  ['UNDER_VERIFICATION', 'pending'],
  ['WAITING_FOR_PAYMENT', 'pending'],
  ['PENDING', 'pending'],
  // Money that is held, and that the shop has still to ask for.
  ['PRE_AUTHORISED', 'pending'],
  // It was authorised, and the gateway captures again: neither money in hand nor a reason to pay a second time.
  ['CAPTURE_FAILED', 'pending'],
  // Of refunds, which say nothing of a payment. On a payment: money that came, and may or may not go back.
  ['REFUND_TO_RETRY', 'pending'],
  ['REFUSED', 'refused'],
  // Final: nobody at the shop validated it in time. Our *expired* means that the bank may yet say more.
  ['EXPIRED', 'refused'],
  ['ABANDONED', 'abandoned'],
  // Given up before the capture, by the shop or, with some means of payment, by the citizen.
  ['CANCELLED', 'abandoned'],
  ['NOT_CREATED', 'abandoned'],
  // A fault of the gateway's own, and its last word: no money.
  ['ERROR', 'failed'],
]);

/** @throws AppError `bank-message-refused`: `status-unknown`. */
export function outcomeOf(status: string): Outcome {
  const outcome = findOutcome(status);
  if (outcome === undefined) throw new AppError('bank-message-refused', { reason: 'status-unknown' });
  return outcome;
}

/** Undefined for a status that nobody knows. */
export function findOutcome(status: string): Outcome | undefined {
  return outcomes.get(status);
}
