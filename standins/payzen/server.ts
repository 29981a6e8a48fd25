/**
 * A stand-in for Lyra's gateway (PayZen, SystemPay): its payment form, its notifications, its question by order, and failures
 * on demand. Written without a line of `lib/`, so that the two cannot agree on a mistake. All is in memory.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { endPage, errorPage, type PayzenOutcome, paymentPage } from './pages.ts';

export interface PayzenServerOptions {
  /** Eight digits. */
  readonly siteId: string;
  readonly keys: ByMode;
  /** A setting of the shop, which no message tells; `hmac-sha256` without it. */
  readonly algorithm?: 'hmac-sha256' | 'sha1';
  /** Without them, every question is answered INT_905. */
  readonly restPasswords?: ByMode;
  /** Of 127.0.0.1; a free one without it. */
  readonly port?: number;
  readonly now?: () => Date;
  /** The back office's rule for payments that were given up, off as it is there. */
  readonly notifiesAbandons?: boolean;
  /** The back office's automatic retry, off as it is there. */
  readonly retries?: boolean;
}

type ByMode = { readonly test: string; readonly production: string };
type Mode = 'TEST' | 'PRODUCTION';
type Fields = Readonly<Record<string, string>>;

/** `vads_trans_status`, as far as this gateway goes. */
type Status = 'AUTHORISED' | 'REFUSED' | 'ABANDONED' | 'UNDER_VERIFICATION' | 'WAITING_AUTHORISATION';

/** `vads_url_check_src`. */
type Source = 'PAY' | 'BO' | 'BATCH_AUTO' | 'BATCH' | 'RETRY';

/**
 * What goes wrong. Of a notification: `lost` on its way, `doubled`, or `late`, until `flush`. Of all that is said of a payment:
 * a cent more (`wrong-amount`), the other mode with that mode's own key, `credit` instead of debit, `unknown-status`. Of what
 * is signed: `wrong-signature`. Of the browser's return: `bare-return` has no fields, `stay` waits for a click. `leads-on`: the form
 * is answered by a redirect to another host of the bank's own. Of a question: an HTML 502, an answer cut in the middle, one after
 * so many milliseconds, or other transactions than the true one: a voucher and a card, one that leaves something out. `silent`:
 * every call is read, none answered.
 */
export type PayzenFault =
  | 'lost'
  | 'doubled'
  | 'late'
  | 'wrong-amount'
  | 'wrong-signature'
  | 'other-mode'
  | 'credit'
  | 'unknown-status'
  | 'bare-return'
  | 'stay'
  | 'leads-on'
  | 'rest-502'
  | 'rest-truncated'
  | 'silent'
  | { readonly restSlowMs: number }
  | { readonly restTells: (transaction: RestTransaction) => readonly unknown[] };

/** A transaction as the REST API tells it. */
export type RestTransaction = Readonly<Record<string, unknown>> & { readonly uuid: string; readonly amount: number };

/** A payment whose form was taken. */
export interface PayzenPayment {
  /** `vads_trans_uuid`, and the end of the payment page's address. */
  readonly id: string;
  /** Blank when the form named none. */
  readonly orderId: string;
  readonly mode: Mode;
  readonly amountCents: number;
  /** Days, 365 at most. */
  readonly captureDelay: number;
  /** The form, as it was decoded. */
  readonly request: Fields;
  readonly openedAt: Date;
  /** What the citizen typed here. */
  typed: Fields;
  /** Both are undefined as long as nobody has chosen. */
  status?: Status;
  decidedAt?: Date;
}

/** One notification on its way, or at its end. */
export interface PayzenNotification {
  readonly orderId: string;
  readonly source: Source;
  readonly url: string;
  /** As sent, signature included. */
  readonly fields: Fields;
  readonly at: Date;
  /** What was answered; undefined when nothing was. */
  status?: number;
}

