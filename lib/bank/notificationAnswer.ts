/** The plain HTTP answer to a notification, for a bank without rules of its own. */
import type { ErrorCode } from '../values/errors.ts';
import type { BankAnswer } from './paymentProvider.ts';

/** Refusals of messages that may be taken the next time. */
const retried: readonly ErrorCode[] = [
  'temporarily-unavailable',
  'internal-error',
  'bank-unavailable',
  'bank-outcome-unknown',
];

/** @param refusedStatus for a message refused for good: 400 tells the bank so, 200 does not. */
export function answerPlainly(refusal: ErrorCode | undefined, refusedStatus: 200 | 400): BankAnswer {
  const contentType = 'text/plain';
  if (refusal === undefined) return { status: 200, contentType, body: 'OK' };
  return retried.includes(refusal)
    ? { status: 503, contentType, body: 'RETRY' }
    : { status: refusedStatus, contentType, body: `REFUSED ${refusal}` };
}
