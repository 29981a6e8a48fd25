/** The fields that the return and the notification share, their signature, and the address of the return. */
import { createHash } from 'node:crypto';
import { toldFacts } from './faults.ts';
import type { Gateway } from './gateway.ts';
import {
  authorisationNumber,
  captureTime,
  type Fields,
  hasTransaction,
  type PayzenPayment,
  type Status,
} from './payment.ts';
import { keyOf, signatureOf } from './signature.ts';

/** What is said of a payment, before it is signed. */
export interface Message {
  readonly fields: Fields;
  /** To sign them with. */
  readonly key: string;
}

const resultCodes: Readonly<Record<Status, { readonly vads_result: string; readonly vads_auth_result: string }>> = {
  AUTHORISED: { vads_result: '00', vads_auth_result: '00' },
  REFUSED: { vads_result: '05', vads_auth_result: '51' },
  ABANDONED: { vads_result: '17', vads_auth_result: '' },
  UNDER_VERIFICATION: { vads_result: '00', vads_auth_result: '00' },
  WAITING_AUTHORISATION: { vads_result: '00', vads_auth_result: '' },
};

export function messageOf(gateway: Gateway, payment: PayzenPayment): Message {
  const { mode, amountCents, operationType, status } = toldFacts(gateway.faults, payment);
  const key = keyOf(gateway, mode);
  return {
    key: gateway.faults.includes('wrong-signature') ? `${key}0` : key,
    fields: {
      ...echoOf(payment),
      ...payment.typed,
      ...cardFields(payment),
      ...resultCodes[payment.status ?? 'ABANDONED'],
      vads_amount: String(amountCents),
      vads_ctx_mode: mode,
      vads_capture_delay: String(payment.captureDelay),
      vads_effective_amount: String(amountCents),
      vads_effective_currency: '978',
      vads_effective_creation_date: writeDate(payment.decidedAt ?? payment.openedAt),
      vads_presentation_date: writeDate(captureTime(payment)),
      vads_operation_type: operationType,
      vads_trans_status: status,
      vads_extra_result: '',
      vads_warranty_result: '',
      vads_sequence_number: '1',
    },
  };
}

export function signMessage(gateway: Gateway, { fields, key }: Message): Record<string, string> {
  return { ...fields, signature: signatureOf(gateway, fields, key) };
}

/** Where the browser is sent back; undefined when the form named no address. Only `GET` brings the fields. */
export function returnAddress(gateway: Gateway, payment: PayzenPayment): string | undefined {
  const { vads_url_return: url = '', vads_return_mode: mode } = payment.request;
  if (url === '') return undefined;
  if (mode !== 'GET' || gateway.faults.includes('bare-return')) return url;
  const query = new URLSearchParams(signMessage(gateway, messageOf(gateway, payment)));
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** The fields of the form that come back: all but the addresses and settings of the page. */
function echoOf({ request }: PayzenPayment): Fields {
  const kept = Object.entries(request).filter(([name]) => /^vads_(?!url_|return_|redirect_)/.test(name));
  return Object.fromEntries(kept);
}

function cardFields(payment: PayzenPayment): Fields {
  const { id, status } = payment;
  const hasCard = hasTransaction(payment);
  return {
    vads_trans_uuid: hasCard ? id : '',
    vads_card_brand: hasCard ? 'CB' : '',
    vads_card_number: hasCard ? '497010XXXXXX0000' : '',
    vads_bank_label: hasCard ? 'Banque de démonstration générale de l’Étang' : '',
    vads_brand_management: hasCard ? '{"userChoice":false,"brandList":"CB|VISA","brand":"CB"}' : '',
    vads_auth_mode: status === 'WAITING_AUTHORISATION' ? 'MARK' : 'FULL',
    vads_auth_number: authorisationNumber(payment),
    vads_payment_certificate: status === 'AUTHORISED' ? createHash('sha1').update(id).digest('hex') : '',
  };
}

/** UTC, 14 digits. */
function writeDate(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/\D/g, '');
}
