/** Reads PayFiP's answer about a payment into a report. Pure. */
import { isRealDay } from '../../values/days.ts';
import { AppError, type DenialReason } from '../../values/errors.ts';
import { currency } from '../../values/money.ts';
import type { AskedAttempt, Mode, Outcome, PaymentReport } from '../paymentProvider.ts';
import { saisies } from './payfipOrder.ts';
import { payfipProfile } from './profile.ts';
import type { Fields } from './soap.ts';

/** By `resultrans`: P and R for cards, V and Z for direct debits. */
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['P', 'paid'],
  ['V', 'paid'],
  ['R', 'refused'],
  ['Z', 'refused'],
  ['A', 'abandoned'],
]);

/** The fields kept with the attempt, without the email and the label. */
const keptFields = ['resultrans', 'numauto', 'dattrans', 'heurtrans', 'exer', 'saisie'];

/** ASCII only, so that all kept fields together stay under 2 kB. */
const keptText = /^[ -~]{1,255}$/;

/** A question to PayFiP: from which account, about which attempt, and when. */
export interface Question {
  readonly account: { readonly numcli: string; readonly mode: Mode };
  readonly attempt: AskedAttempt;
  readonly now: Date;
}

/**
 * The report of *recupererDetailPaiementSecurise*. `refdet` is passed on as it came, for an exact comparison with ours. A
 * change of case then raises an alarm, and somebody looks into it.
 *
 * @throws AppError `bank-message-refused`: `status-unknown`, `message-malformed`, `shop-differs`.
 */
export function readReport(fields: Fields, { account, attempt, now }: Question): PaymentReport {
  const outcome = outcomes.get(fields.get('resultrans') ?? '') ?? refuse('status-unknown');
  // PayFiP answers whoever has an idop, whatever the account. Only this field tells a stranger's payment from ours.
  if (fieldOf(fields, 'numcli', /^\d{6}$/) !== account.numcli) refuse('shop-differs');
  const bankTransactionDate = readParisTime(fields.get('dattrans'), fields.get('heurtrans'));
  const bankTransactionId = keptFieldsOf(fields).get('numauto') ?? attempt.bankReference;
  return {
    // The page lets the citizen try again while it lives. Nothing has happened yet.
    outcome: outcome === 'abandoned' && isPageAlive(attempt, now) ? 'open' : outcome,
    reference: fieldOf(fields, 'refdet', /^[0-9A-Za-z]{1,30}$/),
    amountCents: Number(fieldOf(fields, 'montant', /^\d{1,11}$/)),
    currency,
    shop: account.numcli,
    mode: readMode(fields.get('saisie')),
    ...(bankTransactionId === undefined ? {} : { bankTransactionId }),
    ...(bankTransactionDate === undefined ? {} : { bankTransactionDate }),
    bankData: Object.fromEntries(keptFieldsOf(fields)),
  };
}

/**
 * The report when PayFiP has no result to give.
 *
 * @param faultCode P5: no result yet. P1: PayFiP does not know the idop, or purged it in the night after an opening without a
 *   payment. Undefined: there is no idop to ask about, because the answer to the opening was lost.
 * @throws AppError `bank-rejected` for any other fault.
 */
export function reportWithoutResult(faultCode: string | undefined, { account, attempt, now }: Question): PaymentReport {
  if (faultCode !== undefined && faultCode !== 'P1' && faultCode !== 'P5') throw rejectedByFault(faultCode);
  const isOpen = faultCode !== 'P1' && isPageAlive(attempt, now);
  const { reference, amountCents } = attempt;
  return {
    outcome: isOpen ? 'open' : 'expired',
    reference,
    amountCents,
    currency: attempt.currency,
    shop: account.numcli,
    mode: account.mode,
  };
}

/** PayFiP said no. Only the code of its fault is kept, in the cause, where the log finds it. */
export function rejectedByFault(
  faultCode: string,
  code: 'bank-rejected' | 'bank-refused-email' = 'bank-rejected',
): AppError {
  return new AppError(code, { cause: Object.assign(new Error(`PayFiP fault ${faultCode}`), { code: faultCode }) });
}

/** Whether the citizen may still pay on the page. */
function isPageAlive({ createdAt }: AskedAttempt, now: Date): boolean {
  return now.getTime() - Date.parse(createdAt) < payfipProfile.lockMs;
}

function readMode(saisie: string | undefined): Mode {
  const modes = Object.keys(saisies) as Mode[];
  return modes.find((mode) => saisies[mode] === saisie) ?? refuse('message-malformed');
}

function keptFieldsOf(fields: Fields): Fields {
  return new Map([...fields].filter(([name, value]) => keptFields.includes(name) && keptText.test(value)));
}

const parisMinute = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Paris',
  dateStyle: 'short',
  timeStyle: 'short',
});

/**
 * `DDMMYYYY` and `HHMM` in Paris time, as an instant. In the hour that comes twice in October, the first of the two. Undefined
 * for anything else: a payment is not refused because its time is unreadable.
 */
function readParisTime(dattrans = '', heurtrans = ''): string | undefined {
  const day = dattrans.replace(/^(\d\d)(\d\d)(\d{4})$/, '$3-$2-$1');
  if (!isRealDay(day) || !/^([01]\d|2[0-3])[0-5]\d$/.test(heurtrans)) return undefined;
  const time = `${heurtrans.slice(0, 2)}:${heurtrans.slice(2)}`;
  const instants = ['+02:00', '+01:00'].map((offset) => new Date(`${day}T${time}:00.000${offset}`));
  return instants.find((instant) => parisMinute.format(instant) === `${day} ${time}`)?.toISOString();
}

function fieldOf(fields: Fields, name: string, pattern: RegExp): string {
  const value = fields.get(name);
  return value !== undefined && pattern.test(value) ? value : refuse('message-malformed');
}

function refuse(reason: DenialReason): never {
  throw new AppError('bank-message-refused', { reason });
}
