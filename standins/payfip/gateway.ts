/** What PayFiP knows: its only client, the payments, and what goes wrong now. */
import type { PayfipFaults } from './faults.ts';
import type { Payment } from './payment.ts';
import { Refusal } from './refusal.ts';

/** The régie, as PayFiP has it. */
export interface Client {
  /** Six digits. */
  readonly numcli: string;
  /** Its three names, most general first. */
  readonly names: readonly string[];
}

export interface Gateway {
  readonly client: Client;
  readonly now: () => Date;
  /** By `idop`. */
  readonly payments: Map<string, Payment>;
  faults: PayfipFaults;
}

/** @throws Refusal `P1` when it is unknown, or forgotten. */
export function findPayment({ payments }: Gateway, idop: string): Payment {
  const payment = payments.get(idop);
  if (payment === undefined || payment.isPurged) throw new Refusal('P1');
  return payment;
}

/** @throws Refusal `T1` when it is no client number, `T2` when it is another client's. */
export function checkClient({ client }: Gateway, numcli: string): void {
  if (!/^\d{6}$/.test(numcli)) throw new Refusal('T1');
  if (numcli !== client.numcli) throw new Refusal('T2');
}
