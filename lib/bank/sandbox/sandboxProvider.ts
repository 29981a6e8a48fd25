/**
 * The provider for the sandbox bank, for laptops and demonstrations (`lib/sandboxBank`).
 *
 * The protocol. A message is a set of fields, signed as `sandboxSignature.ts` says with a key that both sides hold.
 *
 * - Opening: `POST {url}/payments`, a signed form of `reference` (ours, used once), `shop`, `mode` (always `test`), `amount`
 *   (cents), `currency`, `label`, `email` (optional), `capture_delay` (days), `return_url` (without a query string),
 *   `notification_url`, `language`. Answer: 201 with the JSON `{id, redirect: {method, url, fields?}, expires_at}`; 400 for a
 *   faulty order, 403 for a wrong signature, 409 for a reference used before; 503 when nothing was done.
 * - The citizen pays at `redirect`, and is sent back to `return_url` with a signed message in the query string.
 * - The bank posts the same message as a form to `notification_url`. It does not look at the answer, and sends nothing again.
 * - Question: `GET {url}/payments/{reference}?shop=…&signature=…`, whose signature covers `reference` and `shop`. Answer: 200
 *   with the signed message in JSON, 404 for a payment that the bank does not know, 403 for a wrong signature.
 *
 * A message has `reference`, `shop`, `mode`, `amount`, `currency`, `status`, `date` (when that status began, ISO 8601),
 * `transaction` once the citizen has decided, and `capture_date` (`yyyy-mm-dd`) when the money is taken later. Statuses:
 * `created`, `pending`, `accepted` (to be authorised later), `paid`, `refused`, `abandoned`, `expired`.
 */
import { parseQueryString, type QueryParameter } from '../../publik/queryString.ts';
import { AppError } from '../../values/errors.ts';
import { callBank } from '../bankCall.ts';
import { answerPlainly } from '../notificationAnswer.ts';
import type { AskableProvider, OpenedPayment, PaymentOrder, Redirect } from '../paymentProvider.ts';
import { readReport } from './sandboxMessage.ts';
import { encodeFields, type Fields, readSignedFields, signFields } from './sandboxSignature.ts';

/** A regie's account at the sandbox bank. */
export interface SandboxAccount {
  /** Address of the bank, without a final slash. */
  readonly url: string;
  readonly key: string;
  /** Id of the regie. */
  readonly shop: string;
  readonly requiresEmail: boolean;
}

type Json = Readonly<Record<string, unknown>>;

export function sandboxProvider({ url, key, shop, requiresEmail }: SandboxAccount): AskableProvider {
  return {
    shop,
    mode: 'test',
    requiresEmail,

    async open(order) {
      const { status, text } = await callBank(`${url}/payments`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: encodeFields(signFields(orderFields(order, shop), key)),
      });
      if (status >= 400) throw new AppError('bank-rejected');
      return readOpening(status === 201 ? readObject(text) : undefined);
    },

    read({ channel, rawQuery, body }) {
      // An address may have gathered parameters of others on its way. They prove nothing.
      const parameters = parseQueryString(channel === 'return' ? rawQuery : body).filter(isOfMessage);
      // A bare link that somebody kept: it has no message, and proves nothing.
      if (parameters.length === 0) return undefined;
      return readReport(readSignedFields(parameters, key));
    },

    answer: (refusal) => answerPlainly(refusal, 400),

    async ask({ reference }) {
      const { signature = '' } = signFields({ reference, shop }, key);
      const address = `${url}/payments/${reference}?${encodeFields({ shop, signature })}`;
      const { status, text } = await callBank(address, { isQuestion: true });
      if (status >= 400) throw new AppError('bank-rejected');
      const answer = status === 200 ? readObject(text) : undefined;
      if (answer === undefined) throw new AppError('bank-outcome-unknown');
      const parameters = Object.entries(answer).map(([name, value]) => {
        return { name, value: typeof value === 'string' && value.isWellFormed() ? value : null };
      });
      return readReport(readSignedFields(parameters, key));
    },
  };
}

/** All that a message may have. */
const messageFields: readonly (string | null)[] =
  'reference shop mode amount currency status date transaction capture_date signature'.split(' ');

function isOfMessage({ name }: QueryParameter): boolean {
  return messageFields.includes(name);
}

function orderFields(order: PaymentOrder, shop: string): Fields {
  return {
    reference: order.reference,
    shop,
    mode: 'test',
    amount: String(order.amountCents),
    currency: order.currency,
    label: order.label,
    ...(order.email === undefined ? {} : { email: order.email }),
    capture_delay: String(order.captureDelayDays),
    return_url: order.returnUrl,
    notification_url: order.notificationUrl,
    language: order.language,
  };
}

/**
 * @throws AppError `bank-outcome-unknown` for anything but the documented answer: the bank may have created a payment even so.
 */
function readOpening(answer: Json | undefined): OpenedPayment {
  const redirect = readRedirect(answer?.['redirect']);
  const id = answer?.['id'];
  const end = new Date(String(answer?.['expires_at']));
  if (typeof id !== 'string' || id.length > 255 || redirect === undefined || Number.isNaN(end.getTime())) {
    throw new AppError('bank-outcome-unknown');
  }
  return { redirect, bankReference: id, sessionEndsAt: end, resumableUntil: end };
}

function readRedirect(value: unknown): Redirect | undefined {
  if (!isObject(value)) return undefined;
  const { method, url, fields } = value;
  const address = typeof url === 'string' ? URL.parse(url) : null;
  if (address === null || !/^https?:$/.test(address.protocol)) return undefined;
  if (method === 'GET') return { method, url: address.href };
  return method === 'POST' && isTexts(fields) ? { method, url: address.href, fields } : undefined;
}

/** The JSON object of an answer; undefined for anything else. */
function readObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // What to do with an unreadable answer depends on the question.
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Fields {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}
