/**
 * A stand-in for Lyra's gateway (PayZen, SystemPay): its payment form, notifications and REST question by order, with failures
 * on demand. It shares no line with `lib/`, so that the two cannot agree on a mistake. Everything is in memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Answer, pageAnswer, redirectTo, send, startListener } from '../http.ts';
import { type Decisions, makeDecisions } from './decisions.ts';
import type { PayzenFault } from './faults.ts';
import { takeForm } from './form.ts';
import { findPayment, type Gateway, type Shop } from './gateway.ts';
import { makeNotifier, type PayzenNotification } from './notifications.ts';
import { endPage, errorPage, paymentPage } from './pages.ts';
import { choicesOf, type Fields, isSessionOver, type PayzenOutcome, type PayzenPayment } from './payment.ts';
import { answerQuestion } from './restAnswer.ts';

export interface PayzenServerOptions extends Shop {
  /** Of 127.0.0.1; a free one without it. */
  readonly port?: number;
  readonly now?: () => Date;
}

/** A running stand-in. A payment is named by its id or its order; an unknown name is an Error. */
export interface PayzenServer {
  /** Without a final slash. */
  readonly url: string;
  readonly formUrl: string;
  readonly restUrl: string;
  stop(): Promise<void>;
  payments(): readonly PayzenPayment[];
  /** In order of sending; those that a fault lost on the way are among them. */
  notifications(): readonly PayzenNotification[];
  /** Replaces the faults. Several go wrong at once; an empty list ends them. */
  behave(faults: readonly PayzenFault[]): void;
  /**
   * Presses a button for the citizen.
   *
   * @param typed `vads_…` fields that the citizen typed on the bank's pages. All messages have them from now on.
   * @returns where the browser is sent, once the notification is over; undefined when the form named no address.
   * @throws Error for `accepted` when the capture is less than 8 days away.
   */
  decide(payment: string, outcome: PayzenOutcome, typed?: Fields): Promise<string | undefined>;
  /** The bank's late answer. @throws Error when the payment waits for none. */
  authorise(payment: string, outcome: 'paid' | 'refused'): Promise<void>;
  /** Tells again how a payment stands, as a person can from the back office. @throws Error when there is no transaction. */
  replay(payment: string): Promise<void>;
  /** Sends the late notifications. */
  flush(): Promise<void>;
  /** One round of the automatic retry, if the shop has it: each notification not answered 200, four times at most. */
  retry(): Promise<void>;
}

interface Context {
  readonly gateway: Gateway;
  readonly decisions: Decisions;
}

const formPath = '/vads-payment/';
const restPath = '/api-payment/V4/Order/Get';

/**
 * Starts it on the loopback interface.
 *
 * @throws Error `EADDRINUSE` when the port is taken.
 */
export async function startPayzenServer(options: PayzenServerOptions): Promise<PayzenServer> {
  const { now = () => new Date(), port } = options;
  const gateway: Gateway = { ...options, now, payments: [], usedTransIds: new Set(), faults: [] };
  const notifier = makeNotifier(gateway);
  const decisions = makeDecisions(gateway, notifier);
  const context = { gateway, decisions };
  const { url, stop } = await startListener((request, response) => serve(context, request, response), port);
  return {
    url,
    formUrl: `${url}${formPath}`,
    restUrl: url,
    stop,
    payments: () => gateway.payments,
    notifications: () => notifier.sent,
    behave(faults) {
      gateway.faults = faults;
    },
    async decide(name, outcome, typed = {}) {
      const payment = findPayment(gateway, name);
      payment.typed = { ...payment.typed, ...typed };
      return decisions.press(payment, outcome);
    },
    authorise: async (name, outcome) => decisions.authorise(findPayment(gateway, name), outcome),
    replay: async (name) => decisions.replay(findPayment(gateway, name)),
    flush: notifier.flush,
    retry: notifier.retry,
  };
}

async function serve(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (context.gateway.faults.includes('silent')) return;
  send(response, await answer(context, request, body));
}

async function answer({ gateway, decisions }: Context, request: IncomingMessage, body: string): Promise<Answer> {
  const { method, headers, url = '/' } = request;
  const { pathname } = new URL(url, 'http://127.0.0.1');
  if (pathname === restPath && method === 'POST') {
    return answerQuestion(gateway, { body, authorization: headers.authorization });
  }
  if (pathname === formPath && method === 'POST') return openPayment(gateway, body, headers.host);
  const payment = gateway.payments.find(({ id }) => pathname === pathOf(id));
  if (payment !== undefined && method === 'POST') {
    return pressButton({ gateway, decisions }, payment, new URLSearchParams(body).get('choice'));
  }
  if (payment !== undefined && method === 'GET') return showPayment(payment);
  return pageAnswer(endPage({ title: 'Page inconnue' }), 404);
}

function pathOf(id: string): string {
  return `${formPath}${id}`;
}

async function openPayment(gateway: Gateway, body: string, host = ''): Promise<Answer> {
  const taken = takeForm(gateway, body);
  if ('field' in taken) return pageAnswer(errorPage(taken));
  if (!gateway.faults.includes('leads-on')) return showPayment(taken);
  // The payment's page, under the other name of this machine.
  return redirectTo(`http://${host.replace('127.0.0.1', 'localhost')}${pathOf(taken.id)}`);
}

async function showPayment(payment: PayzenPayment): Promise<Answer> {
  if (payment.status !== undefined) return pageAnswer(endPage({ title: 'Paiement terminé' }));
  const { id, orderId, amountCents, mode } = payment;
  const choices = choicesOf(payment);
  return pageAnswer(paymentPage({ path: pathOf(id), orderId, amountCents, isTest: mode === 'TEST', choices }));
}

async function pressButton(
  { gateway, decisions }: Context,
  payment: PayzenPayment,
  choice: string | null,
): Promise<Answer> {
  const outcome = choicesOf(payment).find((known) => known === choice);
  if (outcome === undefined) return pageAnswer(endPage({ title: 'Choix inconnu' }), 400);
  const isExpired = payment.status === undefined && isSessionOver(payment, gateway.now());
  const returnUrl = await decisions.press(payment, outcome);
  if (returnUrl !== undefined && !isExpired && !gateway.faults.includes('stay')) return redirectTo(returnUrl, 303);
  const title = isExpired ? 'Session de paiement expirée' : 'Paiement terminé';
  return pageAnswer(endPage({ title, ...(returnUrl === undefined ? {} : { returnUrl }) }));
}