/** A running stand-in. Wherever a payment is named, by its id or its order, one that is unknown is an Error. */
export interface PayzenServer {
  /** Without a final slash. */
  readonly url: string;
  readonly formUrl: string;
  readonly restUrl: string;
  stop(): Promise<void>;
  payments(): readonly PayzenPayment[];
  /** All that were sent, in their order; those that a fault has lost on the way are among them. */
  notifications(): readonly PayzenNotification[];
  /** What goes wrong from now on, all at once; none with an empty list. */
  behave(faults: readonly PayzenFault[]): void;
  /**
   * Presses a button for the citizen.
   *
   * @param typed `vads_…` fields that the citizen has filled in on the bank's pages, as all messages have them from now on.
   * @returns where the browser is sent, once the notification is over; undefined without an address for it.
   * @throws Error for `accepted` when the capture is less than 8 days away.
   */
  decide(payment: string, outcome: PayzenOutcome, typed?: Fields): Promise<string | undefined>;
  /** The bank's late word on a payment that waits for it. @throws Error when none waits. */
  authorise(payment: string, outcome: 'paid' | 'refused'): Promise<void>;
  /** Tells again how a payment stands, as a person may from the back office. @throws Error when there is no transaction. */
  replay(payment: string): Promise<void>;
  /** Sends what is late. */
  flush(): Promise<void>;
  /** One round of the automatic retry, where that is on: once more each notification not answered 200, four times at most. */
  retry(): Promise<void>;
}

/** What was to be told, and may have to be again: what is lied about once stays a lie. */
interface Statement {
  readonly payment: PayzenPayment;
  readonly url: string;
  readonly fields: Fields;
  readonly key: string;
  retriesLeft: number;
  isTaken: boolean;
}

