/** The parts of a stage that payments need, beside those that every function has. */
import { dynamodbTransIdRegister } from '../bank/payzen/dynamodbTransIdRegister.ts';
import { createProviders, type ProviderOf } from '../bank/registry.ts';
import { type Stage, stage } from './stage.ts';

export interface PaymentStage extends Stage {
  readonly providerOf: ProviderOf;
}

export function buildPaymentStage(base: Stage): PaymentStage {
  const transIds = dynamodbTransIdRegister(base.client, base.config.itemsTable, base.clock);
  return { ...base, providerOf: createProviders({ ...base, transIds }) };
}

let built: PaymentStage | undefined;

/** As `stage`, built at the first call. */
export function paymentStage(): PaymentStage {
  built ??= buildPaymentStage(stage());
  return built;
}
