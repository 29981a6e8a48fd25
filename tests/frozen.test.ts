/** Every call that we make, by a process that is frozen between two of them while its connections die. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPayfipServer } from '../standins/payfip/server.ts';
import { startPayzenServer } from '../standins/payzen/server.ts';
import type { CallName, Order, Outcomes, Places } from './frozenWorker.ts';
import { type MortalProxy, startMortalProxy } from './mortalProxy.ts';
import { startParameterStore } from './parameterStoreServer.ts';
import { secrets, startTestBasket } from './testBasket.ts';

/** What each call gives when all is well. */
const expected = {
  payfipOpened: 'https://www.payfip.gouv.fr/page?idop',
  payfipAsked: 'expired',
  payzenAsked: 'open',
  sandboxOpened: 'GET',
  shopNotified: 'sandbox notification sent',
  formTold: 'answered',
  itemsRead: 'no item',
  itemsWritten: 'written',
  secretsRead: ['link-key'],
} as const satisfies Record<CallName, unknown>;
const names = Object.keys(expected) as CallName[];
const keeping: readonly CallName[] = ['itemsRead', 'itemsWritten', 'secretsRead'];
/** Those that have a connection of their own for each call. */
const own = names.filter((name) => !keeping.includes(name));

/** Each is called so often at the same time before the freeze: the second try of a call must not find another dead one. */
const atOnce = 3;

const stops: (() => Promise<unknown>)[] = [];
let addresses: Record<CallName, string>;
let settings: Omit<Places, CallName>;

beforeAll(async () => {
  const basket = await startTestBasket({ isBrowsable: true });
  const payfip = await startPayfipServer({ numcli: '123456' });
  const passwords = { test: 'testpassword', production: 'prodpassword' };
  const payzen = await startPayzenServer({ siteId: '12345678', keys: passwords, restPasswords: passwords });
  const store = await startParameterStore();
  const hearing = createServer((request, response) => request.resume().on('end', () => response.end('{"err": 0}')));
  const hearingUrl = await listen(hearing);
  stops.push(basket.stop, payfip.stop, payzen.stop, store.stop, async () => hearing.close());
  store.parameters.set('/stage/links/keys', { value: '["link-key"]', type: 'SecureString', version: 1 });
  const { itemsTable, dynamodbEndpoint = '' } = basket.deps.config;
  settings = { sandboxKey: secrets.sandboxKey ?? '', itemsTable, secretsPath: '/stage' };
  addresses = {
    payfipOpened: payfip.soapUrl,
    payfipAsked: payfip.soapUrl,
    payzenAsked: payzen.restUrl,
    sandboxOpened: `${basket.url}/sandbox`,
    shopNotified: `${hearingUrl}/notification`,
    formTold: `${hearingUrl}/jump/trigger/paid`,
    itemsRead: dynamodbEndpoint,
    itemsWritten: dynamodbEndpoint,
    secretsRead: store.endpoint,
  };
});
afterAll(() => Promise.all(stops.map((stop) => stop())));

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface FrozenProcess {
  readonly proxies: Readonly<Record<CallName, MortalProxy>>;
  /** What the calls gave before the freeze, and once it was over. */
  readonly before: Outcomes;
  readonly after: Outcomes;
  /** Connections that were open when the process was frozen. */
  readonly kept: Readonly<Record<CallName, number>>;
  stop(): Promise<void>;
}

/** Makes all calls, freezes the process, lets its connections die, and has all calls made again once it goes on. */
async function freeze(how: 'reset' | 'forget', aheadMs: number): Promise<FrozenProcess> {
  const started = names.map(async (name) => [name, await startMortalProxy(addresses[name])]);
  const proxies: FrozenProcess['proxies'] = Object.fromEntries(await Promise.all(started));
  const behind = names.map((name) => [name, addresses[name].replace(/127\.0\.0\.1:\d+/, proxies[name].host)]);
  const places = { ...settings, ...Object.fromEntries(behind) };
  const worker = fork(fileURLToPath(new URL('frozenWorker.ts', import.meta.url)), [JSON.stringify(places)], {
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    execArgv: [],
  });
  const before = await call(worker, { names, atOnce, aheadMs: 0 });
  const isClosing = () => own.some((name) => proxies[name].alive() > 0);
  for (let waits = 0; isClosing() && waits < 100; waits += 1) await sleep(10);
  const kept = Object.fromEntries(names.map((name) => [name, proxies[name].alive()])) as FrozenProcess['kept'];
  worker.kill('SIGSTOP');
  // The signal does not wait for the process to stop.
  await sleep(50);
  // It is there when the process goes on, before anything is heard of the connections: as the next event of a function.
  const again = call(worker, { names, atOnce: 1, aheadMs });
  for (const name of names) proxies[name][how]();
  worker.kill('SIGCONT');
  const after = await again;
  const stop = async () => {
    worker.kill('SIGKILL');
    await Promise.all(names.map((name) => proxies[name].stop()));
  };
  return { proxies, before, after, kept, stop };
}

async function call(worker: ChildProcess, order: Order): Promise<Outcomes> {
  worker.send(order);
  const [outcomes] = await once(worker, 'message');
  return outcomes as Outcomes;
}

describe.each([
  ['reset an hour ago', 'reset', 3_600_000, names],
  ['forgotten an hour ago', 'forget', 3_600_000, names],
  ['reset a moment ago', 'reset', 0, own],
  // AWS's clients find out by a try, and their second one succeeds.
  ['forgotten a moment ago', 'forget', 0, own],
] as const)('a process whose connections were %s', (_, how, aheadMs, unharmed) => {
  let frozen: FrozenProcess;
  beforeAll(async () => {
    frozen = await freeze(how, aheadMs);
  });
  afterAll(() => frozen.stop());

  it.each(names)('succeeds again: %s', (name) => {
    expect(frozen.before[name]).toEqual([expected[name], expected[name], expected[name]]);
    expect(frozen.after[name]).toEqual([expected[name]]);
  });

  it.each(own)('kept no connection to begin with: %s', (name) => {
    expect(frozen.kept[name]).toBe(0);
  });

  it.each(keeping)('kept them all, for the next call: %s', (name) => {
    expect(frozen.kept[name]).toBe(3);
  });

  it.each(unharmed)('sent nothing on a dead one: %s', (name) => {
    expect(frozen.proxies[name].swallowedBytes()).toBe(0);
  });
});
