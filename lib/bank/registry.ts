/** The one registry of banks: from a regie's choice to the adapter of its account. */
import type { Attempt } from '../item/item.ts';
import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { newTransId } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { Regie } from '../regie/regie.ts';
import { AppError } from '../values/errors.ts';
import type { BankName } from './banks.ts';
import { payfipProvider, payfipUrl } from './payfip/provider.ts';
import { payzenBrands, payzenProvider, type TransIdRegister } from './payzen/provider.ts';
import type { PaymentProvider } from './provider.ts';
import { sandboxProvider } from './sandbox/provider.ts';

/**
 * Gives the bank of a regie; for an attempt, the one that it was opened at, by its own account and in its own mode, whatever
 * the regie has chosen since.
 *
 * @throws AppError `bank-not-configured`, whose cause says what is missing.
 */
export type ProviderOf = (regie: Regie, attempt?: OpenedAt) => Promise<PaymentProvider>;

/** Where an attempt was opened. */
type OpenedAt = Pick<Attempt, 'bank' | 'mode' | 'shop'>;

interface Sources {
  readonly config: Pick<Config, 'sandboxUrl'>;
  readonly secrets: Cache<Secrets>;
  readonly clock: Clock;
  readonly transIds: TransIdRegister;
}

type Adapter = (sources: Sources, regie: Regie, attempt?: OpenedAt) => Promise<PaymentProvider>;

const adapters: Readonly<Record<BankName, Adapter>> = {
  async sandbox({ config: { sandboxUrl }, secrets }, { id, sandbox }) {
    const { sandboxKey } = await secrets.get();
    if (sandboxUrl === undefined || sandboxKey === undefined) throw notConfigured('This stage has no sandbox bank.');
    const requiresEmail = sandbox?.requiresEmail ?? false;
    return sandboxProvider({ url: sandboxUrl, key: sandboxKey, shop: id, requiresEmail });
  },

  async payzen({ secrets, clock, transIds }, { id, payzen }, attempt) {
    const mode = attempt?.mode ?? payzen?.mode;
    if (payzen === undefined || mode === undefined || mode === 'activation') throw notConfigured('No PayZen account.');
    const { banks = {} } = await secrets.get();
    const keys = Object.hasOwn(banks, id) ? banks[id]?.payzen?.[mode] : undefined;
    if (keys === undefined) throw notConfigured(`The regie has no PayZen key for the mode ${mode}.`);
    const { formUrl, restUrl } = payzenBrands[payzen.brand ?? 'payzen'];
    const { url = formUrl, algorithm = 'hmac-sha256' } = payzen;
    const siteId = attempt?.shop ?? payzen.siteId;
    const { key, restPassword } = keys;
    const rest =
      restPassword === undefined
        ? {}
        : { rest: { url: (payzen.restUrl ?? restUrl).replace(/\/+$/, ''), password: restPassword } };
    return payzenProvider(
      { siteId, mode, url, algorithm, key, ...rest },
      { now: clock.now, transIds, drawTransId: newTransId },
    );
  },

  async payfip({ clock }, { payfip }, attempt) {
    const { url = payfipUrl } = payfip ?? {};
    const numcli = attempt?.shop ?? payfip?.numcli;
    const mode = attempt?.mode ?? payfip?.mode;
    if (numcli === undefined || mode === undefined) throw notConfigured('No PayFiP account.');
    const pageUrl = new URL('/tpa/paiementws.web', url).href;
    return payfipProvider({ numcli, mode, url, pageUrl }, { now: clock.now });
  },
};

export function createProviders(sources: Sources): ProviderOf {
  return (regie, attempt) => adapters[attempt?.bank ?? regie.bank](sources, regie, attempt);
}

function notConfigured(what: string): AppError {
  return new AppError('bank-not-configured', { cause: new Error(what) });
}
