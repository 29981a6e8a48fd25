/** Reads the sandbox bank's message about a payment into a report. Pure. */
import { isRealDay } from '../../values/days.ts';
import { AppError, type DenialReason } from '../../values/errors.ts';
import type { Outcome, PaymentReport } from '../paymentProvider.ts';
import type { Fields } from './sandboxSignature.ts';

/** All the statuses of the bank. */
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  // The session is not over. The bank itself says when it is.
  ['created', 'open'],
  ['pending', 'pending'],
  ['accepted', 'accepted'],
  ['paid', 'paid'],
  ['refused', 'refused'],
  ['abandoned', 'abandoned'],
  ['expired', 'expired'],
]);

/** The fields kept with the attempt. */
const keptFields = ['status', 'transaction', 'capture_date'];

const instantText = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * @param fields of a message whose signature was checked.
 * @throws AppError `bank-message-refused`: `message-malformed`, `status-unknown`.
 */
export function readReport(fields: Fields): PaymentReport {
  const captureDate = fields['capture_date'];
  const outcome = outcomes.get(field(fields, 'status', /^/));
  if (outcome === undefined) refuse('status-unknown');
  if (captureDate === undefined ? outcome === 'accepted' : !isRealDay(captureDate)) refuse('message-malformed');
  const transaction = fields['transaction'];
  if (transaction !== undefined && !/^.{1,255}$/s.test(transaction)) refuse('message-malformed');
  return {
    outcome,
    reference: field(fields, 'reference', /^[0-9a-z]+$/),
    amountCents: Number(field(fields, 'amount', /^\d{1,12}$/)),
    currency: field(fields, 'currency', /^[A-Z]{3}$/),
    shop: field(fields, 'shop', /^./),
    mode: field(fields, 'mode', /^(test|production)$/) === 'test' ? 'test' : 'production',
    bankTransactionDate: field(fields, 'date', instantText),
    ...(transaction === undefined ? {} : { bankTransactionId: transaction }),
    ...(captureDate === undefined ? {} : { captureDate }),
    bankData: Object.fromEntries(Object.entries(fields).filter(([name]) => keptFields.includes(name))),
  };
}

function field(fields: Fields, name: string, pattern: RegExp): string {
  const value = fields[name];
  return value !== undefined && pattern.test(value) ? value : refuse('message-malformed');
}

function refuse(reason: DenialReason): never {
  throw new AppError('bank-message-refused', { reason });
}
