/**
 * A stand-in for the forms of w.c.s.: it hears what the basket tells them, believes or refuses it by the rules of w.c.s., and
 * fails on demand. Written without a line of `lib/`, so that the two cannot agree on a mistake. All is in memory.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Fault, insteadOfForm, insteadOfSuccess, redirectTo } from './faults.ts';
import { formListPage, formPage } from './page.ts';
import { readSiteOption } from './siteOptions.ts';

export interface FormServerOptions {
  /** What it shares with our service, by whatever name that calls; any of several is believed. None without it. */
  readonly key?: string | readonly string[];
  /** Gives the text of its `site-options.cfg`, anew for each call: the section `api-secrets` has the key of a caller by its name. */
  readonly siteOptions?: () => Promise<string>;
  /** Of 127.0.0.1; a free one without it. */
  readonly port?: number;
  readonly now?: () => Date;
  /** How long a form is busy after it has called us. */
  readonly processingMs?: number;
  /** What a waiting form may be told, as written in addresses: `paid` and `cancelled` without it. */
  readonly triggers?: readonly string[];
}

/**
 * What became of a call: heard (`accepted`), broken by a fault, or refused, and why. `missing`: a part of the signature.
 * `unknown-caller`: there is no key for its `orig`.
 */
export type Reason =
  | 'accepted'
  | 'fault'
  | 'processing'
  | 'missing'
  | 'unknown-caller'
  | 'bad-signature'
  | 'outside-window'
  | 'nonce-used'
  | 'unknown-user'
  | 'unknown-trigger'
  | 'wrong-method';

/** One call to a trigger, whatever became of it. */
export interface HeardCall {
  readonly trigger: string;
  readonly method: string;
  /** As parsed; undefined when it is not JSON, or was not read. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<'accept' | 'content-type' | 'user-agent', string | undefined>>;
  readonly at: Date;
  /** The status is undefined where none was sent. */
  readonly verdict: { readonly status: number | undefined; readonly reason: Reason };
}

/** A form and its story. */
export interface Form {
  readonly name: string;
  /** `waiting`, then the trigger that it has heard. */
  status: string;
  /** The bodies that it has heard, merged. */
  data: Readonly<Record<string, unknown>>;
  readonly heard: HeardCall[];
  processingUntil?: Date;
  followedRedirects: number;
}

/** A running stand-in. Wherever a form is named, a name that cannot stand in an address is an Error. */
export interface FormServer {
  /** Without a final slash. */
  readonly url: string;
  stop(): Promise<void>;
  /** Refuses every connection until `comeUp`, which listens at the same port again. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  /** Address of a form, which exists from its first use. @param name a letter, a digit or `_`, then also `. ~ -`. */
  formUrl(name: string): string;
  /** The form has just called us: it is busy for `processingMs`. A POST to its address + `calls` does the same. */
  startProcessing(name: string): void;
  /** All that came to a form's triggers, in order of arrival. */
  heard(name: string): readonly HeardCall[];
  accepted(name: string): readonly HeardCall[];
  /** How many came to the form's page because of `redirect`. */
  followedRedirects(name: string): number;
  /**
   * What goes wrong from now on with the calls to a form, or with `*` to those that have no fault of their own. One fault
   * stays until it is changed, those of a list are for one call each.
   */
  behave(name: string, faults: Fault | readonly Fault[]): void;
}

interface World extends Required<Pick<FormServerOptions, 'now' | 'triggers' | 'processingMs'>> {
  /** Those of a caller, by the name that it gives itself. */
  readonly keysOf: (orig: string) => Promise<readonly string[]>;
  readonly forms: Map<string, Form>;
  readonly faults: Map<string, Fault | readonly Fault[]>;
  readonly usedNonces: Set<string>;
}

const hugeBytes = 8_000_000;
const windowMs = 30_000;

/**
 * Starts it on the loopback interface.
 *
 * @throws Error `EADDRINUSE` when the port is taken.
 */
