/** A payment as PayZen wants it asked for: the fields of the form that the citizen's browser posts. Pure. */

import { cutText } from '../../values/text.ts';
import type { PaymentOrder } from '../paymentProvider.ts';
import type { Fields } from './payzenSignature.ts';

/** What tells one form from all others of the shop; together they are used once. */
export interface FormStamp {
  /** UTC, `yyyymmddhhmmss`. When the form was made. The gateway takes it for `formMinutes`. */
  readonly transDate: string;
  /** Six of `0-9a-z`. */
  readonly transId: string;
}

/** The shop's part of a form. */
export interface FormShop {
  readonly siteId: string;
  readonly mode: 'test' | 'production';
}

/** Seconds that the bank's receipt is shown before the browser comes back by itself. */
const receiptSeconds = '5';

/** Characters that `vads_order_info` holds, without the quotation marks around the label. */
const labelLength = 251;

/** The fields to sign, for an order in euros. */
export function orderFields(
  order: PaymentOrder,
  { siteId, mode }: FormShop,
  { transDate, transId }: FormStamp,
): Fields {
  const { email } = order;
  return {
    vads_action_mode: 'INTERACTIVE',
    vads_amount: String(order.amountCents),
    // Also 0: without it, the default of the shop's back office would count.
    vads_capture_delay: String(order.captureDelayDays),
    vads_ctx_mode: mode === 'test' ? 'TEST' : 'PRODUCTION',
    vads_currency: '978',
    // A `+` in a value that a citizen chose could be taken for the border of two: see isAmbiguous. An accent, a space or more
    // than 150 characters are an error on the bank's page, of which nobody hears. The bank needs no email.
    ...(email === undefined || !/^[!-*,-~]{1,150}$/.test(email) ? {} : { vads_cust_email: email }),
    vads_language: order.language,
    vads_order_id: order.reference,
    vads_order_info: quoteLabel(order.label),
    vads_page_action: 'PAYMENT',
    vads_payment_config: 'SINGLE',
    vads_redirect_error_timeout: receiptSeconds,
    vads_redirect_success_timeout: receiptSeconds,
    vads_return_mode: 'GET',
    vads_site_id: siteId,
    vads_trans_date: transDate,
    vads_trans_id: transId,
    // In place of the address in the back office: each attempt has its own.
    vads_url_check: order.notificationUrl,
    vads_url_return: order.returnUrl,
    // No vads_validation_mode: whether somebody at the shop checks each payment is a setting of theirs.
    vads_version: 'V2',
  };
}

/**
 * The label in quotation marks. It may hold what a citizen wrote, and a value that reads `00` or `AUTHORISED` by itself could
 * be shown to us again as the bank's word, under another name: see isAmbiguous. The gateway refuses `<` and `>`.
 */
function quoteLabel(label: string): string {
  return `« ${cutText(label.replace(/[+<>]/g, ' '), labelLength)} »`;
}
