/** The adapter of a bank: how the rest of the code reaches it. `registry.ts` lists the adapters. */
import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Secrets } from '../platform/secrets.ts';
import { AppError } from '../values/errors.ts';
import type { Mode, PaymentProvider } from './paymentProvider.ts';
import type { TransIdRegister } from './payzen/payzenProvider.ts';
import type { BankName, BankSettings } from './settings.ts';

/** What an adapter needs: where accounts' keys and addresses are, the time, and the register of PayZen's transaction ids. */
export interface AdapterDeps {
  readonly config: Pick<Config, 'sandboxUrl'>;
  readonly secrets: Pick<Cache<Pick<Secrets, 'banks' | 'sandboxKey'>>, 'get'>;
  readonly clock: Clock;
  readonly transIds: TransIdRegister;
}

export interface OpenedAt {
  readonly bank: BankName;
  readonly mode: Mode;
  readonly shop: string;
}

export interface BankAdapter {
  /**
   * The provider of a regie's account. For an attempt: of the account and the mode with which it was opened.
   *
   * @throws AppError `bank-not-configured`, whose cause says what is missing.
   */
  provider(deps: AdapterDeps, settings: BankSettings, attempt?: OpenedAt): Promise<PaymentProvider>;

  /**
   * Checks a regie's account before the regie opens. Creates nothing at the bank.
   *
   * @returns sentences for an operator.
   * @throws AccountProblem.
   */
  checkAccount(deps: Pick<AdapterDeps, 'secrets'>, settings: BankSettings): Promise<string>;
}

/** A fault of an account. The message is a sentence for an operator. */
export class AccountProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AccountProblem';
  }
}

export function notConfigured(what: string): AppError {
  return new AppError('bank-not-configured', { cause: new Error(what) });
}
