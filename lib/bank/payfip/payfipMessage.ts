/** What PayFiP answers of a payment, read into a report. Pure. */
import { isRealDay } from '../../values/days.ts';
import { AppError, type DenialReason } from '../../values/errors.ts';
import { currency } from '../../values/money.ts';
import type { AskedAttempt, Mode, Outcome, PaymentReport } from '../paymentProvider.ts';
import { saisies } from './payfipOrder.ts';
import { payfipProfile } from './profile.ts';
import type { Fields } from './soap.ts';

/** `resultrans`; P and R are of cards, V and Z of direct debits. */
const outcomes: ReadonlyMap<string, Outcome> = new Map([
  ['P', 'paid'],
  ['V', 'paid'],
  ['R', 'refused'],
  ['Z', 'refused'],
  ['A', 'abandoned'],
]);

/** What is kept with the attempt: neither the email nor the label. */
const keptFields = ['resultrans', 'numauto', 'dattrans', 'heurtrans', 'exer', 'saisie'];

/** Of ASCII, so that all of them stay under 2 kB. */
const keptText = /^[ -~]{1,255}$/;

/** Who is asked, about what, and when. */
export interface Question {
  readonly account: { readonly numcli: string; readonly mode: Mode };
  readonly attempt: AskedAttempt;
  readonly now: Date;
}

/**
 * The report of *recupererDetailPaiementSecurise*. `refdet` is given on as it came: the comparison with ours is exact, and a
 * change of case would be an alarm to look into rather than something to forgive unseen.
 *
 * @throws AppError `bank-message-refused`: `status-unknown`, `message-malformed`, `shop-differs`.
 */
export function readReport(fields: Fields, { account, attempt, now }: Question): PaymentReport {
  const outcome = outcomes.get(fields.get('resultrans') ?? '') ?? refuse('status-unknown');
  // Whoever has an idop is answered, whatever their account: nothing else tells a stranger's payment from ours.
  if (fieldOf(fields, 'numcli', /^\d{6}$/) !== account.numcli) refuse('shop-differs');
  const bankTransactionDate = readParisTime(fields.get('dattrans'), fields.get('heurtrans'));
  const bankTransactionId = keptFieldsOf(fields).get('numauto') ?? attempt.bankReference;
  return {
    // The page lets the citizen try again for as long as it lives: nothing has happened yet.
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
 * @param faultCode P5: no result yet. P1: the idop is unknown, or was purged in the night after an opening that came to nothing.
 *   Undefined: there is no idop to ask about, because the answer to the opening was lost.
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

/** PayFiP said no; of its fault, only the code is kept, where the log finds it. */
export function rejectedByFault(
  faultCode: string,
  code: 'bank-rejected' | 'bank-refused-email' = 'bank-rejected',
): AppError {
  return new AppError(code, { cause: Object.assign(new Error(`PayFiP fault ${faultCode}`), { code: faultCode }) });
}

/** For as long as the citizen may still pay on the page. */
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
 * `DDMMYYYY` and `HHMM` on the clocks of Paris, as an instant; of the hour that comes twice in October, the first. Undefined
 * for anything else: money is not refused for the minute that it came in.
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
