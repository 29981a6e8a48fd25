/** The REST question by order (`Order/Get`), and its answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../http.ts';
import { type RestTransaction, toldFacts, toldTransactions } from './faults.ts';
import type { Gateway } from './gateway.ts';
import {
  authorisationNumber,
  captureTime,
  hasTransaction,
  type Mode,
  type PayzenPayment,
  type Status,
} from './payment.ts';

export interface Question {
  readonly body: string;
  /** The header of that name. */
  readonly authorization: string | undefined;
}

const restStatuses: Readonly<Record<Status, string>> = {
  AUTHORISED: 'PAID',
  REFUSED: 'UNPAID',
  ABANDONED: 'UNPAID',
  UNDER_VERIFICATION: 'RUNNING',
  WAITING_AUTHORISATION: 'RUNNING',
};

const badGateway: Answer = { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' };

export async function answerQuestion(gateway: Gateway, question: Question): Promise<Answer> {
  for (const fault of gateway.faults) {
    if (typeof fault === 'object' && 'restSlowMs' in fault) await sleep(fault.restSlowMs, undefined, { ref: false });
  }
  if (gateway.faults.includes('rest-502')) return badGateway;
  const whole = JSON.stringify(answerBody(gateway, question));
  const body = gateway.faults.includes('rest-truncated') ? whole.slice(0, whole.length / 2) : whole;
  return { status: 200, contentType: 'application/json;charset=UTF-8', body };
}

/** Errors come with status 200 too. */
function answerBody(gateway: Gateway, { body, authorization }: Question): object {
  const mode = modeOfPassword(gateway, authorization);
  if (mode === undefined) return errorBody(gateway, 'INT_905', 'invalid login or private key');
  const wanted = readOrderId(body);
  const known = gateway.payments.filter((payment) => payment.orderId === wanted && payment.mode === mode);
  const payments = known.filter(hasTransaction);
  const [first] = payments;
  if (first === undefined) return errorBody(gateway, 'PSP_010', 'transaction not found');
  const { amountCents, mode: toldMode } = toldFacts(gateway.faults, first);
  return envelope(gateway, 'SUCCESS', {
    shopId: gateway.siteId,
    orderDetails: { orderId: wanted, mode: toldMode, orderTotalAmount: amountCents, orderCurrency: 'EUR' },
    transactions: payments.flatMap((payment) => toldTransactions(gateway.faults, transactionOf(gateway, payment))),
    _type: 'V4/Order',
  });
}

function modeOfPassword({ siteId, restPasswords }: Gateway, authorization: string | undefined): Mode | undefined {
  if (restPasswords === undefined) return undefined;
  const basic = (password: string) => `Basic ${Buffer.from(`${siteId}:${password}`).toString('base64')}`;
  if (authorization === basic(restPasswords.test)) return 'TEST';
  return authorization === basic(restPasswords.production) ? 'PRODUCTION' : undefined;
}

function readOrderId(body: string): unknown {
  try {
    const question: unknown = JSON.parse(body);
    return typeof question === 'object' && question !== null && 'orderId' in question ? question.orderId : undefined;
  } catch {
    // No order has this name, so the answer is "not found".
    return undefined;
  }
}

function transactionOf(gateway: Gateway, payment: PayzenPayment): RestTransaction {
  const { amountCents, operationType, status } = toldFacts(gateway.faults, payment);
  const { id, orderId, request, decidedAt = payment.openedAt } = payment;
  return {
    shopId: gateway.siteId,
    uuid: id,
    orderId,
    amount: amountCents,
    currency: 'EUR',
    paymentMethodType: 'CARD',
    status: restStatuses[payment.status ?? 'ABANDONED'],
    detailedStatus: status,
    operationType,
    creationDate: writeDate(decidedAt),
    errorCode: status === 'REFUSED' ? 'ACQ_001' : null,
    transactionDetails: {
      sequenceNumber: 1,
      cardDetails: {
        expectedCaptureDate: writeDate(captureTime(payment)),
        effectiveBrand: 'CB',
        pan: '497010XXXXXX0000',
        legacyTransId: request['vads_trans_id'],
        authorizationResponse: { authorizationNumber: authorisationNumber(payment) },
      },
    },
    _type: 'V4/PaymentTransaction',
  };
}

function writeDate(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, '+00:00');
}

function errorBody(gateway: Gateway, errorCode: string, errorMessage: string): object {
  return envelope(gateway, 'ERROR', { errorCode, errorMessage, _type: 'V4/WebService/WebServiceError' });
}

function envelope({ now }: Gateway, status: 'SUCCESS' | 'ERROR', answer: object): object {
  const serverDate = writeDate(now());
  return { webService: 'Order/Get', version: 'V4', status, answer, serverDate, _type: 'V4/WebService/Response' };
}
