/**
 * A stand-in for the forms of w.c.s.: it hears what the basket tells them, believes or refuses it by the rules of w.c.s., and
 * fails on demand. It shares no line with `lib/`, so that the two cannot agree on a mistake. Everything is in memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, pageAnswer, send, startListener } from '../http.ts';
import { refusal } from './answers.ts';
import type { Fault } from './faults.ts';
import { type HeardCall, pathOf } from './form.ts';
import { formListPage, formPage } from './pages.ts';
import { findForm, type Site, startProcessing } from './site.ts';
import { readSiteOption } from './siteOptions.ts';
import { serveTrigger } from './trigger.ts';

export interface FormServerOptions {
  /** What it shares with our service, by whatever name that calls; any of several is believed. None without it. */
  readonly key?: string | readonly string[];
  /** Gives the text of its `site-options.cfg`, read again for each call: `api-secrets` has the key of a caller by its name. */
  readonly siteOptions?: () => Promise<string>;
  /** Of 127.0.0.1; a free one without it. */
  readonly port?: number;
  readonly now?: () => Date;
  /** How long a form is busy after it has called us. */
  readonly processingMs?: number;
  /** What a waiting form may be told, as written in addresses: `paid` and `cancelled` without it. */
  readonly triggers?: readonly string[];
}

/** A running stand-in. A form's name that cannot stand in an address is an Error. */
export interface FormServer {
  /** Without a final slash. */
  readonly url: string;
  stop(): Promise<void>;
  /** Refuses every connection until `comeUp`, which listens on the same port again. */
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
   * What goes wrong from now on with the calls to a form, or with `*` to those that have no fault of their own. A single fault
   * stays until it is changed. Those of a list are for one call each.
   */
  behave(name: string, faults: Fault | readonly Fault[]): void;
}

/**
 * Starts it on the loopback interface.
 *
 * @throws Error `EADDRINUSE` when the port is taken.
 */
export async function startFormServer(options: FormServerOptions): Promise<FormServer> {
  const { port, now = () => new Date(), processingMs = 0, triggers = ['paid', 'cancelled'] } = options;
  const keysOf = (orig: string) => findKeys(options, orig);
  const kept = { forms: new Map(), faults: new Map(), usedNonces: new Set<string>() };
  const site: Site = { keysOf, now, triggers, processingMs, ...kept };
  const { url, stop, restart } = await startListener((request, response) => serve(site, request, response), port);
  return {
    url,
    stop,
    goDown: stop,
    comeUp: restart,
    formUrl: (name) => `${url}${pathOf(findForm(site, name))}`,
    startProcessing: (name) => startProcessing(site, name),
    heard: (name) => findForm(site, name).heard,
    accepted: (name) => findForm(site, name).heard.filter(({ verdict }) => verdict.reason === 'accepted'),
    followedRedirects: (name) => findForm(site, name).followedRedirects,
    behave: (name, faults) => site.faults.set(name, faults),
  };
}

async function findKeys({ key = [], siteOptions }: FormServerOptions, orig: string): Promise<readonly string[]> {
  const known = siteOptions && readSiteOption(await siteOptions(), 'api-secrets', orig);
  return [key, known ?? []].flat().filter((text) => text !== '');
}

async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '' } = request;
  const { path, rawQuery } = splitTarget(request);
  const [, told, trigger] = /\/(\w[\w.~-]*)\/jump\/trigger\/([^/]+)\/?$/.exec(path) ?? [];
  if (told !== undefined && trigger !== undefined) {
    const call = { form: findForm(site, told), trigger, method, rawQuery };
    return serveTrigger(site, call, { request, response });
  }
  const [, calling] = /\/(\w[\w.~-]*)\/calls$/.exec(path) ?? [];
  if (calling !== undefined && method === 'POST') {
    startProcessing(site, calling);
    return send(response, { status: 204, contentType: 'text/plain', body: '' });
  }
  send(response, await answerPage(site, { path, rawQuery, method }));
}

function splitTarget({ url = '/' }: IncomingMessage): { path: string; rawQuery: string } {
  const question = url.indexOf('?');
  return question < 0
    ? { path: url, rawQuery: '' }
    : { path: url.slice(0, question), rawQuery: url.slice(question + 1) };
}

interface PageRequest {
  readonly path: string;
  readonly rawQuery: string;
  readonly method: string;
}

async function answerPage(site: Site, { path, rawQuery, method }: PageRequest): Promise<Answer> {
  const [, shown] = /\/(\w[\w.~-]*)\/$/.exec(path) ?? [];
  if (path !== '/' && shown === undefined) return refusal(404, 'Page not found.');
  const form = shown === undefined ? undefined : findForm(site, shown);
  if (form !== undefined && rawQuery === 'redirected') form.followedRedirects += 1;
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Method not allowed.');
  return pageAnswer(form === undefined ? formListPage([...site.forms.values()]) : formPage(form));
}