interface World extends PayzenServerOptions {
  readonly now: () => Date;
  readonly payments: PayzenPayment[];
  /** UTC day and number, in lower case. */
  readonly usedTransIds: Set<string>;
  readonly notifications: PayzenNotification[];
  /** Those that were sent. */
  readonly statements: Set<Statement>;
  late: (() => Promise<void>)[];
  faults: readonly PayzenFault[];
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const formPath = '/vads-payment/';
const sessionMs = 10 * 60_000;
const oldestFormMs = 30 * 60_000;
const newestFormMs = 90 * 60_000;
const dayMs = 24 * 60 * 60_000;
const longestCaptureDelay = 365;
/** A capture later than this is authorised only when it comes near. */
const longestAuthorisationDays = 7;
const notificationTimeoutMs = 10_000;

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

const statuses: Readonly<Record<PayzenOutcome, Status>> = {
  paid: 'AUTHORISED',
  refused: 'REFUSED',
  abandoned: 'ABANDONED',
  pending: 'UNDER_VERIFICATION',
  accepted: 'WAITING_AUTHORISATION',
};

const results: Readonly<
  Record<Status, { readonly result: string; readonly authResult: string; readonly rest: string }>
> = {
  AUTHORISED: { result: '00', authResult: '00', rest: 'PAID' },
  REFUSED: { result: '05', authResult: '51', rest: 'UNPAID' },
  ABANDONED: { result: '17', authResult: '', rest: 'UNPAID' },
  UNDER_VERIFICATION: { result: '00', authResult: '00', rest: 'RUNNING' },
  WAITING_AUTHORISATION: { result: '00', authResult: '', rest: 'RUNNING' },
};

/**
 * Starts it on the loopback interface.
 *
 * @throws Error `EADDRINUSE` when the port is taken.
 */
export async function startPayzenServer(options: PayzenServerOptions): Promise<PayzenServer> {
  const { now = () => new Date(), port = 0 } = options;
  const kept = { payments: [], usedTransIds: new Set<string>(), notifications: [], statements: new Set<Statement>() };
  const world: World = { ...options, ...kept, now, late: [], faults: [] };
  const server = createServer((request, response) => {
    // The client is gone.
    serve(world, request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    formUrl: `${url}${formPath}`,
    restUrl: url,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    payments: () => world.payments,
    notifications: () => world.notifications,
    behave(faults) {
      world.faults = faults;
    },
    async decide(name, outcome, typed = {}) {
      const payment = findPayment(world, name);
      payment.typed = { ...payment.typed, ...typed };
      return press(world, payment, outcome);
    },
    authorise: async (payment, outcome) => authorise(world, findPayment(world, payment), outcome),
    replay: async (payment) => replay(world, findPayment(world, payment)),
    async flush() {
      const { late } = world;
      world.late = [];
      for (const send of late) await send();
    },
    retry: () => retry(world),
  };
}

function findPayment({ payments }: World, name: string): PayzenPayment {
  const found = payments.findLast(({ id, orderId }) => id === name || orderId === name);
  if (found === undefined) throw new Error('There is no such payment.');
  return found;
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (world.faults.includes('silent')) return;
  if (pathname === '/api-payment/V4/Order/Get' && request.method === 'POST') {
    await serveQuestion(world, { body, authorization: request.headers.authorization }, response);
    return;
  }
  const payment = world.payments.find(({ id }) => pathname === `${formPath}${id}`);
  if (pathname === formPath && request.method === 'POST') {
    const { host = '' } = request.headers;
    return send(response, await openPayment(world, { body, host }));
  }
  if (payment !== undefined && request.method === 'POST') {
    return send(response, await servePress(world, payment, new URLSearchParams(body).get('choice')));
  }
  if (payment !== undefined && request.method === 'GET') return send(response, await showPayment(payment));
  send(response, await pageAnswer(endPage({ title: 'Page inconnue' }), 404));
}

/** The payment's page, under the other name of this machine. */
function elsewhere(host: string, { id }: PayzenPayment): Answer {
  const location = `http://${host.replace('127.0.0.1', 'localhost')}${formPath}${id}`;
  return { status: 302, contentType: 'text/html', body: '', headers: { location } };
}

async function openPayment(world: World, { body, host }: { body: string; host: string }): Promise<Answer> {
  const entries = Array.from(new URLSearchParams(body));
  const request: Fields = Object.fromEntries(entries);
  const repeated = entries.find(([name], index) => entries.findIndex(([other]) => other === name) !== index);
  const wrong = repeated?.[0] ?? findWrongField(world, request);
  if (wrong !== undefined) {
    const code = errorCodes.get(wrong);
    return pageAnswer(errorPage({ field: wrong, ...(code === undefined ? {} : { code }) }));
  }
  world.usedTransIds.add(transIdOfDay(request));
  const payment: PayzenPayment = {
    id: randomBytes(16).toString('hex'),
    orderId: request['vads_order_id'] ?? '',
    mode: request['vads_ctx_mode'] === 'TEST' ? 'TEST' : 'PRODUCTION',
    amountCents: Number(request['vads_amount']),
    captureDelay: Math.min(Number(request['vads_capture_delay'] ?? 0), longestCaptureDelay),
    request,
    openedAt: world.now(),
    typed: {},
  };
  world.payments.push(payment);
  return world.faults.includes('leads-on') ? elsewhere(host, payment) : showPayment(payment);
}

/** Name of the first field that the gateway refuses. */
function findWrongField(world: World, request: Fields): string | undefined {
  for (const [name, format] of Object.entries(mandatoryFormats)) {
    if (!format.test(request[name] ?? '')) return name;
  }
  for (const [name, format] of Object.entries(optionalFormats)) {
    const value = request[name] ?? '';
    if (value !== '' && !format.test(value)) return name;
  }
  if (request['vads_site_id'] !== world.siteId) return 'vads_site_id';
  const { signature, ...others } = request;
  if (signature !== signatureOf(world, others, keyOf(world, request['vads_ctx_mode']))) return 'signature';
  const ageMs = world.now().getTime() - readDate(request['vads_trans_date']);
  // A date that cannot be read is in no window.
  if (!(ageMs <= oldestFormMs && ageMs >= -newestFormMs)) return 'vads_trans_date';
  return world.usedTransIds.has(transIdOfDay(request)) ? 'vads_trans_id' : undefined;
}

function readDate(digits = ''): number {
  return Date.parse(digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z'));
}

function writeDate(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(/\D/g, '');
}

function transIdOfDay({ vads_trans_date = '', vads_trans_id = '' }: Fields): string {
  return `${vads_trans_date.slice(0, 8)} ${vads_trans_id.toLowerCase()}`;
}

function keyOf({ keys }: World, mode: string | undefined): string {
  return mode === 'TEST' ? keys.test : keys.production;
}

function signatureOf({ algorithm }: World, fields: Fields, key: string): string {
  const names = Object.keys(fields).filter((name) => name.startsWith('vads_'));
  const signed = [...names.sort().map((name) => fields[name]), key].join('+');
  return algorithm === 'sha1'
    ? createHash('sha1').update(signed).digest('hex')
    : createHmac('sha256', key).update(signed).digest('base64');
}

function choicesOf({ captureDelay }: PayzenPayment): readonly PayzenOutcome[] {
  const always = ['paid', 'refused', 'abandoned', 'pending'] as const;
  return captureDelay > longestAuthorisationDays ? [...always, 'accepted'] : always;
}

async function showPayment(payment: PayzenPayment): Promise<Answer> {
  if (payment.status !== undefined) return pageAnswer(endPage({ title: 'Paiement terminé' }));
  const { id, orderId, amountCents, mode } = payment;
  const choices = choicesOf(payment);
  return pageAnswer(paymentPage({ path: `${formPath}${id}`, orderId, amountCents, isTest: mode === 'TEST', choices }));
}

async function servePress(world: World, payment: PayzenPayment, choice: string | null): Promise<Answer> {
  const outcome = choicesOf(payment).find((known) => known === choice);
  if (outcome === undefined) return pageAnswer(endPage({ title: 'Choix inconnu' }), 400);
  const isExpired = payment.status === undefined && isOver(world, payment);
  const returnUrl = await press(world, payment, outcome);
  if (returnUrl !== undefined && !isExpired && !world.faults.includes('stay')) {
    return { status: 303, contentType: 'text/html', body: '', headers: { location: returnUrl } };
  }
  const title = isExpired ? 'Session de paiement expirée' : 'Paiement terminé';
  return pageAnswer(endPage({ title, ...(returnUrl === undefined ? {} : { returnUrl }) }));
}

function isOver({ now }: World, { openedAt }: PayzenPayment): boolean {
  return now().getTime() - openedAt.getTime() > sessionMs;
}

/** The first press decides; one that comes after the session gives the payment up. */
async function press(world: World, payment: PayzenPayment, outcome: PayzenOutcome): Promise<string | undefined> {
  if (!choicesOf(payment).includes(outcome)) throw new Error('The capture of this payment is too near for that.');
  if (payment.status === undefined) {
    payment.status = isOver(world, payment) ? 'ABANDONED' : statuses[outcome];
    payment.decidedAt = world.now();
    // The citizen's page waits for the answer to the notification.
    if (payment.status !== 'ABANDONED' || world.notifiesAbandons === true) await notify(world, payment, 'PAY');
  }
  return returnAddress(world, payment);
}

async function authorise(world: World, payment: PayzenPayment, outcome: 'paid' | 'refused'): Promise<void> {
  const source = payment.status === 'WAITING_AUTHORISATION' ? 'BATCH_AUTO' : 'BATCH';
  if (source === 'BATCH' && payment.status !== 'UNDER_VERIFICATION') throw new Error('This payment waits for nothing.');
  payment.status = statuses[outcome];
  await notify(world, payment, source);
}

async function replay(world: World, payment: PayzenPayment): Promise<void> {
  if (!hasTransaction(payment)) throw new Error('There is no transaction to tell of.');
  await notify(world, payment, 'BO');
}

/** None is made before the citizen has chosen, nor of a payment that was given up. */
function hasTransaction({ status }: PayzenPayment): boolean {
  return status !== undefined && status !== 'ABANDONED';
}

function returnAddress(world: World, payment: PayzenPayment): string | undefined {
  const { vads_url_return: url = '', vads_return_mode: mode } = payment.request;
  if (url === '') return undefined;
  if (mode !== 'GET' || world.faults.includes('bare-return')) return url;
  const { fields, key } = stateOf(world, payment);
  const query = new URLSearchParams(withSignature(world, fields, key));
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

/** How a payment stands, as told to anybody: with the lies of the moment. */
function factsOf({ faults }: World, { mode, amountCents, status = 'ABANDONED' }: PayzenPayment) {
  const otherMode = mode === 'TEST' ? 'PRODUCTION' : 'TEST';
  return {
    mode: faults.includes('other-mode') ? otherMode : mode,
    amountCents: amountCents + (faults.includes('wrong-amount') ? 1 : 0),
    operationType: faults.includes('credit') ? 'CREDIT' : 'DEBIT',
    status: faults.includes('unknown-status') ? 'TELEPORTED' : status,
    results: results[status],
  };
}

/** The fields that the return and the notification share, and the key to sign them with. */
function stateOf(world: World, payment: PayzenPayment): { readonly fields: Fields; readonly key: string } {
  const { mode, amountCents, operationType, status, results: codes } = factsOf(world, payment);
  const decidedAt = payment.decidedAt ?? payment.openedAt;
  const key = keyOf(world, mode);
  return {
    key: world.faults.includes('wrong-signature') ? `${key}0` : key,
    fields: {
      ...echoOf(payment),
      ...payment.typed,
      ...cardFields(payment),
      vads_amount: String(amountCents),
      vads_ctx_mode: mode,
      vads_capture_delay: String(payment.captureDelay),
      vads_effective_amount: String(amountCents),
      vads_effective_currency: '978',
      vads_effective_creation_date: writeDate(decidedAt),
      vads_presentation_date: writeDate(captureTime(payment)),
      vads_operation_type: operationType,
      vads_trans_status: status,
      vads_result: codes.result,
      vads_auth_result: codes.authResult,
      vads_extra_result: '',
      vads_warranty_result: '',
      vads_sequence_number: '1',
    },
  };
}

/** What comes back of the form: not the addresses and settings of the page. */
function echoOf({ request }: PayzenPayment): Fields {
  const kept = Object.entries(request).filter(([name]) => /^vads_(?!url_|return_|redirect_)/.test(name));
  return Object.fromEntries(kept);
}

function cardFields(payment: PayzenPayment): Fields {
  const { id, status } = payment;
  const hasCard = hasTransaction(payment);
  const isAuthorised = status === 'AUTHORISED';
  return {
    vads_trans_uuid: hasCard ? id : '',
    vads_card_brand: hasCard ? 'CB' : '',
    vads_card_number: hasCard ? '497010XXXXXX0000' : '',
    vads_bank_label: hasCard ? 'Banque de démonstration générale de l’Étang' : '',
    vads_brand_management: hasCard ? '{"userChoice":false,"brandList":"CB|VISA","brand":"CB"}' : '',
    vads_auth_mode: status === 'WAITING_AUTHORISATION' ? 'MARK' : 'FULL',
    vads_auth_number: isAuthorised ? id.slice(0, 6) : '',
    vads_payment_certificate: isAuthorised ? createHash('sha1').update(id).digest('hex') : '',
  };
}

function captureTime({ decidedAt, openedAt, captureDelay }: PayzenPayment): Date {
  return new Date((decidedAt ?? openedAt).getTime() + captureDelay * dayMs);
}

function withSignature(world: World, fields: Fields, key: string): Record<string, string> {
  return { ...fields, signature: signatureOf(world, fields, key) };
}

async function notify(world: World, payment: PayzenPayment, source: Source): Promise<void> {
  const url = payment.request['vads_url_check'] ?? '';
  if (url === '') return;
  const { fields, key } = stateOf(world, payment);
  const hash = randomBytes(32).toString('hex');
  const statement = { payment, url, key, fields: { ...fields, vads_hash: hash }, retriesLeft: 4, isTaken: false };
  if (world.faults.includes('late')) {
    world.late.push(() => deliver(world, statement, source));
    return;
  }
  await deliver(world, statement, source);
  if (world.faults.includes('doubled')) await deliver(world, statement, source);
}

async function retry(world: World): Promise<void> {
  if (world.retries !== true) return;
  for (const statement of world.statements) {
    if (statement.isTaken || statement.retriesLeft === 0) continue;
    statement.retriesLeft -= 1;
    await deliver(world, statement, 'RETRY');
  }
}

async function deliver(world: World, statement: Statement, source: Source): Promise<void> {
  const { payment, url, key } = statement;
  const fields = withSignature(world, { ...statement.fields, vads_url_check_src: source }, key);
  const notification: PayzenNotification = { orderId: payment.orderId, source, url, fields, at: world.now() };
  world.statements.add(statement);
  world.notifications.push(notification);
  if (world.faults.includes('lost')) return;
  try {
    const signal = AbortSignal.timeout(notificationTimeoutMs);
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', signal });
    await answer.text();
    notification.status = answer.status;
    if (answer.status === 200) statement.isTaken = true;
  } catch {
    // Nothing was answered: the notification says so by its lack of a status, and may be retried.
  }
}

interface Question {
  readonly body: string;
  readonly authorization: string | undefined;
}

async function serveQuestion(world: World, question: Question, response: ServerResponse): Promise<void> {
  for (const fault of world.faults) {
    if (typeof fault === 'object' && 'restSlowMs' in fault) await sleep(fault.restSlowMs, undefined, { ref: false });
  }
  if (world.faults.includes('rest-502')) {
    return send(response, { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' });
  }
  const body = JSON.stringify(answerQuestion(world, question));
  const sent = world.faults.includes('rest-truncated') ? body.slice(0, body.length / 2) : body;
  send(response, { status: 200, contentType: 'application/json;charset=UTF-8', body: sent });
}

/** Errors come with status 200 too. */
function answerQuestion(world: World, { body, authorization }: Question): object {
  const mode = modeOfPassword(world, authorization);
  if (mode === undefined) return questionError(world, 'INT_905', 'invalid login or private key');
  const wanted = readOrderId(body);
  const known = world.payments.filter((payment) => payment.orderId === wanted && payment.mode === mode);
  const payments = known.filter(hasTransaction);
  const [first] = payments;
  if (first === undefined) return questionError(world, 'PSP_010', 'transaction not found');
  const { amountCents, mode: toldMode } = factsOf(world, first);
  return envelope(world, 'SUCCESS', {
    shopId: world.siteId,
    orderDetails: { orderId: wanted, mode: toldMode, orderTotalAmount: amountCents, orderCurrency: 'EUR' },
    transactions: payments.flatMap((payment) => toldOf(world, transactionOf(world, payment))),
    _type: 'V4/Order',
  });
}

function modeOfPassword({ siteId, restPasswords }: World, authorization: string | undefined): Mode | undefined {
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
    // No order has such a name: what cannot be read is a question about nothing.
    return undefined;
  }
}

/** What is told of a transaction: itself, but for the lies of the moment. */
function toldOf({ faults }: World, transaction: RestTransaction): readonly unknown[] {
  const lie = faults.find((fault) => typeof fault === 'object' && 'restTells' in fault);
  return lie === undefined ? [transaction] : lie.restTells(transaction);
}

function transactionOf(world: World, payment: PayzenPayment): RestTransaction {
  const { amountCents, operationType, status, results: codes } = factsOf(world, payment);
  const { id, orderId, request, decidedAt = payment.openedAt } = payment;
  return {
    shopId: world.siteId,
    uuid: id,
    orderId,
    amount: amountCents,
    currency: 'EUR',
    paymentMethodType: 'CARD',
    status: codes.rest,
    detailedStatus: status,
    operationType,
    creationDate: restDate(decidedAt),
    errorCode: status === 'REFUSED' ? 'ACQ_001' : null,
    transactionDetails: {
      sequenceNumber: 1,
      cardDetails: {
        expectedCaptureDate: restDate(captureTime(payment)),
        effectiveBrand: 'CB',
        pan: '497010XXXXXX0000',
        legacyTransId: request['vads_trans_id'],
        authorizationResponse: { authorizationNumber: cardFields(payment)['vads_auth_number'] },
      },
    },
    _type: 'V4/PaymentTransaction',
  };
}

function restDate(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, '+00:00');
}

function questionError(world: World, errorCode: string, errorMessage: string): object {
  return envelope(world, 'ERROR', { errorCode, errorMessage, _type: 'V4/WebService/WebServiceError' });
}

function envelope({ now }: World, status: 'SUCCESS' | 'ERROR', answer: object): object {
  const serverDate = restDate(now());
  return { webService: 'Order/Get', version: 'V4', status, answer, serverDate, _type: 'V4/WebService/Response' };
}

async function pageAnswer(page: ReturnType<typeof endPage>, status = 200): Promise<Answer> {
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    body: String(await page),
    headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'" },
  };
}

function send(response: ServerResponse, { status, contentType, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': contentType, ...headers });
  response.end(body);
}
