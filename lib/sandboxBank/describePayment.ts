/** The sandbox bank's answer to a shop that asks what became of a payment. */
import type { Fields } from '../bank/sandbox/sandboxSignature.ts';
import type { Clock } from '../platform/clock.ts';
import { composeMessage } from './payment.ts';
import type { SandboxStore } from './sandboxStore.ts';

interface Deps {
  readonly store: SandboxStore;
  readonly clock: Clock;
}

/** @returns the message, not signed yet; undefined when this shop has no such payment. @throws AppError `temporarily-unavailable`. */
export function describePayment({ store, clock }: Deps) {
  return async (id: string, shop: string): Promise<Fields | undefined> => {
    const payment = await store.read(id);
    return payment?.shop === shop ? composeMessage(payment, clock.now()) : undefined;
  };
}
