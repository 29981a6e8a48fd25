/** The payment form: the gateway checks each field, then the signature, the date and the transaction number. */
import { randomBytes } from 'node:crypto';
import type { Gateway } from './gateway.ts';
import type { Fields, PayzenPayment } from './payment.ts';
import { keyOf, signatureOf } from './signature.ts';

/** The first field that the gateway refuses, and the code of its error page where that is known. */
export interface RefusedForm {
  readonly field: string;
  readonly code?: string;
}

const mandatoryFormats: Readonly<Record<string, RegExp>> = {
  vads_version: /^V2$/,
  vads_page_action: /^PAYMENT$/,
  vads_action_mode: /^INTERACTIVE$/,
  vads_payment_config: /^SINGLE$/,
  vads_site_id: /^\d{8}$/,
  vads_ctx_mode: /^(TEST|PRODUCTION)$/,
  vads_currency: /^978$/,
  vads_amount: /^[1-9]\d{0,11}$/,
  vads_trans_date: /^\d{14}$/,
  vads_trans_id: /^[A-Za-z0-9]{6}$/,
  signature: /./,
};

const optionalFormats: Readonly<Record<string, RegExp>> = {
  vads_capture_delay: /^\d{1,3}$/,
  vads_validation_mode: /^[01]$/,
  vads_order_id: /^[A-Za-z0-9-]{1,32}$/,
  vads_order_info: /^.{1,255}$/s,
  vads_order_info2: /^.{1,255}$/s,
  vads_order_info3: /^.{1,255}$/s,
  vads_cust_email: /^.{1,150}$/s,
  vads_url_return: /^https?:.{1,1018}$/,
  vads_url_check: /^https?:.{1,1018}$/,
  vads_return_mode: /^(GET|POST|NONE)$/,
  vads_redirect_success_timeout: /^([12]?\d?\d|300)$/,
  vads_redirect_error_timeout: /^([12]?\d?\d|300)$/,
  vads_language: /^[a-z]{2}$/,
};

const errorCodes = new Map([
  ['signature', '00'],
  ['vads_trans_id', '03'],
  ['vads_trans_date', '04'],
  ['vads_capture_delay', '06'],
]);

const oldestFormMs = 30 * 60_000;
const newestFormMs = 90 * 60_000;
const longestCaptureDelay = 365;

/** Opens the payment that a posted form asks for. A refused form opens nothing, and uses up no transaction number. */
export function takeForm(gateway: Gateway, body: string): PayzenPayment | RefusedForm {
  const entries = Array.from(new URLSearchParams(body));
  const request: Fields = Object.fromEntries(entries);
  const field = findRepeatedField(entries) ?? findWrongField(gateway, request);
  if (field !== undefined) {
    const code = errorCodes.get(field);
    return { field, ...(code === undefined ? {} : { code }) };
  }
  gateway.usedTransIds.add(transIdOfDay(request));
  const payment: PayzenPayment = {
    id: randomBytes(16).toString('hex'),
    orderId: request['vads_order_id'] ?? '',
    mode: request['vads_ctx_mode'] === 'TEST' ? 'TEST' : 'PRODUCTION',
    amountCents: Number(request['vads_amount']),
    captureDelay: Math.min(Number(request['vads_capture_delay'] ?? 0), longestCaptureDelay),
    request,
    openedAt: gateway.now(),
    typed: {},
  };
  gateway.payments.push(payment);
  return payment;
}

function findRepeatedField(entries: readonly (readonly [string, string])[]): string | undefined {
  const names = entries.map(([name]) => name);
  return names.find((name, index) => names.indexOf(name) !== index);
}

function findWrongField(gateway: Gateway, request: Fields): string | undefined {
  for (const [name, format] of Object.entries(mandatoryFormats)) {
    if (!format.test(request[name] ?? '')) return name;
  }
  for (const [name, format] of Object.entries(optionalFormats)) {
    const value = request[name] ?? '';
    if (value !== '' && !format.test(value)) return name;
  }
  if (request['vads_site_id'] !== gateway.siteId) return 'vads_site_id';
  const { signature, ...others } = request;
  if (signature !== signatureOf(gateway, others, keyOf(gateway, request['vads_ctx_mode']))) return 'signature';
  const ageMs = gateway.now().getTime() - readDate(request['vads_trans_date']);
  // A date that cannot be read gives NaN, which is in no window.
  if (!(ageMs <= oldestFormMs && ageMs >= -newestFormMs)) return 'vads_trans_date';
  return gateway.usedTransIds.has(transIdOfDay(request)) ? 'vads_trans_id' : undefined;
}

function readDate(digits = ''): number {
  return Date.parse(digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** A number may be used once a UTC day, whatever its case. */
function transIdOfDay({ vads_trans_date = '', vads_trans_id = '' }: Fields): string {
  return `${vads_trans_date.slice(0, 8)} ${vads_trans_id.toLowerCase()}`;
}
