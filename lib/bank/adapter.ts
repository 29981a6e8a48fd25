/** How the rest reaches a bank: each has one, listed in `registry.ts`. */

import type { Cache } from '../platform/cache.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Secrets } from '../platform/secrets.ts';
import { AppError } from '../values/errors.ts';
import type { Mode, PaymentProvider } from './paymentProvider.ts';
import type { TransIdRegister } from './payzen/payzenProvider.ts';
import type { BankName, BankSettings } from './settings.ts';

/** What an adapter finds an account's keys and addresses in. */
export interface AdapterDeps {
  readonly config: Pick<Config, 'sandboxUrl'>;
  readonly secrets: Pick<Cache<Pick<Secrets, 'banks' | 'sandboxKey'>>, 'get'>;
  readonly clock: Clock;
  readonly transIds: TransIdRegister;
}

/** Where an attempt was opened. */
export interface OpenedAt {
  readonly bank: BankName;
  readonly mode: Mode;
  readonly shop: string;
}

export interface BankAdapter {
  /**
   * The provider of a regie's account; for an attempt, of the account and the mode that it was opened with.
   *
   * @throws AppError `bank-not-configured`, whose cause says what is missing.
   */
  provider(deps: AdapterDeps, settings: BankSettings, attempt?: OpenedAt): Promise<PaymentProvider>;

  /**
   * Looks at a regie's account before it opens. Nothing is made at the bank.
   *
   * @returns sentences for an operator.
   * @throws AccountProblem.
   */
  checkAccount(deps: Pick<AdapterDeps, 'secrets'>, settings: BankSettings): Promise<string>;
}

/** What is wrong with an account; the message is a sentence for an operator. */
export class AccountProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AccountProblem';
  }
}

export function notConfigured(what: string): AppError {
  return new AppError('bank-not-configured', { cause: new Error(what) });
}
