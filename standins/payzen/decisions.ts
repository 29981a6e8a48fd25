/** What becomes of a payment: the citizen presses a button, the bank answers late, the back office repeats. */
import type { Gateway } from './gateway.ts';
import { returnAddress } from './message.ts';
import type { Notifier } from './notifications.ts';
import {
  choicesOf,
  hasTransaction,
  isSessionOver,
  outcomeStatuses,
  type PayzenOutcome,
  type PayzenPayment,
} from './payment.ts';

export interface Decisions {
  /**
   * The first press decides. A press after the end of the session abandons the payment.
   *
   * @returns where the browser is sent back; undefined when the form named no address.
   * @throws Error when its page has no such button.
   */
  press(payment: PayzenPayment, outcome: PayzenOutcome): Promise<string | undefined>;
  /** The bank's late answer. @throws Error when the payment waits for none. */
  authorise(payment: PayzenPayment, outcome: 'paid' | 'refused'): Promise<void>;
  /** Tells again how a payment stands. @throws Error when there is no transaction. */
  replay(payment: PayzenPayment): Promise<void>;
}

export function makeDecisions(gateway: Gateway, { notify }: Notifier): Decisions {
  return {
    async press(payment, outcome) {
      if (!choicesOf(payment).includes(outcome)) throw new Error('The capture of this payment is too near for that.');
      if (payment.status === undefined) {
        const isOver = isSessionOver(payment, gateway.now());
        payment.status = isOver ? 'ABANDONED' : outcomeStatuses[outcome];
        payment.decidedAt = gateway.now();
        // The citizen's page waits for the answer to the notification.
        if (hasTransaction(payment) || gateway.notifiesAbandons === true) await notify(payment, 'PAY');
      }
      return returnAddress(gateway, payment);
    },
    async authorise(payment, outcome) {
      const source = payment.status === 'WAITING_AUTHORISATION' ? 'BATCH_AUTO' : 'BATCH';
      if (source === 'BATCH' && payment.status !== 'UNDER_VERIFICATION') {
        throw new Error('This payment waits for nothing.');
      }
      payment.status = outcomeStatuses[outcome];
      await notify(payment, source);
    },
    async replay(payment) {
      if (!hasTransaction(payment)) throw new Error('There is no transaction to tell of.');
      await notify(payment, 'BO');
    },
  };
}
