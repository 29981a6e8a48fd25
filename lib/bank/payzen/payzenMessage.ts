/** What PayZen says of a payment on its hosted form, read into a report. Pure. */
import { daysLater, isRealDay, parisDay } from '../../values/days.ts';
import { AppError, type DenialReason } from '../../values/errors.ts';
import type { Outcome, PaymentReport } from '../paymentProvider.ts';
import { type Fields, signedParts } from './payzenSignature.ts';

/**
 * Each status that a payment may have, in `vads_trans_status` and in `detailedStatus` of the REST API.
 * https://docs.lyra.com/en/rest/V4.0/api/kb/status_reference.html
 *
 * Left out on purpose: `ACCEPTED` is of the verification of a card and never money, `PARTIALLY_AUTHORISED` is of another
 * amount.
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
  // It was authorised, and the gateway captures again: neither money in hand nor a reason to pay a second time.
  ['CAPTURE_FAILED', 'pending'],
  ['REFUSED', 'refused'],
  // Final: nobody at the shop validated it in time. Our *expired* means that the bank may yet say more.
  ['EXPIRED', 'refused'],
  ['ABANDONED', 'abandoned'],
  // Given up before the capture, by the shop or, with some means of payment, by the citizen.
  ['CANCELLED', 'abandoned'],
]);

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

/** As `attemptReference` makes them. */
const referenceShape = /^[0-9a-z]{28}$/;

/** @throws AppError `bank-message-refused`: `status-unknown`. */
export function outcomeOf(status: string): Outcome {
  return outcomes.get(status) ?? refuse('status-unknown');
}

/** Whether a payment with this status, known or not, is paid. */
export function isPaidStatus(status: string): boolean {
  return outcomes.get(status) === 'paid';
}

/**
 * Reads a message, whatever made the bank send it (`vads_url_check_src`): its status says all.
 *
 * @param fields of a message whose signature was checked.
 * @returns undefined for a refund, which has the reference of the payment and a status of its own: it says nothing of what
 *   the citizen paid, and is no reason for an alarm.
 * @throws AppError `bank-message-refused`: `message-malformed`, `status-unknown`.
 */
export function readMessage(fields: Fields): PaymentReport | undefined {
  checkUnambiguous(fields);
  const operation = fields['vads_operation_type'] || 'DEBIT';
  if (operation === 'CREDIT') return undefined;
  // Nothing but payments is ever ordered.
  if (operation !== 'DEBIT') refuse('message-malformed');
  const outcome = readOutcome(fields);
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

/**
 * Refuses a message that was made of a genuine one. The signature is over the values alone, joined by `+`; who holds any
 * signed text, our own form or the bank's word of a refusal, may give its values other names, and cut one in two where it
 * has a `+`, such as an email typed at the bank. What the bank really said is still among the parts: so the status, the
 * reference and the mode, before which the amount stands, must each be the only part that could be one.
 */
function checkUnambiguous(fields: Fields): void {
  const parts = signedParts(fields);
  const count = (isOne: (part: string) => boolean) => parts.filter(isOne).length;
  const statuses = count((part) => outcomes.has(part));
  // A status that we do not know is found out later, by its name.
  const isStatusClear = statuses <= (fields['vads_trans_status'] === undefined ? 0 : 1);
  const references = count((part) => referenceShape.test(part));
  const modes = count((part) => part === 'TEST' || part === 'PRODUCTION');
  if (!isStatusClear || references > 1 || modes > 1) refuse('message-malformed');
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
