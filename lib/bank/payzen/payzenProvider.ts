/**
 * The adapter to PayZen and the other brands of Lyra's gateway: a form posted by the citizen's browser (protocol V2), signed
 * messages, and, for a shop that has bought the REST API, a question.
 *
 * Opening speaks to nobody: the gateway sees the form when the browser posts it. Both messages carry the same fields; the
 * notification also comes without the citizen, so it is the one that shops are told to rely on, but the signature is as good
 * on the return. An abandoned payment is notified only where the back office says so.
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

/** Where each brand of the gateway takes forms and questions; test and production at the same address. */
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

/** What is needed to deal with the gateway in a regie's name. */
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

/** Who has had which transaction id: the gateway takes each once a day, UTC, from each shop. */
export interface TransIdRegister {
  /** True when nobody had this id for this shop and UTC day, `yyyymmdd`: from now on the caller has. */
  claim(shop: string, utcDay: string, transId: string): Promise<boolean>;
}

/** What the adapter does not find in the account. */
export interface PayzenDeps {
  readonly now: () => Date;
  readonly transIds: TransIdRegister;
  /** Six characters of `0-9a-z`: the gateway does not tell capitals from small letters. */
  readonly drawTransId: () => string;
}

/** One draw in a thousand million meets another of the day: so many in a row are a fault. */
const maximumDraws = 10;

/** The rest is for clocks that differ. */
const resumableMs = (formMinutes - 5) * 60_000;

/** One that can be asked when the account has `rest`. */
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
      // What could say two things proves nothing: a bank that can be asked says which.
      const isUseless = fields === undefined || (rest !== undefined && isAmbiguous(fields));
      return isUseless ? undefined : readMessage(fields);
    },
    answer: (refusal) => answerPlainly(refusal, 400),
  };
  if (rest === undefined) return provider;
  return { ...provider, ask: (attempt) => askOrder({ siteId, mode, rest }, attempt, deps.now()) };
}

/**
 * A form to post. A citizen who comes back before posting it may have it again: otherwise the item would stay locked, and
 * unpaid, until the end of a session that never was. Nor can it be paid twice: the gateway refuses the second form with one
 * transaction id, so that a citizen who did post it meets the gateway's error, and no second payment.
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
