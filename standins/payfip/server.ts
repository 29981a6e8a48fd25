/**
 * A stand-in for PayFiP Régie: its web service, its payment page and its notifications, which all fail on demand. Written
 * without a line of `lib/`, so that the two cannot agree on a mistake. All is in memory.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseXML } from '@aws-sdk/xml-builder';
import { html } from 'hono/html';
import { errorPage, paymentPage, returnPage } from './pages.ts';

export interface PayfipServerOptions {
  /** The only client that it knows: 6 digits. */
  readonly numcli: string;
  /** The client's three names, most general first. */
  readonly names?: readonly string[];
  /** Of 127.0.0.1; a free one without it. */
  readonly port?: number;
  readonly now?: () => Date;
}

/** How a payment ended: paid by card, paid by direct debit, card refused, direct debit refused, abandoned. */
export type Result = 'P' | 'V' | 'R' | 'Z' | 'A';

/** An order and its story. */
export interface Payment {
  readonly idop: string;
  /** The fields of `creerPaiementSecurise`, as they came. */
  readonly order: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  openedAt?: Date;
  /** The last one, as a refused or abandoned payment may be tried again. */
  decision?: { readonly result: Result; readonly at: Date };
  isPurged: boolean;
}

/** One notification. The status is undefined when nobody answered, or when it was lost on its way. */
export interface SentNotification {
  readonly idop: string;
  readonly url: string;
  readonly status: number | undefined;
}

type TechnicalFault = 'TechDysfonctionnementErreur' | 'TechIndisponibiliteErreur' | 'TechProtocolaireErreur';

/**
 * How a call to the web service goes wrong. Nothing was done with `bad-gateway-502`, `silence`, the technical faults and
 * `{ code }`, a functional fault; the call was obeyed with `reset-after` (the connection breaks instead of the answer),
 * `truncated` (half of the XML) and `slowMs`.
 */
export type SoapFault =
  | 'none'
  | 'bad-gateway-502'
  | 'silence'
  | 'reset-after'
  | 'truncated'
  | TechnicalFault
  | { readonly code: string }
  | { readonly slowMs: number };

/** `late`: kept until `flush`. */
export type NotificationFault = 'none' | 'lost' | 'doubled' | 'late';

/** One fault stays until it is changed, those of a list are for one each. */
export type Planned<Fault> = Fault | readonly Fault[];

export interface PayfipFaults {
  readonly soap?: Planned<SoapFault>;
  readonly notification?: Planned<NotificationFault>;
  /** Fields that `recupererDetailPaiementSecurise` tells instead of the true ones: `montant`, `resultrans`… */
  readonly detail?: Readonly<Record<string, string>>;
  /** Whether the answered fields are in the namespace of answers, and not in none. */
  readonly isQualified?: boolean;
  /** How the citizen goes back: by GET with `idop` without it. */
  readonly back?: { readonly name?: 'idop' | 'idOp'; readonly method?: 'GET' | 'POST' };
  /** Whether the page leads on to another host of the bank's own, by redirect. */
  readonly leadsOn?: boolean;
}

/** A running stand-in. Wherever an idop is named, an unknown one is an Error. */
export interface PayfipServer {
  /** Without a final slash. */
  readonly url: string;
  readonly soapUrl: string;
  /** To be followed by `?idop=`. */
  readonly pageUrl: string;
  stop(): Promise<void>;
  payments(): readonly Payment[];
  /** In order of sending; without those that wait for `flush`. */
  notifications(): readonly SentNotification[];
  /** What goes wrong from now on, in place of what went wrong before: nothing with `{}`. */
  behave(faults: PayfipFaults): void;
  /** A night goes by: what has no result is forgotten. */
  purge(): void;
  /** Sends one notification more, whatever the faults. */
  notify(idop: string): Promise<SentNotification>;
  /** Sends the late notifications. */
  flush(): Promise<void>;
}

interface World extends Required<Pick<PayfipServerOptions, 'numcli' | 'names' | 'now'>> {
  readonly payments: Map<string, Payment>;
  readonly notifications: SentNotification[];
  readonly late: Payment[];
  faults: PayfipFaults;
}

