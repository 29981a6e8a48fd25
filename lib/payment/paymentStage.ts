/** The parts of a stage that payments need, beside those that every function has. */
import { type Stage, stage } from '../stage.ts';
import { dynamodbTransIdRegister } from './dynamodbTransIdRegister.ts';
import { createProviders, type ProviderOf } from './providers.ts';

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
