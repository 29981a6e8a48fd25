/** What PayZen says of a payment on its hosted form, read into a report. Pure. */
import { daysLater, isRealDay, parisDay } from '../../values/days.ts';
import { AppError, type DenialReason } from '../../values/errors.ts';
import type { Outcome, PaymentReport } from '../paymentProvider.ts';
import { isAmbiguous } from './ambiguity.ts';
import type { Fields } from './payzenSignature.ts';
import { outcomeOf } from './statuses.ts';

/** `vads_result`, where a message has no status. */
const resultOutcomes: ReadonlyMap<string, Outcome> = new Map([
  ['00', 'paid'],
  ['05', 'refused'],
  ['17', 'abandoned'],
  ['02', 'failed'],
  ['30', 'failed'],
  ['96', 'failed'],
]);

/** What is kept with the attempt; nothing of the card's number, and nothing that only one of the two messages has. */
const keptFields = [
  'vads_trans_status',
  'vads_result',
  'vads_extra_result',
  'vads_auth_result',
  'vads_auth_number',
  'vads_auth_mode',
  'vads_warranty_result',
  'vads_threeds_status',
  'vads_operation_type',
  'vads_trans_id',
  'vads_trans_date',
  'vads_presentation_date',
  'vads_capture_delay',
  'vads_effective_amount',
  'vads_card_brand',
  'vads_contract_used',
  'vads_sequence_number',
];

/**
 * Reads a message, whatever made the bank send it (`vads_url_check_src`): its status says all.
 *
 * @param fields of a message whose signature was checked.
 * @returns undefined for a refund, which has the reference of the payment and a status of its own: it says nothing of what
 *   the citizen paid, and is no reason for an alarm.
 * @throws AppError `bank-message-refused`: `status-unknown`, or `message-malformed`, also for one that is ambiguous.
 */
export function readMessage(fields: Fields): PaymentReport | undefined {
  const operation = fields['vads_operation_type'] || 'DEBIT';
  if (operation === 'CREDIT') return undefined;
  // Nothing but payments is ever ordered.
  if (operation !== 'DEBIT') refuse('message-malformed');
  const outcome = readOutcome(fields);
  if (isAmbiguous(fields)) refuse('message-malformed');
  const currency = field(fields, 'vads_currency', /^\d{3}$/);
  return {
    outcome,
    reference: field(fields, 'vads_order_id', /^[0-9A-Za-z-]{1,64}$/),
    amountCents: Number(field(fields, 'vads_amount', /^\d{1,12}$/)),
    // Another currency keeps its number, which is the name of none.
    currency: currency === '978' ? 'EUR' : currency,
    shop: field(fields, 'vads_site_id', /^\d{1,8}$/),
    mode: field(fields, 'vads_ctx_mode', /^(TEST|PRODUCTION)$/) === 'TEST' ? 'test' : 'production',
    // A payment that was abandoned was never created: the gateway has no name of its own for it.
    // No other text than one of its shape: what is cut anew could hold anything that the payment says of its payer.
    bankTransactionId: fields['vads_trans_uuid']
      ? field(fields, 'vads_trans_uuid', /^[0-9a-f]{20,40}$/)
      : field(fields, 'vads_trans_id', /^[0-9A-Za-z]{6}$/),
    bankTransactionDate: readInstant(fields['vads_effective_creation_date'] || fields['vads_trans_date']).toISOString(),
    ...(outcome === 'accepted' ? { captureDate: readCaptureDay(fields) } : {}),
    bankData: keepData(fields),
  };
}

/** The named fields that are kept with an attempt, without those that are empty or no plain short text. */
export function keepData(fields: Readonly<Record<string, unknown>>): Fields {
  const kept = keptFields.map((name) => [name, fields[name]] as const);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => isShortText(entry[1])));
}

function readOutcome(fields: Fields): Outcome {
  const { vads_trans_status: status, vads_result: result = '' } = fields;
  if (status !== undefined) return outcomeOf(status);
  return resultOutcomes.get(result) ?? refuse('status-unknown');
}

/** The day, in Paris, of a capture that the bank has a date for, or else so many days after the payment. */
function readCaptureDay(fields: Fields): string {
  const presentation = fields['vads_presentation_date'];
  if (presentation) return parisDay(readInstant(presentation));
  const paymentDay = parisDay(readInstant(fields['vads_trans_date']));
  const delayDays = Number(field(fields, 'vads_capture_delay', /^\d{1,3}$/));
  return daysLater(new Date(`${paymentDay}T00:00:00.000Z`), delayDays).slice(0, 10);
}

/** `yyyymmddhhmmss`, UTC. */
function readInstant(text = ''): Date {
  const [, year, month, day, ...time] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  const date = `${year}-${month}-${day}`;
  const instant = new Date(`${date}T${time.join(':')}.000Z`);
  if (!isRealDay(date) || Number.isNaN(instant.getTime())) refuse('message-malformed');
  return instant;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && /^[ -~]{1,64}$/.test(value);
}

function field(fields: Fields, name: string, pattern: RegExp): string {
  const value = fields[name];
  return value !== undefined && pattern.test(value) ? value : refuse('message-malformed');
}

function refuse(reason: DenialReason): never {
  throw new AppError('bank-message-refused', { reason });
}
