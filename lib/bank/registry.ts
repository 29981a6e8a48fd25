/** The adapters of the banks, by name. `profiles.ts` has their profiles, which are lighter. */

import type { AdapterDeps, BankAdapter, OpenedAt } from './adapter.ts';
import { payfipAdapter } from './payfip/adapter.ts';
import type { PaymentProvider } from './paymentProvider.ts';
import { payzenAdapter } from './payzen/adapter.ts';
import { sandboxAdapter } from './sandbox/adapter.ts';
import type { BankName, BankSettings } from './settings.ts';

const adapters: Readonly<Record<BankName, BankAdapter>> = {
  sandbox: sandboxAdapter,
  payzen: payzenAdapter,
  payfip: payfipAdapter,
};

/**
 * Gives the bank of a regie; for an attempt, the one that it was opened at, whatever the regie has chosen since.
 *
 * @throws AppError `bank-not-configured`, whose cause says what is missing.
 */
export type ProviderOf = (settings: BankSettings, attempt?: OpenedAt) => Promise<PaymentProvider>;

export function createProviders(deps: AdapterDeps): ProviderOf {
  return (settings, attempt) => adapters[attempt?.bank ?? settings.bank].provider(deps, settings, attempt);
}

/** Looks at a regie's account before it opens. @returns sentences for an operator. @throws AccountProblem. */
export function checkAccount(deps: Pick<AdapterDeps, 'secrets'>, settings: BankSettings): Promise<string> {
  return adapters[settings.bank].checkAccount(deps, settings);
}
