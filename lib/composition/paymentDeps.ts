/** The parts of a stage that payments need, beside those that every function has. */
import { dynamodbTransIdRegister } from '../bank/payzen/dynamodbTransIdRegister.ts';
import { createProviders, type ProviderOf } from '../bank/registry.ts';
import { type ServiceDeps, serviceDeps } from './serviceDeps.ts';

export interface PaymentDeps extends ServiceDeps {
  readonly providerOf: ProviderOf;
}

export function buildPaymentDeps(base: ServiceDeps): PaymentDeps {
  const transIds = dynamodbTransIdRegister(base.client, base.config.itemsTable, base.clock);
  return { ...base, providerOf: createProviders({ ...base, transIds }) };
}

let built: PaymentDeps | undefined;

/** As `serviceDeps`, built at the first call. */
export function paymentDeps(): PaymentDeps {
  built ??= buildPaymentDeps(serviceDeps());
  return built;
}
