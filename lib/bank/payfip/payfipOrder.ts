/** An order, written into the fields of PayFiP's *creerPaiementSecurise*. Pure. */
import { parisDay } from '../../values/days.ts';
import { AppError } from '../../values/errors.ts';
import { currency } from '../../values/money.ts';
import type { Mode, PaymentOrder } from '../paymentProvider.ts';
import { spellPlainly } from './plainSpelling.ts';

/** What PayFiP calls a mode: there is no other address for tests. */
export const saisies = { test: 'T', activation: 'X', production: 'W' } as const satisfies Record<Mode, string>;

const longestUrl = 250;
const longestObjet = 100;

/**
 * The fields in the order of the service's schema. `refdet` keeps the lower case of our references: letters and digits, 6 to
 * 30 of them, are all that is asked of it.
 *
 * @throws AppError `bank-rejected`, before anything is sent, for an order that PayFiP has no way to take.
 */
export function writeOrderFields(
  order: PaymentOrder,
  { numcli, mode }: { readonly numcli: string; readonly mode: Mode },
  now: Date,
): Readonly<Record<string, string>> {
  const { email } = order;
  if (email === undefined) throw rejected('PayFiP needs an email.');
  if (order.captureDelayDays > 0) throw rejected('PayFiP captures at once.');
  if (order.currency !== currency) throw rejected('PayFiP takes euros.');
  const longest = Math.max(order.notificationUrl.length, order.returnUrl.length);
  if (longest > longestUrl) throw rejected('An address is too long for PayFiP.');
  const objet = normaliseObjet(order.label);
  return {
    exer: parisDay(now).slice(0, 4),
    mel: email,
    montant: String(order.amountCents),
    numcli,
    ...(objet === '' ? {} : { objet }),
    refdet: order.reference,
    saisie: saisies[mode],
    urlnotif: order.notificationUrl,
    urlredirect: order.returnUrl,
  };
}

/**
 * Letters, digits and single spaces of ASCII, 100 at most; empty when nothing is left. What the field cannot hold becomes a
 * space, so that no two words or numbers become one.
 */
export function normaliseObjet(label: string): string {
  return spellPlainly(label.replaceAll('€', ' EUR '))
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .slice(0, longestObjet)
    .trimEnd();
}

function rejected(why: string): AppError {
  return new AppError('bank-rejected', { cause: new Error(why) });
}
