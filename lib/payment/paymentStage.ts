/** The parts of a stage that payments need, beside those that every function has. */
import { type Stage, stage } from '../stage.ts';
import { createProviders, type ProviderOf } from './providers.ts';

export interface PaymentStage extends Stage {
  readonly providerOf: ProviderOf;
}

export function buildPaymentStage(base: Stage): PaymentStage {
  return { ...base, providerOf: createProviders(base) };
}

let built: PaymentStage | undefined;

/** As `stage`, built at the first call. */
export function paymentStage(): PaymentStage {
  built ??= buildPaymentStage(stage());
  return built;
}
