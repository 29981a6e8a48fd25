/**
 * Asks PayZen what became of an order, by its REST API V4.
 *
 * `POST {url}/api-payment/V4/Order/Get` with `{"orderId"}`, Basic authentication by the shop's id and the password of the mode.
 * Recorded answers (https://github.com/openfun/joanie, January 2025):
 * `{status: 'SUCCESS', mode, answer: {orderId, shopId, transactions}}`, and `{status: 'ERROR', answer: {errorCode: 'PSP_010'}}`
 * for an order without a transaction.
 *
 * Assumed: a payment still under way at the gateway has no transaction yet, and every other error is final.
 */
import { AppError, type DenialReason } from '../../values/errors.ts';
import { callBank } from '../bankCall.ts';
import type { AskedAttempt, PaymentReport } from '../paymentProvider.ts';
import { reportOrder } from './orderReport.ts';
import { payzenProfile } from './profile.ts';
import { isObject, type Json, objectIn, readTransaction } from './transaction.ts';

/** A shop that can be asked. */
export interface RestAccount {
  readonly siteId: string;
  readonly mode: 'test' | 'production';
  readonly rest: {
    /** Without a final slash. */
    readonly url: string;
    /** The password of the mode. */
    readonly password: string;
  };
}

/**
 * @param now decides whether an order without a transaction may still be paid.
 * @throws AppError `bank-unavailable`, `bank-outcome-unknown`, `bank-rejected`, `bank-message-refused`.
 */
export async function askOrder(account: RestAccount, attempt: AskedAttempt, now: Date): Promise<PaymentReport> {
  const response = await getOrder(account, attempt.reference);
  const answer = objectIn(response, 'answer');
  if (response['status'] === 'ERROR') {
    if (answer['errorCode'] !== 'PSP_010') throw new AppError('bank-rejected');
    return reportNothing(account, attempt, now);
  }
  const { transactions } = answer;
  if (response['status'] !== 'SUCCESS' || !Array.isArray(transactions)) refuse('message-malformed');
  const asked = { ...attempt, shop: account.siteId, mode: account.mode };
  const read = withoutRepeated(transactions).map((transaction) =>
    readTransaction(transaction, { answer, mode: response['mode'], asked }),
  );
  const found = read.filter((each) => each !== undefined);
  return reportOrder(found, asked) ?? reportNothing(account, attempt, now);
}

/** A transaction that is told twice is one: its money would be counted twice, and owed back. */
function withoutRepeated(transactions: readonly unknown[]): unknown[] {
  const texts = transactions.map((transaction) => JSON.stringify(transaction));
  return transactions.filter((transaction, index) => {
    const isNamed = isObject(transaction) && typeof transaction['uuid'] === 'string';
    return !isNamed || texts.indexOf(texts[index] ?? '') === index;
  });
}

async function getOrder({ siteId, rest }: RestAccount, reference: string): Promise<Json> {
  const { status, text } = await callBank(`${rest.url}/api-payment/V4/Order/Get`, {
    method: 'POST',
    isQuestion: true,
    // An order has all its transactions in one answer, each with its card and its checks.
    maximumBytes: 1_048_576,
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${siteId}:${rest.password}`).toString('base64')}`,
    },
    body: JSON.stringify({ orderId: reference }),
  });
  if (status >= 400) throw new AppError('bank-rejected');
  const response = status === 200 ? readObject(text) : undefined;
  if (response === undefined) throw new AppError('bank-outcome-unknown');
  return response;
}

/** The report without a transaction: the citizen never posted the form, or has not decided yet. */
function reportNothing({ siteId, mode }: RestAccount, attempt: AskedAttempt, now: Date): PaymentReport {
  const { reference, amountCents, currency, createdAt } = attempt;
  const ageMs = now.getTime() - new Date(createdAt).getTime();
  return {
    outcome: ageMs < payzenProfile.sessionMs ? 'open' : 'expired',
    reference,
    amountCents,
    currency,
    shop: siteId,
    mode,
  };
}

function readObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // The caller says what an unreadable answer means.
    return undefined;
  }
}

function refuse(reason: DenialReason): never {
  throw new AppError('bank-message-refused', { reason });
}