export async function startFormServer(options: FormServerOptions): Promise<FormServer> {
  const { port = 0, now = () => new Date(), processingMs = 0, triggers = ['paid', 'cancelled'] } = options;
  const world: World = {
    keysOf: (orig) => findKeys(options, orig),
    now,
    triggers,
    processingMs,
    forms: new Map(),
    faults: new Map(),
    usedNonces: new Set(),
  };
  const server = createServer((request, response) => {
    // The client is gone.
    serve(world, request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  const { port: ownPort } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${ownPort}`;
  return {
    url,
    stop: () => close(server),
    goDown: () => close(server),
    comeUp: () => listen(server, ownPort),
    formUrl: (name) => `${url}${pathOf(findForm(world, name))}`,
    startProcessing: (name) => startProcessing(world, name),
    heard: (name) => findForm(world, name).heard,
    accepted: (name) => findForm(world, name).heard.filter(({ verdict }) => verdict.reason === 'accepted'),
    followedRedirects: (name) => findForm(world, name).followedRedirects,
    behave: (name, faults) => world.faults.set(name, faults),
  };
}

async function findKeys({ key = [], siteOptions }: FormServerOptions, orig: string): Promise<readonly string[]> {
  const known = siteOptions && readSiteOption(await siteOptions(), 'api-secrets', orig);
  return [key, known ?? []].flat().filter((text) => text !== '');
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

function findForm({ forms }: World, name: string): Form {
  if (!/^\w[\w.~-]*$/.test(name)) throw new Error('The name of a form is made of letters, digits and _ . ~ -');
  const known = forms.get(name);
  if (known !== undefined) return known;
  const form: Form = { name, status: 'waiting', data: {}, heard: [], followedRedirects: 0 };
  forms.set(name, form);
  return form;
}

function startProcessing(world: World, name: string): void {
  findForm(world, name).processingUntil = new Date(world.now().getTime() + world.processingMs);
}

function pathOf({ name }: Form): string {
  return `/demarche/${name}/`;
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { path, rawQuery } = splitTarget(request);
  const [, told, trigger] = /\/(\w[\w.~-]*)\/jump\/trigger\/([^/]+)\/?$/.exec(path) ?? [];
  if (told !== undefined && trigger !== undefined) {
    await serveTrigger(world, { form: findForm(world, told), trigger, request, response });
    return;
  }
  const [, calling] = /\/(\w[\w.~-]*)\/calls$/.exec(path) ?? [];
  if (calling !== undefined && request.method === 'POST') {
    startProcessing(world, calling);
    return send(response, { status: 204, contentType: 'text/plain', body: '' });
  }
  const [, shown] = /\/(\w[\w.~-]*)\/$/.exec(path) ?? [];
  if (path !== '/' && shown === undefined) return send(response, refusal(404, 'Page not found.'));
  const form = shown === undefined ? undefined : findForm(world, shown);
  if (form !== undefined && rawQuery === 'redirected') form.followedRedirects += 1;
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, refusal(405, 'Method not allowed.'));
  const page = form === undefined ? formListPage([...world.forms.values()].map(withPath)) : formPage(form);
  send(response, {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: String(await page),
    headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'" },
  });
}

function withPath(form: Form): Form & { readonly path: string } {
  return { ...form, path: pathOf(form) };
}

function splitTarget({ url = '/' }: IncomingMessage): { path: string; rawQuery: string } {
  const question = url.indexOf('?');
  return question < 0
    ? { path: url, rawQuery: '' }
    : { path: url.slice(0, question), rawQuery: url.slice(question + 1) };
}

interface TriggerCall {
  readonly form: Form;
  readonly trigger: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serveTrigger(world: World, call: TriggerCall): Promise<void> {
  const { form, trigger, request, response } = call;
  const fault = takeFault(world, form.name);
  const body = fault === 'reset-before' ? undefined : parseJson(await text(request));
  const keys = await world.keysOf(new URLSearchParams(splitTarget(request).rawQuery).get('orig') ?? '');
  const faulty = insteadOfForm(fault, pathOf(form));
  const isCut = fault === 'reset-before' || fault === 'silence';
  // Nothing waits between here and the record: two calls at once are judged one after the other.
  const reason = faulty === undefined && !isCut ? judge(world, call, keys) : 'fault';
  if (reason === 'accepted') {
    form.status = trigger;
    if (isObject(body)) form.data = { ...form.data, ...body };
  }
  const oddly = reason === 'accepted' ? insteadOfSuccess(fault) : undefined;
  const answer = faulty ?? oddly ?? answerOf(reason, request, form);
  const { accept, 'content-type': contentType, 'user-agent': userAgent } = request.headers;
  form.heard.push({
    trigger,
    method: request.method ?? '',
    body,
    at: world.now(),
    query: Object.fromEntries(new URLSearchParams(splitTarget(request).rawQuery)),
    headers: { accept, 'content-type': contentType, 'user-agent': userAgent },
    verdict: { status: isCut || fault === 'reset-after' ? undefined : answer.status, reason },
  });
  await deliver(response, answer, fault);
}

function takeFault({ faults }: World, name: string): Fault {
  const place = hasFault(faults.get(name)) ? name : '*';
  const planned = faults.get(place);
  if (!isList(planned)) return planned ?? 'none';
  const [next = 'none', ...rest] = planned;
  faults.set(place, rest);
  return next;
}

function hasFault(planned: Fault | readonly Fault[] | undefined): boolean {
  return isList(planned) ? planned.length > 0 : planned !== undefined && planned !== 'none';
}

function isList(planned: Fault | readonly Fault[] | undefined): planned is readonly Fault[] {
  return Array.isArray(planned);
}

/** What the form decides, by the rules of w.c.s. in their order. */
function judge(
  { now, triggers, usedNonces }: World,
  { form, trigger, request }: TriggerCall,
  keys: readonly string[],
): Reason {
  if (form.processingUntil !== undefined && now() < form.processingUntil) return 'processing';
  const { rawQuery } = splitTarget(request);
  const query = new URLSearchParams(rawQuery);
  const stamp = readStamp(query);
  if (stamp === undefined) return 'missing';
  if (keys.length === 0) return 'unknown-caller';
  // What is signed is the text as it was sent, with the signature at its end.
  const [signed = '', last = ''] = rawQuery.split('&signature=');
  const signature = last.includes('&') ? undefined : query.get('signature');
  const macs = keys.map((key) => createHmac('sha256', key).update(signed, 'utf8').digest('base64'));
  if (stamp.algorithm !== 'sha256' || !macs.some((mac) => mac === signature)) return 'bad-signature';
  // A time that cannot be read is in no window.
  if (!(Math.abs(now().getTime() - stamp.timeMs) <= windowMs)) return 'outside-window';
  if (usedNonces.has(stamp.nonce)) return 'nonce-used';
  usedNonces.add(stamp.nonce);
  // Nobody has an account here; a blank name is an anonymous user.
  if (['NameID', 'email'].some((name) => query.getAll(name).some((value) => value !== ''))) return 'unknown-user';
  if (form.status !== 'waiting' || !triggers.includes(trigger)) return 'unknown-trigger';
  return request.method === 'POST' ? 'accepted' : 'wrong-method';
}

/** The parts of a signature beside its value; undefined when one is absent, blank or repeated. */
function readStamp(query: URLSearchParams) {
  const names = ['algo', 'timestamp', 'nonce', 'orig', 'signature'];
  const [algorithm, timestamp = '', nonce, ...others] = names.map((name) => {
    const [value, second] = query.getAll(name);
    return second === undefined && value !== '' ? value : undefined;
  });
  if (algorithm === undefined || nonce === undefined || timestamp === '' || others.includes(undefined))
    return undefined;
  const isReadable = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp);
  return { algorithm, nonce, timeMs: isReadable ? Date.parse(timestamp) : Number.NaN };
}

function answerOf(reason: Reason, request: IncomingMessage, form: Form): Answer {
  if (reason === 'accepted') {
    const { accept, 'content-type': contentType } = request.headers;
    const isJson = accept === 'application/json' || contentType === 'application/json';
    return isJson
      ? { status: 200, contentType: 'application/json', body: '{"err":0,"url":null}' }
      : redirectTo(pathOf(form));
  }
  if (reason === 'unknown-trigger') return refusal(404, 'Page not found.');
  if (reason === 'wrong-method') return refusal(403, 'Method not allowed.');
  if (reason === 'unknown-user') return refusal(403, 'No such user.');
  if (reason === 'unknown-caller') return refusal(403, 'Invalid orig');
  return refusal(403, reason === 'processing' ? 'Formdata currently processing actions.' : 'Invalid signature');
}

function refusal(status: number, description: string): Answer {
  const body = { err: 1, err_class: STATUS_CODES[status], err_desc: description };
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

async function deliver(response: ServerResponse, answer: Answer, fault: Fault): Promise<void> {
  if (typeof fault === 'object' && 'slowMs' in fault) await sleep(fault.slowMs, undefined, { ref: false });
  switch (fault) {
    case 'silence':
      return;
    case 'reset-before':
    case 'reset-after':
      response.socket?.resetAndDestroy();
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      await pipeline(Readable.from(hugeBody()), response);
      return;
    case 'half-answer':
      response.writeHead(answer.status, { 'content-type': answer.contentType, 'content-length': answer.body.length });
      response.write(answer.body.slice(0, answer.body.length / 2), () => response.destroy());
      return;
    case 'wrong-content-type':
      send(response, { ...answer, contentType: 'text/plain' });
      return;
    default:
      send(response, answer);
  }
}

/** A success to whoever reads all of it. */
function* hugeBody(): Generator<string> {
  yield '{"err":0,"url":null,"padding":"';
  for (let sent = 0; sent < hugeBytes; sent += 64_000) yield 'x'.repeat(64_000);
  yield '"}';
}

function send(response: ServerResponse, { status, contentType, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': contentType, ...headers });
  response.end(body);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Kept as undefined: a form takes a call without a readable body.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
