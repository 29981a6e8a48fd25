/** Which email a bank is given: the item's own, or the one that its citizen types. Pure. */
import type { PaymentProvider } from '../bank/paymentProvider.ts';
import type { Item } from '../item/item.ts';

/** The item's own email, unless this bank does not take it, or a bank has refused it. */
export function itemEmail(provider: Pick<PaymentProvider, 'takesEmail'>, item: Item): string | undefined {
  const isRefused = Object.values(item.payments).some(({ failure }) => failure === 'item-email');
  return isRefused ? undefined : takenEmail(provider, item.email);
}

/** An email, where the bank takes it. */
export function takenEmail(
  { takesEmail = () => true }: Pick<PaymentProvider, 'takesEmail'>,
  email: string | undefined,
): string | undefined {
  return email !== undefined && takesEmail(email) ? email : undefined;
}

/** Whether the citizen is asked for one. */
export function asksForEmail(provider: Pick<PaymentProvider, 'takesEmail' | 'requiresEmail'>, item: Item): boolean {
  return provider.requiresEmail && itemEmail(provider, item) === undefined;
}
