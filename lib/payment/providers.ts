/** The one registry of banks: from a regie's choice to the adapter of its account. */
import type { Attempt } from '../basket/item.ts';
import type { Cache } from '../cache.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Regie } from '../regie/regie.ts';
import type { Secrets } from '../secrets.ts';
import type { BankName } from './banks.ts';
import type { PaymentProvider } from './provider.ts';
import { sandboxProvider } from './sandbox/provider.ts';

/** Gives the bank of a regie; for an attempt, the one that it was opened at, whatever the regie has chosen since. */
export type ProviderOf = (regie: Regie, attempt?: Pick<Attempt, 'bank'>) => Promise<PaymentProvider>;

interface Sources {
  readonly config: Pick<Config, 'sandboxUrl'>;
  readonly secrets: Cache<Secrets>;
}

/** Each gives the account of a regie. @throws AppError `bank-not-configured`, whose cause says what is missing. */
const adapters: Readonly<Record<BankName, (sources: Sources, regie: Regie) => Promise<PaymentProvider>>> = {
  async sandbox({ config: { sandboxUrl }, secrets }, { id, sandbox }) {
    const { sandboxKey } = await secrets.get();
    if (sandboxUrl === undefined || sandboxKey === undefined) throw notConfigured('This stage has no sandbox bank.');
    return sandboxProvider({
      url: sandboxUrl,
      key: sandboxKey,
      shop: id,
      requiresEmail: sandbox?.requiresEmail ?? false,
    });
  },
};

export function createProviders(sources: Sources): ProviderOf {
  return (regie, { bank } = regie) => adapters[bank](sources, regie);
}

function notConfigured(what: string): AppError {
  return new AppError('bank-not-configured', { cause: new Error(what) });
}
