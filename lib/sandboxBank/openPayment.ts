/** Opening a payment at the sandbox bank. */
import type { Fields } from '../bank/sandbox/sandboxSignature.ts';
import type { Clock } from '../platform/clock.ts';
import { newNonce, newUuid } from '../platform/random.ts';
import { readOrder } from './order.ts';
import { behaviourOf, createPayment, type SandboxPayment } from './payment.ts';
import type { SandboxStore } from './sandboxStore.ts';

/** Why there is no payment, or no answer. */
export type OpeningFailure = 'order-faulty' | 'order-refused' | 'reference-used' | 'unavailable' | 'answer-lost';

export type Opening = { readonly payment: SandboxPayment } | { readonly failure: OpeningFailure };

interface Deps {
  readonly store: SandboxStore;
  readonly clock: Clock;
}

/**
 * Takes the fields of an order, whose signature was checked. `answer-lost` is what a magic amount asks for: the payment is
 * there all the same.
 *
 * @throws AppError `temporarily-unavailable`: the payment may be there.
 */
export function openPayment({ store, clock }: Deps) {
  return async (fields: Fields): Promise<Opening> => {
    const order = readOrder(fields);
    if (order === undefined) return { failure: 'order-faulty' };
    const { opening } = behaviourOf(order);
    if (opening === 'unavailable') return { failure: 'unavailable' };
    if (opening === 'rejected') return { failure: 'order-refused' };

    const payment = createPayment(order, { sessionId: newNonce(), transactionId: newUuid() }, clock.now());
    if (!(await store.add(payment))) return { failure: 'reference-used' };
    return opening === 'answer-lost' ? { failure: 'answer-lost' } : { payment };
  };
}
