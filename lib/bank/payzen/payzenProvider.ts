/**
 * The provider for PayZen and the other brands of Lyra's gateway. The citizen's browser posts a form (protocol V2), and the
 * gateway sends signed messages. A shop that has bought the REST API can also be asked.
 *
 * Opening makes no call: the gateway sees the form when the browser posts it. The return and the notification carry the same
 * fields, and the signature is as good on both. Shops are told to rely on the notification, since it also comes without the
 * citizen. An abandoned payment is notified only if the back office says so.
 */
import { parseQueryString } from '../../publik/queryString.ts';
import { AppError } from '../../values/errors.ts';
import { answerPlainly } from '../notificationAnswer.ts';
import type { AskableProvider, OpenedPayment, PaymentOrder, PaymentProvider } from '../paymentProvider.ts';
import { isAmbiguous } from './ambiguity.ts';
import { readMessage } from './payzenMessage.ts';
import { orderFields } from './payzenOrder.ts';
import { readSignedFields, type SigningKey, signFields } from './payzenSignature.ts';
import { formMinutes } from './profile.ts';
import { askOrder, type RestAccount } from './restApi.ts';

/** The addresses of each brand of the gateway, for forms and for questions. They are the same for test and production. */
export const payzenBrands = {
  payzen: { formUrl: 'https://secure.payzen.eu/vads-payment/', restUrl: 'https://api.payzen.eu' },
  systempay: { formUrl: 'https://paiement.systempay.fr/vads-payment/', restUrl: 'https://api.systempay.fr' },
  // Neither address was verified: only the host of the documentation is known.
  scellius: {
    formUrl: 'https://scelliuspaiement.labanquepostale.fr/vads-payment/',
    restUrl: 'https://api.scelliuspaiement.labanquepostale.fr',
  },
  // Neither address was verified: only the host of the documentation is known.
  sogecommerce: {
    formUrl: 'https://sogecommerce.societegenerale.eu/vads-payment/',
    restUrl: 'https://api-sogecommerce.societegenerale.eu',
  },
} as const satisfies Record<string, { formUrl: string; restUrl: string }>;

/** A regie's account at the gateway, with its keys and addresses. */
export interface PayzenAccount extends SigningKey {
  /** The shop: 8 digits. */
  readonly siteId: string;
  /** Each has a key of its own. */
  readonly mode: 'test' | 'production';
  /** Where the form is posted. */
  readonly url: string;
  /** Present when the shop can be asked. */
  readonly rest?: RestAccount['rest'];
  readonly requiresEmail?: boolean;
}

/** The register of used transaction ids. The gateway takes each id once from each shop in a UTC day. */
export interface TransIdRegister {
  /** Takes an id for a shop and a UTC day, `yyyymmdd`. Returns false when somebody had it before. */
  claim(shop: string, utcDay: string, transId: string): Promise<boolean>;
}

/** What the provider needs beside the account. */
export interface PayzenDeps {
  readonly now: () => Date;
  readonly transIds: TransIdRegister;
  /** Six characters of `0-9a-z`: the gateway does not tell capitals from small letters. */
  readonly drawTransId: () => string;
}

/** Draws for one order. One draw in a thousand million meets another of the day: ten such draws in a row are a fault. */
const maximumDraws = 10;

/** Five minutes less than the gateway allows, for clocks that differ. */
const resumableMs = (formMinutes - 5) * 60_000;

/** The provider of an account. It can be asked when the account has `rest`. */
export function payzenProvider(account: PayzenAccount, deps: PayzenDeps): PaymentProvider | AskableProvider {
  const { siteId, mode, rest, requiresEmail = false } = account;
  const provider: PaymentProvider = {
    shop: siteId,
    mode,
    requiresEmail,
    open: (order) => openPayment(order, account, deps),
    read({ channel, rawQuery, body }) {
      const parameters = parseQueryString(channel === 'return' ? rawQuery : body);
      const fields = readSignedFields(parameters, account);
      // An ambiguous message proves nothing. A bank that can be asked is asked.
      const isUseless = fields === undefined || (rest !== undefined && isAmbiguous(fields));
      return isUseless ? undefined : readMessage(fields);
    },
    answer: (refusal) => answerPlainly(refusal, 400),
  };
  if (rest === undefined) return provider;
  return { ...provider, ask: (attempt) => askOrder({ siteId, mode, rest }, attempt, deps.now()) };
}

/**
 * A form to post. A citizen who comes back may have the same form again: otherwise the item would stay locked, and unpaid,
 * until the end of a session that never began. Nobody can pay twice with it: the gateway refuses a second form with the same
 * transaction id. A citizen who did post it meets the gateway's error, and makes no second payment.
 *
 * @throws AppError `bank-rejected` for a currency other than the euro, `bank-unavailable` when no transaction id is free.
 */
async function openPayment(order: PaymentOrder, account: PayzenAccount, deps: PayzenDeps): Promise<OpenedPayment> {
  if (order.currency !== 'EUR') throw new AppError('bank-rejected');
  const now = deps.now();
  const transDate = now.toISOString().replace(/\D/g, '').slice(0, 14);
  const transId = await claimTransId(account.siteId, transDate.slice(0, 8), deps);
  const fields = signFields(orderFields(order, account, { transDate, transId }), account);
  return {
    redirect: { method: 'POST', url: account.url, fields },
    bankReference: `${transDate}_${transId}`,
    resumableUntil: new Date(now.getTime() + resumableMs),
  };
}

async function claimTransId(shop: string, utcDay: string, { transIds, drawTransId }: PayzenDeps): Promise<string> {
  for (let draw = 0; draw < maximumDraws; draw += 1) {
    const transId = drawTransId();
    if (await transIds.claim(shop, utcDay, transId)) return transId;
  }
  throw new AppError('bank-unavailable');
}
