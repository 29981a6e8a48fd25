/**
 * A stand-in for PayFiP Régie: its web service, payment page and notifications, with failures on demand. It shares no line
 * with `lib/`, so that the two cannot agree on a mistake. Everything is in memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Answer, type Page, pageAnswer, redirectTo, send, startListener } from '../http.ts';
import type { PayfipFaults } from './faults.ts';
import { type Client, findPayment, type Gateway } from './gateway.ts';
import { makeNotifier, type Notifier, type SentNotification } from './notifications.ts';
import { errorPage, paymentPage, returnPage } from './pages.ts';
import { decide, markOpened, type Payment } from './payment.ts';
import { Refusal } from './refusal.ts';
import { serveSoap } from './webService.ts';

export interface PayfipServerOptions extends Pick<Client, 'numcli'>, Partial<Pick<Client, 'names'>> {
  /** Of 127.0.0.1; a free one without it. */
  readonly port?: number;
  readonly now?: () => Date;
}

/** A running stand-in. An unknown idop is an Error. */
export interface PayfipServer {
  /** Without a final slash. */
  readonly url: string;
  readonly soapUrl: string;
  /** To be followed by `?idop=`. */
  readonly pageUrl: string;
  stop(): Promise<void>;
  payments(): readonly Payment[];
  /** In order of sending, without those that wait for `flush`. */
  notifications(): readonly SentNotification[];
  /** Replaces the faults; `{}` ends them. */
  behave(faults: PayfipFaults): void;
  /** A night goes by: PayFiP forgets what has no result. */
  purge(): void;
  /** Sends one more notification, whatever the faults. */
  notify(idop: string): Promise<SentNotification>;
  /** Sends the late notifications. */
  flush(): Promise<void>;
}

interface Context {
  readonly gateway: Gateway;
  readonly notifier: Notifier;
}

const soapPath = '/tpa/services/securite';
const pagePath = '/tpa/paiementws.web';

/**
 * Starts it on the loopback interface.
 *
 * @throws Error `EADDRINUSE` when the port is taken.
 */
export async function startPayfipServer(options: PayfipServerOptions): Promise<PayfipServer> {
  const { numcli, names = ['Simulateur PayFiP'], port, now = () => new Date() } = options;
  const gateway: Gateway = { client: { numcli, names }, now, payments: new Map(), faults: {} };
  const notifier = makeNotifier(gateway);
  const context = { gateway, notifier };
  const { url, stop } = await startListener((request, response) => serve(context, request, response), port);
  return {
    url,
    soapUrl: `${url}${soapPath}`,
    pageUrl: `${url}${pagePath}`,
    stop,
    payments: () => [...gateway.payments.values()],
    notifications: () => notifier.sent,
    behave(faults) {
      gateway.faults = faults;
    },
    purge() {
      for (const payment of gateway.payments.values()) payment.isPurged ||= payment.decision === undefined;
    },
    notify: async (idop) => notifier.notify(findPayment(gateway, idop)),
    flush: notifier.flush,
  };
}

async function serve(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname === soapPath && request.method === 'POST') return serveSoap(context.gateway, request, response);
  if (pathname === pagePath && request.method === 'GET') {
    return send(response, await openPage(context, request, searchParams.get('idop') ?? ''));
  }
  if (pathname === pagePath && request.method === 'POST') {
    return send(response, await press(context, new URLSearchParams(await text(request))));
  }
  const status = pathname === soapPath || pathname === pagePath ? 405 : 404;
  send(response, { status, contentType: 'text/html', body: '' });
}

function openPage({ gateway }: Context, { headers, url = '' }: IncomingMessage, idop: string): Promise<Answer> {
  const { host = '' } = headers;
  return answerPage(async () => {
    // The same page, under the other name of this machine.
    if (gateway.faults.leadsOn === true && host.startsWith('127.0.0.1')) {
      return redirectTo(`http://${host.replace('127.0.0.1', 'localhost')}${url}`);
    }
    const payment = findPayment(gateway, idop);
    markOpened(payment, gateway.now());
    return uncachedPage(paymentPage(payment, pagePath));
  });
}

function press({ gateway, notifier }: Context, form: URLSearchParams): Promise<Answer> {
  return answerPage(async () => {
    const payment = findPayment(gateway, form.get('idop') ?? '');
    decide(payment, form.get('resultrans'), gateway.now());
    await notifier.notifyByPlan(payment);
    return goBack(gateway, payment);
  });
}

/** A refusal is a page, too. */
async function answerPage(make: () => Promise<Answer>): Promise<Answer> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Refusal) return uncachedPage(errorPage(error.code, error.message), 403);
    throw error;
  }
}

async function goBack({ faults }: Gateway, { idop, order }: Payment): Promise<Answer> {
  const { name = 'idop', method = 'GET' } = faults.back ?? {};
  const address = order['urlredirect'] ?? '';
  if (method === 'POST') return uncachedPage(returnPage(address, [name, idop]));
  return redirectTo(`${address}${address.includes('?') ? '&' : '?'}${name}=${idop}`, 303);
}

async function uncachedPage(page: Page, status = 200): Promise<Answer> {
  const answer = await pageAnswer(page, status);
  return { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } };
}
