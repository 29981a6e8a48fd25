/** What the gateway knows: the settings of its only shop, the payments, and what goes wrong now. */
import type { PayzenFault } from './faults.ts';
import type { PayzenPayment } from './payment.ts';
import type { ByMode, SigningSettings } from './signature.ts';

/** The shop, as its back office has it. */
export interface Shop extends SigningSettings {
  /** Eight digits. */
  readonly siteId: string;
  /** Without them, every question by REST is answered INT_905. */
  readonly restPasswords?: ByMode;
  /** The rule that notifies the shop of abandoned payments. Off by default, as in the real back office. */
  readonly notifiesAbandons?: boolean;
  /** The automatic retry of notifications. Off by default, as in the real back office. */
  readonly retries?: boolean;
}

export interface Gateway extends Shop {
  readonly now: () => Date;
  readonly payments: PayzenPayment[];
  /** UTC day and number, in lower case. */
  readonly usedTransIds: Set<string>;
  faults: readonly PayzenFault[];
}

/** @param name an id or an order; the latest payment of the order. @throws Error when there is none. */
export function findPayment({ payments }: Gateway, name: string): PayzenPayment {
  const found = payments.findLast(({ id, orderId }) => id === name || orderId === name);
  if (found === undefined) throw new Error('There is no such payment.');
  return found;
}
