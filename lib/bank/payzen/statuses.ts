/** The outcome of each status of PayZen's gateway, in its messages and in the answers of its REST API. Pure. */
import { AppError } from '../../values/errors.ts';
import type { Outcome } from '../paymentProvider.ts';

/**
 * By `vads_trans_status`, or by `detailedStatus` of the REST API. The list has the statuses of the gateway's documentation, and
 * those that only its own plug-ins list.
 * https://docs.lyra.com/en/rest/V4.0/api/kb/status_reference.html
 * https://docs.lyra.com/en/collect/form-payment/reference/vads-trans-status.html
 *
 * Two known statuses are left out on purpose, so that people look. `ACCEPTED` is for the verification of a card, which is never
 * money and never ordered. `PARTIALLY_AUTHORISED` is some of the money: the order is not paid, and must not be paid once more.
 */
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['AUTHORISED', 'paid'],
  ['CAPTURED', 'paid'],
  // Authorised now for one euro, or for nothing: the authorisation that counts comes with the capture.
  ['WAITING_AUTHORISATION', 'accepted'],
  ['WAITING_AUTHORISATION_TO_VALIDATE', 'accepted'],
  ['AUTHORISED_TO_VALIDATE', 'pending'],
  ['INITIAL', 'pending'],
  ['SUSPENDED', 'pending'],
  ['UNDER_VERIFICATION', 'pending'],
  ['WAITING_FOR_PAYMENT', 'pending'],
  ['PENDING', 'pending'],
  // The money is held, and the shop has still to ask for it.
  ['PRE_AUTHORISED', 'pending'],
  // It was authorised, and the gateway tries the capture again: not yet money in hand, and no reason to pay a second time.
  ['CAPTURE_FAILED', 'pending'],
  // A status of refunds, which say nothing of a payment. On a payment: money that came, and may go back.
  ['REFUND_TO_RETRY', 'pending'],
  ['REFUSED', 'refused'],
  // Final: nobody at the shop validated it in time. Our *expired* means that the bank may yet say more.
  ['EXPIRED', 'refused'],
  ['ABANDONED', 'abandoned'],
  // Cancelled before the capture by the shop or, with some means of payment, by the citizen.
  ['CANCELLED', 'abandoned'],
  ['NOT_CREATED', 'abandoned'],
  // A fault of the gateway itself, and its last word: no money.
  ['ERROR', 'failed'],
]);

/** @throws AppError `bank-message-refused`: `status-unknown`. */
export function outcomeOf(status: string): Outcome {
  const outcome = findOutcome(status);
  if (outcome === undefined) throw new AppError('bank-message-refused', { reason: 'status-unknown' });
  return outcome;
}

/** Undefined for an unknown status. */
export function findOutcome(status: string): Outcome | undefined {
  return outcomes.get(status);
}