type Fields = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const soapPath = '/tpa/services/securite';
const pagePath = '/tpa/paiementws.web';
const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';
const authority = 'http://securite.service.tpa.cp.finances.gouv.fr';
const methodNamespace = `${authority}/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService`;
const answerNamespace = `${authority}/reponse`;
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const exceptions = 'fr.gouv.finances.cp.tpa.webservice.exceptions';

const openingMs = 15 * 60_000;
/** What eopayment allows between the creation and the last try; PayFiP says nothing of it. */
const tryingMs = 20 * 60_000;
const notificationTimeoutMs = 5_000;

/** The codes for `objet` and `exer` are inventions: theirs are not known. */
const sentences: Readonly<Record<string, string>> = {
  A1: 'Adresse électronique absente',
  A2: 'Adresse électronique incorrecte',
  D1: 'URLREDIRECT incorrecte',
  E1: 'EXER incorrect',
  M1: 'MONTANT incorrect',
  M3: 'MONTANT inférieur à un euro',
  M5: 'MONTANT trop élevé',
  N1: 'URLNOTIF incorrecte',
  O1: 'OBJET incorrect',
  P1: 'IdOp inconnu',
  P3: 'IdOp déjà utilisé',
  P4: 'IdOp enregistré depuis plus de 15 minutes',
  P5: 'Résultat de la transaction non connu',
  R3: 'Format de REFDET incorrect',
  S1: 'SAISIE incorrecte',
  T1: 'NUMCLI incorrect',
  T2: 'NUMCLI inconnu',
};

/** What `creerPaiementSecurise` checks, in this order: a field, whether its text is right, and the code if not. */
const orderRules: readonly (readonly [string, (value: string) => boolean, string])[] = [
  ['refdet', (value) => /^[A-Za-z0-9]{6,30}$/.test(value), 'R3'],
  ['montant', (value) => /^\d{1,11}$/.test(value), 'M1'],
  ['montant', (value) => Number(value) >= 100, 'M3'],
  ['montant', (value) => Number(value) <= 9_999_999, 'M5'],
  ['mel', (value) => value !== '', 'A1'],
  ['mel', (value) => /^[!-~]{6,80}$/.test(value) && value.includes('@'), 'A2'],
  ['objet', (value) => /^[A-Za-z0-9 ]{0,100}$/.test(value), 'O1'],
  ['saisie', (value) => /^[TXW]$/.test(value), 'S1'],
  ['urlnotif', isAddress, 'N1'],
  ['urlredirect', isAddress, 'D1'],
  ['exer', (value) => /^\d{4}$/.test(value), 'E1'],
];

/** A call that is answered with a fault, functional or technical. */
class Refusal extends Error {
  readonly kind: 'FonctionnelleErreur' | TechnicalFault;
  readonly code: string;

  constructor(code: string, kind: Refusal['kind'] = 'FonctionnelleErreur') {
    super(sentences[code] ?? 'Erreur simulée');
    this.kind = kind;
    this.code = code;
  }
}

/**
 * Starts it on the loopback interface.
 *
 * @throws Error `EADDRINUSE` when the port is taken.
 */
