/** An order as the sandbox bank takes it, read from the fields of a signed form. */
import validateSandboxOrder from '../../schemas/compiled/sandboxOrder.js';
import type { Fields } from '../bank/sandbox/sandboxSignature.ts';

/** `schemas/sandboxOrder.schema.json` says what each field may hold. The email of an order is dropped. */
export interface SandboxOrder {
  /** The shop's reference. */
  readonly id: string;
  readonly shop: string;
  /** In cents of a euro: there is no other currency. */
  readonly amountCents: number;
  readonly label: string;
  readonly captureDelayDays: number;
  /** Without a query string. */
  readonly returnUrl: string;
  readonly notificationUrl: string;
  readonly language: 'fr' | 'en';
}

/** Undefined for a faulty order. */
export function readOrder(fields: Fields): SandboxOrder | undefined {
  if (!validateSandboxOrder(fields)) return undefined;
  // The schema has checked that all of these are there.
  const text = (name: string): string => fields[name] ?? '';
  const order: SandboxOrder = {
    id: text('reference'),
    shop: text('shop'),
    amountCents: Number(text('amount')),
    label: text('label'),
    captureDelayDays: Number(text('capture_delay')),
    returnUrl: text('return_url'),
    notificationUrl: text('notification_url'),
    language: text('language') === 'en' ? 'en' : 'fr',
  };
  return URL.canParse(order.returnUrl) && URL.canParse(order.notificationUrl) ? order : undefined;
}
