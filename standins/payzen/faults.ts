/** What goes wrong at the gateway on demand, and what it says of a payment then. Pure. */
import type { Mode, PayzenPayment, Status } from './payment.ts';

export type PayzenFault =
  // Notifications: they do not arrive, arrive twice, or wait for `flush`.
  | 'lost'
  | 'doubled'
  | 'late'
  // Everything said of a payment: one cent more, the other mode with the key of that mode, a credit instead of a debit.
  | 'wrong-amount'
  | 'other-mode'
  | 'credit'
  | 'unknown-status'
  // Everything signed.
  | 'wrong-signature'
  // The browser's return: it brings no fields, or waits for a click.
  | 'bare-return'
  | 'stay'
  // The form is answered by a redirect to another host of the bank.
  | 'leads-on'
  // Questions by REST: a 502 in HTML, an answer cut in the middle, one that is slow, or one with other transactions.
  | 'rest-502'
  | 'rest-truncated'
  | { readonly restSlowMs: number }
  | { readonly restTells: (transaction: RestTransaction) => readonly unknown[] }
  // Every call is read, and none is answered.
  | 'silent';

/** A transaction as the REST API tells it. */
export type RestTransaction = Readonly<Record<string, unknown>> & { readonly uuid: string; readonly amount: number };

/** What the gateway says of a payment, to whoever asks. */
export interface ToldFacts {
  readonly mode: Mode;
  readonly amountCents: number;
  readonly operationType: 'DEBIT' | 'CREDIT';
  readonly status: Status | 'TELEPORTED';
}

export function toldFacts(faults: readonly PayzenFault[], payment: PayzenPayment): ToldFacts {
  const { mode, amountCents, status = 'ABANDONED' } = payment;
  const otherMode = mode === 'TEST' ? 'PRODUCTION' : 'TEST';
  return {
    mode: faults.includes('other-mode') ? otherMode : mode,
    amountCents: amountCents + (faults.includes('wrong-amount') ? 1 : 0),
    operationType: faults.includes('credit') ? 'CREDIT' : 'DEBIT',
    status: faults.includes('unknown-status') ? 'TELEPORTED' : status,
  };
}

/** What a REST answer has in the place of a transaction: the transaction itself, without a fault. */
export function toldTransactions(faults: readonly PayzenFault[], transaction: RestTransaction): readonly unknown[] {
  const lie = faults.find((fault) => typeof fault === 'object' && 'restTells' in fault);
  return lie === undefined ? [transaction] : lie.restTells(transaction);
}