export async function startPayfipServer(options: PayfipServerOptions): Promise<PayfipServer> {
  const { numcli, names = ['Simulateur PayFiP'], port = 0, now = () => new Date() } = options;
  const world: World = { numcli, names, now, payments: new Map(), notifications: [], late: [], faults: {} };
  const server = createServer((request, response) => {
    // The client is gone, or what it sent is no HTTP.
    serve(world, request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    soapUrl: `${url}${soapPath}`,
    pageUrl: `${url}${pagePath}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
    payments: () => [...world.payments.values()],
    notifications: () => world.notifications,
    behave(faults) {
      world.faults = faults;
    },
    purge() {
      for (const payment of world.payments.values()) payment.isPurged ||= payment.decision === undefined;
    },
    notify: async (idop) => sendNotification(world, findPayment(world, idop)),
    async flush() {
      for (const payment of world.late.splice(0)) await sendNotification(world, payment);
    },
  };
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { method } = request;
  if (pathname === soapPath && method === 'POST') return serveSoap(world, request, response);
  if (pathname === pagePath && method === 'GET' && world.faults.leadsOn === true && isFirstHost(request)) {
    return send(response, elsewhere(request));
  }
  if (pathname === pagePath && method === 'GET') {
    return send(response, await answerPage(() => openPage(world, searchParams.get('idop') ?? '')));
  }
  if (pathname === pagePath && method === 'POST') {
    const form = new URLSearchParams(await text(request));
    return send(response, await answerPage(() => press(world, form)));
  }
  const status = pathname === soapPath || pathname === pagePath ? 405 : 404;
  send(response, { status, contentType: 'text/html', body: '' });
}

function isFirstHost({ headers }: IncomingMessage): boolean {
  return headers.host?.startsWith('127.0.0.1') ?? false;
}

/** The same page, under the other name of this machine. */
function elsewhere({ headers, url = '' }: IncomingMessage): Answer {
  const location = `http://${headers.host?.replace('127.0.0.1', 'localhost')}${url}`;
  return { status: 302, contentType: 'text/html', body: '', headers: { location } };
}

function send(response: ServerResponse, { status, contentType, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': contentType, ...headers });
  response.end(body);
}

// The web service.

async function serveSoap(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = takePlanned(world, 'soap');
  const xml = await text(request);
  if (fault === 'silence') return;
  const answer = await answerSoap(world, { xml, contentType: request.headers['content-type'] ?? '', fault });
  if (typeof fault === 'object' && 'slowMs' in fault) await sleep(fault.slowMs, undefined, { ref: false });
  if (fault === 'reset-after') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { body } = answer;
  send(response, fault === 'truncated' ? { ...answer, body: body.slice(0, body.length / 2) } : answer);
}

function takePlanned(world: World, name: 'soap'): SoapFault;
function takePlanned(world: World, name: 'notification'): NotificationFault;
function takePlanned(world: World, name: 'soap' | 'notification'): SoapFault | NotificationFault {
  const planned = world.faults[name];
  if (!isList(planned)) return planned ?? 'none';
  const [next = 'none', ...rest] = planned;
  world.faults = { ...world.faults, [name]: rest };
  return next;
}

function isList<Fault>(planned: Planned<Fault> | undefined): planned is readonly Fault[] {
  return Array.isArray(planned);
}

interface SoapRequest {
  readonly xml: string;
  readonly contentType: string;
  readonly fault: SoapFault;
}

async function answerSoap(world: World, { xml, contentType, fault }: SoapRequest): Promise<Answer> {
  if (fault === 'bad-gateway-502') return { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' };
  if (!/^text\/xml\b/i.test(contentType)) return { status: 415, contentType: 'text/html', body: '' };
  try {
    refuseByPlan(fault);
    const { operation, fields } = readCall(xml);
    return envelope(200, answerBody(operation, obey(world, operation, fields), world.faults.isQualified === true));
  } catch (error) {
    if (error instanceof Refusal) return envelope(500, faultBody(error));
    throw error;
  }
}

function refuseByPlan(fault: SoapFault): void {
  if (typeof fault === 'string' && fault.startsWith('Tech')) throw new Refusal('inconnu', fault as TechnicalFault);
  if (typeof fault === 'object' && 'code' in fault) throw new Refusal(fault.code);
}

function obey(world: World, operation: string, fields: Fields): Fields {
  switch (operation) {
    case 'creerPaiementSecurise':
      return createPayment(world, fields);
    case 'recupererDetailPaiementSecurise':
      return describePayment(world, fields['idOp'] ?? '');
    case 'recupererDetailClient':
      return describeClient(world, fields['numCli'] ?? '');
    default:
      throw new Refusal('inconnu', 'TechProtocolaireErreur');
  }
}

function createPayment(world: World, order: Fields): Fields {
  checkClient(world, order['numcli'] ?? '');
  for (const [name, isRight, code] of orderRules) {
    if (!isRight(order[name] ?? '')) throw new Refusal(code);
  }
  const idop = randomUUID();
  world.payments.set(idop, { idop, order, createdAt: world.now(), isPurged: false });
  return { idOp: idop };
}

function checkClient({ numcli }: World, told: string): void {
  if (!/^\d{6}$/.test(told)) throw new Refusal('T1');
  if (told !== numcli) throw new Refusal('T2');
}

function isAddress(value: string): boolean {
  return value.length <= 250 && /^https?:\/\/[^\s/]/.test(value) && URL.canParse(value);
}

function describePayment(world: World, idop: string): Fields {
  const { order, decision } = findPayment(world, idop);
  if (decision === undefined) throw new Refusal('P5');
  const { exer = '', mel = '', montant = '', numcli = '', objet, refdet = '', saisie = '' } = order;
  const isPaid = decision.result === 'P' || decision.result === 'V';
  return {
    ...parisTime(decision.at),
    exer,
    idOp: idop,
    mel,
    montant,
    ...(isPaid ? { numauto: '112233' } : {}),
    numcli,
    ...(objet === undefined ? {} : { objet }),
    refdet,
    resultrans: decision.result,
    saisie,
    ...world.faults.detail,
  };
}

/** @throws Refusal `P1`. */
function findPayment({ payments }: World, idop: string): Payment {
  const payment = payments.get(idop);
  if (payment === undefined || payment.isPurged) throw new Refusal('P1');
  return payment;
}

const parisParts = new Intl.DateTimeFormat('fr-FR', {
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'Europe/Paris',
});

function parisTime(at: Date): { readonly dattrans: string; readonly heurtrans: string } {
  const digits = parisParts.format(at).replace(/\D/g, '');
  return { dattrans: digits.slice(0, 8), heurtrans: digits.slice(8) };
}

function describeClient(world: World, numCli: string): Fields {
  checkClient(world, numCli);
  const [libelleN1 = '', libelleN2 = '', libelleN3 = ''] = world.names;
  return { libelleN1, libelleN2, libelleN3, numcli: numCli };
}

// Its XML.

interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** @throws Refusal `TechProtocolaireErreur` for anything but one call in a SOAP 1.1 envelope. */
function readCall(xml: string): { readonly operation: string; readonly fields: Fields } {
  const root = readXml(xml);
  const body = root?.name === 'Envelope' && root.namespace === envelopeNamespace ? root.children : [];
  const call = body.find(({ name, namespace }) => name === 'Body' && namespace === envelopeNamespace)?.children[0];
  // Only the method is qualified: `arg0` and its children in a namespace are other elements, and not seen.
  const argument = call?.children.find(({ name, namespace }) => name === 'arg0' && namespace === '');
  if (call === undefined || call.namespace !== methodNamespace || argument === undefined) {
    throw new Refusal('inconnu', 'TechProtocolaireErreur');
  }
  const seen = argument.children.filter(({ namespace }) => namespace === '');
  return { operation: call.name, fields: Object.fromEntries(seen.map(({ name, text }) => [name, text])) };
}

/** @returns the root; undefined when it is no XML. */
function readXml(xml: string): XmlElement | undefined {
  // The parser overlooks both.
  const hasBareAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(xml);
  if (hasBareAmpersand || xml.includes('<!DOCTYPE')) return undefined;
  try {
    const [[tag, value] = ['', '']] = Object.entries<unknown>(parseXML(xml));
    return readElement([tag, value], { '': '', xml: xmlNamespace });
  } catch {
    return undefined;
  }
}

/** The parser gives attributes and children alike, texts as strings, and elements of one name as a list. */
function readElement([tag, value]: readonly [string, unknown], inherited: Fields): XmlElement {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const declared = entries.flatMap(([name, uri]) => {
    const [, prefix] = /^xmlns(?:$|:(.+))/.exec(name) ?? ['', null];
    return prefix === null ? [] : [[prefix ?? '', String(uri)]];
  });
  const namespaces: Fields = { ...inherited, ...Object.fromEntries(declared) };
  const [name = '', prefix = ''] = tag.split(':').reverse();
  const namespace = namespaces[prefix];
  if (namespace === undefined) throw new Error('An undeclared prefix');
  const children = entries
    .filter(([child]) => child !== '#text' && !/^xmlns(:|$)/.test(child))
    .flatMap(([child, inner]) => [inner].flat().map((each) => readElement([child, each], namespaces)));
  const own = entries.find(([child]) => child === '#text')?.[1];
  return { namespace, name, text: typeof value === 'string' ? value : String(own ?? ''), children };
}

type Markup = ReturnType<typeof html>;

async function envelope(status: number, body: Markup): Promise<Answer> {
  const xml = html`<soap:Envelope xmlns:soap="${envelopeNamespace}"><soap:Body>${body}</soap:Body></soap:Envelope>`;
  return { status, contentType: 'text/xml;charset=UTF-8', body: String(await xml) };
}

function answerBody(operation: string, fields: Fields, isQualified: boolean): Markup {
  const elements = Object.entries(fields).map(([name, value]) =>
    isQualified
      ? html`<rep:${name} xmlns:rep="${answerNamespace}">${value}</rep:${name}>`
      : html`<${name}>${value}</${name}>`,
  );
  const method = `ns2:${operation}Response`;
  return html`<${method} xmlns:ns2="${methodNamespace}"><return>${elements}</return></${method}>`;
}

function faultBody({ kind, code, message }: Refusal): Markup {
  const children = html`<code>${code}</code><descriptif/><libelle>${message}</libelle><severite>2</severite>`;
  const detail = html`<ns1:${kind} xmlns:ns1="${methodNamespace}">${children}</ns1:${kind}>`;
  return html`<soap:Fault><faultcode>soap:Server</faultcode><faultstring>${exceptions}.${kind}</faultstring><detail>${detail}</detail></soap:Fault>`;
}

// The payment page and what follows.

/** A refusal is a page, too. */
async function answerPage(make: () => Promise<Answer>): Promise<Answer> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Refusal) return htmlAnswer(403, errorPage(error.code, error.message));
    throw error;
  }
}

async function htmlAnswer(status: number, page: Markup): Promise<Answer> {
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    body: String(await page),
    headers: {
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    },
  };
}

async function openPage(world: World, idop: string): Promise<Answer> {
  const payment = findPayment(world, idop);
  if (ageMs(world, payment) > openingMs) throw new Refusal('P4');
  if (payment.openedAt !== undefined) throw new Refusal('P3');
  payment.openedAt = world.now();
  return htmlAnswer(200, paymentPage(payment, pagePath));
}

function ageMs({ now }: World, { createdAt }: Payment): number {
  return now().getTime() - createdAt.getTime();
}

async function press(world: World, form: URLSearchParams): Promise<Answer> {
  const payment = findPayment(world, form.get('idop') ?? '');
  const result = form.get('resultrans');
  if (!isResult(result) || payment.openedAt === undefined) throw new Refusal('P1');
  const { decision } = payment;
  if (decision !== undefined && decision.result !== 'R' && decision.result !== 'A') throw new Refusal('P3');
  if (ageMs(world, payment) > tryingMs) throw new Refusal('P4');
  payment.decision = { result, at: world.now() };
  await notifyByPlan(world, payment);
  return goBack(world, payment);
}

function isResult(text: string | null): text is Result {
  return text !== null && /^[PVRZA]$/.test(text);
}

async function notifyByPlan(world: World, payment: Payment): Promise<void> {
  const fault = takePlanned(world, 'notification');
  if (fault === 'late') {
    world.late.push(payment);
    return;
  }
  if (fault === 'lost') {
    world.notifications.push({ idop: payment.idop, url: payment.order['urlnotif'] ?? '', status: undefined });
    return;
  }
  await sendNotification(world, payment);
  if (fault === 'doubled') await sendNotification(world, payment);
}

async function sendNotification({ notifications }: World, { idop, order }: Payment): Promise<SentNotification> {
  const url = order['urlnotif'] ?? '';
  const sent = { idop, url, status: await postIdop(url, idop) };
  notifications.push(sent);
  return sent;
}

/** @returns the status of the answer, if there was one. */
async function postIdop(url: string, idop: string): Promise<number | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ idop }),
      redirect: 'manual',
      signal: AbortSignal.timeout(notificationTimeoutMs),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    // Nobody there, or too slow: PayFiP sends the citizen back all the same.
    return undefined;
  }
}

async function goBack({ faults }: World, { idop, order }: Payment): Promise<Answer> {
  const { name = 'idop', method = 'GET' } = faults.back ?? {};
  const address = order['urlredirect'] ?? '';
  if (method === 'POST') return htmlAnswer(200, returnPage(address, [name, idop]));
  const location = `${address}${address.includes('?') ? '&' : '?'}${name}=${idop}`;
  return { status: 303, contentType: 'text/html', body: '', headers: { location } };
}
