/** The adapters of the banks, by name. A new bank takes a line here, and one in `profiles.ts`. */
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
 * Gives the provider of a regie's bank. For an attempt: of the bank at which it was opened, even if the regie has changed banks
 * since.
 *
 * @throws AppError `bank-not-configured`, whose cause says what is missing.
 */
export type ProviderOf = (settings: BankSettings, attempt?: OpenedAt) => Promise<PaymentProvider>;

export function createProviders(deps: AdapterDeps): ProviderOf {
  return (settings, attempt) => adapters[attempt?.bank ?? settings.bank].provider(deps, settings, attempt);
}

/** Checks a regie's account before the regie opens. @returns sentences for an operator. @throws AccountProblem. */
export function checkAccount(deps: Pick<AdapterDeps, 'secrets'>, settings: BankSettings): Promise<string> {
  return adapters[settings.bank].checkAccount(deps, settings);
}
