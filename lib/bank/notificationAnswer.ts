/** The plain HTTP answer to a notification, for a bank whose rules for it are no others. */
import type { ErrorCode } from '../values/errors.ts';
import type { BankAnswer } from './paymentProvider.ts';

/** What may go better the next time. */
const retried: readonly ErrorCode[] = [
  'temporarily-unavailable',
  'internal-error',
  'bank-unavailable',
  'bank-outcome-unknown',
];

/** @param refusedStatus says whether the bank is to hear that its message was refused for good. */
export function answerPlainly(refusal: ErrorCode | undefined, refusedStatus: 200 | 400): BankAnswer {
  const contentType = 'text/plain';
  if (refusal === undefined) return { status: 200, contentType, body: 'OK' };
  return retried.includes(refusal)
    ? { status: 503, contentType, body: 'RETRY' }
    : { status: refusedStatus, contentType, body: `REFUSED ${refusal}` };
}
