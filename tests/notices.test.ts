/** The form is told: over HTTP, on a real engine, by the stand-in's own idea of w.c.s.'s rules; with all that networks do. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHandler as createAttendHandler } from '../functions/attendItems.ts';
import { changeItem } from '../lib/basket/changeItem.ts';
import type { Item } from '../lib/item/item.ts';
import type { Notice } from '../lib/item/notice.ts';
import { redeliverNotice } from '../lib/notice/notices.ts';
import type { ServiceSecrets } from '../lib/platform/secrets.ts';
import type { Fault } from '../standins/forms/faults.ts';
import { type FormServer, startFormServer } from '../standins/forms/server.ts';
import { formatSiteOptions } from '../standins/forms/siteOptions.ts';
import { anAttempt, anItem } from './builders.ts';
import { secrets, service, serviceKey, startTestBasket, type TestBasket } from './testBasket.ts';

let basket: TestBasket;
let forms: FormServer;
/** Who may call the forms: our public address is at this host, with a port that it cannot name. */
let siteOptionsText = formatSiteOptions('127.0.0.1', serviceKey);
beforeAll(async () => {
  basket = await startTestBasket({ isBrowsable: true });
  const siteOptions = async () => siteOptionsText;
  forms = await startFormServer({ siteOptions, now: () => basket.clock.now(), processingMs: 5_000 });
  await basket.writeSecrets(secretsWith({}));
});
afterAll(async () => {
  await forms.stop();
  await basket.stop();
});
beforeEach(() => {
  // Each test an hour later than the one before: nobody else's notices are due, and caches are read anew.
  basket.clock.set(new Date(basket.clock.now().getTime() + 7 * 24 * 3_600_000));
  basket.logger.lines.length = 0;
});
afterEach(() => forms.behave('*', 'none'));

/** The stage's secrets, with the stand-in for a host of the service. */
function secretsWith(change: Partial<(typeof secrets.services)[string]>) {
  const { host } = new URL(forms.url);
  const known = { keys: [serviceKey], aliases: [host], ...change };
  return { ...secrets, services: { ...secrets.services, [service]: known } };
}

let count = 0;
const newName = () => {
  count += 1;
  return `d${count}`;
};

/** An item of a form of its own. */
async function add(name = newName(), body: Record<string, unknown> = {}) {
  const answer = await basket.add({ body: { amount: 10.05, url: forms.formUrl(name), ...body } });
  const { id, payment_url: address } = answer.body as { id: string; payment_url: string };
  return { id, address, name };
}

const giveUp = (address: string) =>
  fetch(`${address}/cancel`, { method: 'POST', body: new URLSearchParams({ choice: 'remove' }), redirect: 'manual' });
const noticeOf = async (id: string) => (await basket.item(id))?.notice as Notice;

/** Lets time pass to when the notice is due, and attends. */
async function tryNext(id: string): Promise<Notice> {
  const { nextAt } = await noticeOf(id);
  if (nextAt === undefined) throw new Error('Nothing is owed.');
  basket.clock.set(new Date(Math.max(basket.clock.now().getTime(), Date.parse(nextAt))));
  await basket.attend();
  return noticeOf(id);
}

describe('the form of an item', () => {
  it('is not called by a run that was stopped for long after its claim; the next one calls it, and believes a 404', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    const { store, clock } = basket.deps;
    const slowStore: typeof store = {
      ...store,
      replace: async (...change) => {
        const outcome = await store.replace(...change);
        basket.clock.advance(26_000);
        return outcome;
      },
    };
    const deps = { ...basket.deps, store: slowStore, clock };
    await createAttendHandler(() => deps)({}, { getRemainingTimeInMillis: () => 120_000 });
    expect(forms.heard(name)).toEqual([]);
    const notice = await noticeOf(id);
    expect(notice).toMatchObject({ tries: 1, log: [{ outcome: 'retry', reason: 'late' }] });
    expect(notice).not.toHaveProperty('claimId');
    expect(notice).not.toHaveProperty('mayHaveHeard');
    expect(await tryNext(id)).toMatchObject({ tries: 2, end: 'delivered' });
  });

  it('hears at once that it is paid, by whom and how the bank names it', async () => {
    const { id, address, name } = await add();
    const opened = await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    const body = new URLSearchParams({ outcome: 'paid' });
    await fetch(opened.headers.get('location') ?? '', { method: 'POST', body, redirect: 'manual' });
    await basket.attend();
    const [call, second] = forms.accepted(name);
    expect(second).toBeUndefined();
    expect(call).toMatchObject({
      trigger: 'paid',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      query: { orig: '127.0.0.1', algo: 'sha256' },
      body: {
        result: 'ok',
        transaction_id: `${id}01`,
        order_id: expect.stringContaining(`${id}01-`),
        bank_transaction_id: expect.any(String),
        bank_transaction_date: basket.clock.now().toISOString(),
        bank_data: { status: 'paid' },
      },
    });
    const notice = await noticeOf(id);
    expect(notice).toMatchObject({ tries: 1, end: 'delivered', log: [{ outcome: 'delivered', reason: 'HTTP 200' }] });
    expect(notice).not.toHaveProperty('nextAt');
    const line = basket.logger.lines.find(({ message }) => message === 'form tried');
    expect(line?.fields).toMatchObject({ itemId: id, host: new URL(forms.url).host, tries: 1, outcome: 'delivered' });
  });

  it('hears at once that the citizen gave it up', async () => {
    const { address, name, id } = await add();
    await giveUp(address);
    await basket.attend();
    expect(forms.accepted(name)).toMatchObject([{ trigger: 'cancelled', body: { result: 'ok' } }]);
    expect(await noticeOf(id)).toMatchObject({ end: 'delivered' });
  });

  it('hears 30 s later that its own workflow took it back, when that was asked', async () => {
    const { id, name } = await add();
    forms.startProcessing(name);
    await basket.remove(id, { body: { basket_item_id: id, notify: true } });
    await basket.attend();
    expect(forms.heard(name)).toEqual([]);
    await tryNext(id);
    expect(forms.accepted(name)).toMatchObject([{ trigger: 'cancelled' }]);
    const quiet = await add();
    await basket.remove(quiet.id);
    basket.clock.advance(3_600_000);
    await basket.attend();
    expect(forms.heard(quiet.name)).toEqual([]);
  });

  it('hears by the names that its regie gives the triggers', async () => {
    const named = await startFormServer({ key: serviceKey, now: () => basket.clock.now(), triggers: ['regle'] });
    await basket.writeSecrets(secretsWith({ aliases: [new URL(named.url).host] }));
    basket.clock.advance(6 * 60_000);
    const { id } = await add();
    const item = (await basket.item(id)) as Item;
    const regie = { ...(await basket.deps.regies.get()).regies.find(({ id: known }) => known === 'cantine') };
    const regies = { get: async () => ({ regies: [{ ...regie, triggers: { cancelled: 'regle' } }] }) } as never;
    const cancelled = { ...item, state: 'cancelled', url: named.formUrl('x') } as const;
    const owing = { ...cancelled, notice: { trigger: 'cancelled', tries: 0, nextAt: item.createdAt } } as const;
    await basket.putRow({ ...owing, dueAt: item.createdAt, kind: 'item', dueShard: 'due' });
    await createAttendHandler(() => ({ ...basket.deps, regies }))({}, { getRemainingTimeInMillis: () => 120_000 });
    expect(named.accepted('x')).toMatchObject([{ trigger: 'regle' }]);
    await named.stop();
    await basket.writeSecrets(secretsWith({}));
    basket.clock.advance(6 * 60_000);
  });
});

describe('a form that', () => {
  /** The try's outcome, and whether the next one ends it. */
  it.each<[string, Fault, string, string]>([
    ['fails', 'error-500', 'unknown', 'delivered'],
    ['is out of service', 'unavailable-503', 'unknown', 'delivered'],
    ['is behind a gateway that fails', 'bad-gateway-502', 'unknown', 'delivered'],
    ['is called too often', 'rate-limited-429', 'retry', 'delivered'],
    ['is under maintenance', 'html-200', 'refused', 'delivered'],
    ['says no in its answer', 'err-1', 'refused', 'delivered'],
    ['says nothing', 'empty-204', 'refused', 'delivered'],
    ['sends us elsewhere', 'redirect', 'refused', 'delivered'],
    ['answers without end', 'huge', 'refused', 'delivered'],
    ['breaks off before it has heard', 'reset-before', 'unknown', 'delivered'],
    ['has heard, and breaks off', 'reset-after', 'unknown', 'presumed-delivered'],
    ['has heard, and answers half', 'half-answer', 'unknown', 'presumed-delivered'],
    ['has heard, and answers with a list', 'list-after', 'refused', 'presumed-delivered'],
    ['has heard, and says no', 'err-1-after', 'refused', 'presumed-delivered'],
    ['has heard, and says nothing', 'empty-204-after', 'refused', 'presumed-delivered'],
    ['has heard, and shows a page', 'html-after', 'refused', 'presumed-delivered'],
    ['has heard, and compresses its answer', 'gzip-after', 'refused', 'presumed-delivered'],
    ['has heard, and sends us to its page', 'redirect-after', 'refused', 'presumed-delivered'],
    ['has heard, and fails', 'error-500-after', 'unknown', 'presumed-delivered'],
    ['has heard, and is too slow for its proxy', 'unavailable-503-after', 'unknown', 'presumed-delivered'],
  ])('%s (%s): %s, then %s', async (_, fault, outcome, end) => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.behave(name, [fault]);
    await basket.attend();
    expect((await noticeOf(id)).log).toMatchObject([{ outcome }]);
    const { tries, nextAt, ...notice } = await tryNext(id);
    expect(notice).toMatchObject({ end });
    expect([tries, nextAt]).toEqual([2, undefined]);
    expect(forms.accepted(name)).toHaveLength(1);
    expect(forms.followedRedirects(name)).toBe(0);
  });

  it.each<[string, Fault]>([
    ['is slow', { slowMs: 300 }],
    ['calls its JSON text', 'wrong-content-type'],
    ['says that there is no error by a text', 'err-text'],
    ['says that there is no error by null', 'err-null'],
  ])('%s has heard all the same', async (_, fault) => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.behave(name, [fault]);
    await basket.attend();
    expect(await noticeOf(id)).toMatchObject({ end: 'delivered', tries: 1 });
  });

  it('has heard, and whose proxy fails in every way after that, is no alarm', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.behave(name, ['html-after', 'rate-limited-429', 'redirect', 'unavailable-503', 'err-1', 'html-200']);
    await basket.attend();
    let notice = await noticeOf(id);
    while (notice.nextAt !== undefined) notice = await tryNext(id);
    expect(notice).toMatchObject({ end: 'presumed-delivered', tries: 7 });
    expect(forms.accepted(name)).toHaveLength(1);
    expect(basket.logger.lines.filter(({ message }) => message === 'notice-failed')).toEqual([]);
  });

  it('answers oddly for ever is given up after two hours: nobody knows whether it has heard', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.behave(name, 'html-200');
    await basket.attend();
    let notice = await noticeOf(id);
    while (notice.nextAt !== undefined) notice = await tryNext(id);
    expect(notice).toMatchObject({ end: 'failed', tries: 7, mayHaveHeard: true });
    expect(Date.parse(notice.endedAt ?? '') - Date.parse(notice.firstTriedAt ?? '')).toBe(2 * 3_600_000);
  });

  it('is busy with its own actions hears when it is done', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.startProcessing(name);
    await basket.attend();
    expect((await noticeOf(id)).log).toMatchObject([{ outcome: 'retry', reason: 'HTTP 403' }]);
    expect(await tryNext(id)).toMatchObject({ end: 'delivered' });
  });

  it('asks for time gets it', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.behave(name, [{ busy: 'unavailable-503', retryAfter: 600 }]);
    const before = basket.clock.now().getTime();
    await basket.attend();
    const { nextAt = '' } = await noticeOf(id);
    expect(Date.parse(nextAt) - before).toBe(600_000);
  });

  it('does not know the trigger is given up after two hours', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    // It has heard of something else meanwhile.
    const other = await add(name);
    await giveUp(other.address);
    await basket.attend();
    let notice = await noticeOf(id);
    if (notice.end === 'delivered') notice = await noticeOf(other.id);
    const left = (await noticeOf(id)).end === 'delivered' ? other.id : id;
    while (notice.nextAt !== undefined) notice = await tryNext(left);
    expect(notice).toMatchObject({ end: 'failed', tries: 7 });
    expect(basket.logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'notice-failed',
        fields: expect.objectContaining({ itemId: left }),
      }),
    );
  });

  it('is down is told for three days, and again when an operator says so', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    await forms.goDown();
    let notice = await noticeOf(id);
    const start = basket.clock.now().getTime();
    while (notice.nextAt !== undefined) notice = await tryNext(id);
    expect(notice).toMatchObject({ end: 'failed', log: expect.arrayContaining([]) });
    expect(notice.tries).toBeGreaterThanOrEqual(15);
    expect(basket.clock.now().getTime() - start).toBeGreaterThan(2.5 * 24 * 3_600_000);
    expect(notice.log?.every(({ outcome }) => outcome === 'retry')).toBe(true);
    await forms.comeUp();
    const { store, clock } = basket.deps;
    await changeItem(store, await store.read(id), (item) => redeliverNotice(item, clock.now()));
    await basket.attend();
    expect(await noticeOf(id)).toMatchObject({ end: 'delivered' });
    expect(forms.accepted(name)).toHaveLength(1);
  });
});

describe('keys', () => {
  it('during a rotation: whichever the form believes', async () => {
    await basket.writeSecrets(
      secretsWith({ outgoing: { orig: 'paiement.example.org', keys: ['not-yet', serviceKey] } }),
    );
    basket.clock.advance(6 * 60_000);
    siteOptionsText = formatSiteOptions('paiement.example.org', serviceKey);
    const { id, address, name } = await add();
    await giveUp(address);
    await basket.attend();
    expect(await noticeOf(id)).toMatchObject({ keyIndex: 1, log: [{ outcome: 'wrong-key', reason: 'HTTP 403' }] });
    expect(await tryNext(id)).toMatchObject({ end: 'delivered' });
    expect(forms.accepted(name)).toMatchObject([{ query: { orig: 'paiement.example.org' } }]);
    siteOptionsText = formatSiteOptions('127.0.0.1', serviceKey);
    await basket.writeSecrets(secretsWith({}));
    basket.clock.advance(6 * 60_000);
  });
});

describe('our name to a form', () => {
  afterEach(() => {
    siteOptionsText = formatSiteOptions('127.0.0.1', serviceKey);
  });

  /** What became of the first try, and by what name it was made, when the stage is at this address. */
  async function tellFrom(publicUrl: string, outgoing: ServiceSecrets['outgoing'] = {}) {
    await basket.writeSecrets(secretsWith({ outgoing }));
    basket.clock.advance(6 * 60_000);
    const { id, address, name } = await add();
    await giveUp(address);
    const stage = { ...basket.deps, config: { ...basket.deps.config, publicUrl } };
    await createAttendHandler(() => stage)({}, { getRemainingTimeInMillis: () => 120_000 });
    await basket.writeSecrets(secretsWith({}));
    basket.clock.advance(6 * 60_000);
    const [call] = forms.heard(name);
    return [call?.query['orig'], call?.verdict.reason, (await noticeOf(id)).log?.[0]?.outcome];
  }

  it.each([
    ['http://localhost:3900', 'localhost'],
    ['https://Paiement.example.org:8443', 'paiement.example.org'],
    ['https://paiement.example.org', 'paiement.example.org'],
    ['https://paiement.example.org:443/panier', 'paiement.example.org'],
  ])('is the host alone of %s: its administrator can write it down', async (publicUrl, name) => {
    siteOptionsText = formatSiteOptions(name, serviceKey);
    expect(await tellFrom(publicUrl)).toEqual([name, 'accepted', 'delivered']);
  });

  it('with a port would be known to no form, whatever its administrator writes', async () => {
    siteOptionsText = formatSiteOptions('localhost:3900', serviceKey);
    const outgoing = { orig: 'localhost:3900' };
    const refused = ['localhost:3900', 'unknown-caller', 'wrong-key'];
    expect(await tellFrom('http://localhost:3900', outgoing)).toEqual(refused);
    siteOptionsText = formatSiteOptions('localhost', serviceKey);
    expect(await tellFrom('http://localhost:3900', outgoing)).toEqual(refused);
  });

  it('of an IPv6 address has its colons: one that can be written has to be set', async () => {
    siteOptionsText = formatSiteOptions('paiement.example.org', serviceKey);
    expect(await tellFrom('http://[::1]:3900')).toEqual(['[::1]', 'unknown-caller', 'wrong-key']);
    const outgoing = { orig: 'paiement.example.org' };
    expect(await tellFrom('http://[::1]:3900', outgoing)).toEqual(['paiement.example.org', 'accepted', 'delivered']);
  });
});

describe('whom we do not call', () => {
  /** A server that counts who connects. */
  async function aTrap() {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, connections: () => connections, stop: () => server.close() };
  }

  it('a host of another service, or of nobody: the address is for the page only', async () => {
    const trap = await aTrap();
    const { id, address } = await add(undefined, { url: `${trap.url}/14/` });
    await giveUp(address);
    await basket.attend();
    expect(await noticeOf(id)).toMatchObject({ end: 'not-notifiable', tries: 0 });
    expect(trap.connections()).toBe(0);
    expect(basket.logger.lines).toContainEqual(
      expect.objectContaining({
        message: 'form not notifiable',
        fields: { itemId: id, caller: service, reason: 'foreign-host' },
      }),
    );
    trap.stop();
  });

  it('a private address, where the stage does not allow it, even of the service itself', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    const strict = { ...basket.deps, config: { ...basket.deps.config, allowPrivateForms: false } };
    await createAttendHandler(() => strict)({}, { getRemainingTimeInMillis: () => 120_000 });
    expect(await noticeOf(id)).toMatchObject({ log: [{ outcome: 'retry', reason: 'private-address' }] });
    expect(forms.heard(name)).toEqual([]);
  });

  it('anybody, when the service is not known any more: nothing could be signed', async () => {
    const { id, address } = await add(undefined, { url: `https://${service}/14/` });
    await giveUp(address);
    const { [service]: _, ...others } = secrets.services;
    await basket.writeSecrets({ ...secrets, services: others });
    basket.clock.advance(6 * 60_000);
    await basket.attend();
    expect(await noticeOf(id)).toMatchObject({ tries: 1, log: [{ outcome: 'retry', reason: 'no-key' }] });
    await basket.writeSecrets(secretsWith({}));
    basket.clock.advance(6 * 60_000);
  });
});

describe('what stands in the way of others', () => {
  it('a row that cannot be read is put off, and logged', async () => {
    const dueAt = new Date(basket.clock.now().getTime() - 1_000).toISOString();
    const odd = { ...anItem({ id: `3${'0'.repeat(25)}`, dueAt }), payments: 'odd', kind: 'item', dueShard: 'due' };
    await basket.putRow(odd);
    const { id, address } = await add();
    await giveUp(address);
    basket.metrics.figures.length = 0;
    await basket.attend();
    const age = basket.metrics.figures.find(({ name }) => name === 'OldestDueAge');
    expect(age?.value).toBeGreaterThanOrEqual(1);
    expect(basket.metrics.figures).toContainEqual({ name: 'ItemsNotAttended', value: 1 });
    expect(basket.metrics.figures).toContainEqual({ name: 'NoticesEnded', value: 1, outcome: 'delivered' });
    expect(await noticeOf(id)).toMatchObject({ end: 'delivered' });
    const later = new Date(basket.clock.now().getTime() + 600_000).toISOString();
    expect((await basket.rows()).find((row) => row['id'] === odd.id)).toMatchObject({ dueAt: later, payments: 'odd' });
    expect(basket.logger.lines).toContainEqual(
      expect.objectContaining({ message: 'item not attended', fields: expect.objectContaining({ itemId: odd.id }) }),
    );
    await basket.putRow({ ...anItem({ id: odd.id }), kind: 'item', dueShard: 'due' });
  });

  it('what a run has no time for is put off to the next one, untried', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    let asked = 0;
    // Time enough to list and read; none to tell.
    const getRemainingTimeInMillis = () => {
      asked += 1;
      return asked <= 1 ? 120_000 : 45_000;
    };
    await createAttendHandler(() => basket.deps)({}, { getRemainingTimeInMillis });
    expect(forms.heard(name)).toEqual([]);
    const notice = await noticeOf(id);
    expect(notice).toMatchObject({ tries: 0 });
    expect(Date.parse(notice.nextAt ?? '') - basket.clock.now().getTime()).toBe(60_000);
    expect(await tryNext(id)).toMatchObject({ end: 'delivered', tries: 1 });
  });

  it('an address that leads out of its host by its path leads to its host', async () => {
    const { id, address } = await add(undefined, { url: `${forms.url}//127.0.0.1:9/d-path/` });
    await giveUp(address);
    await basket.attend();
    expect(forms.accepted('d-path')).toHaveLength(1);
    expect(await noticeOf(id)).toMatchObject({ end: 'delivered' });
  });
});

describe('at once', () => {
  it('several runs: one post', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.behave(name, { slowMs: 100 });
    await Promise.all([basket.attend(), basket.attend(), basket.attend()]);
    expect(forms.heard(name)).toHaveLength(1);
    expect(await noticeOf(id)).toMatchObject({ end: 'delivered', tries: 1 });
  });

  it('a wish to tell again during a try waits for it', async () => {
    const { id, address, name } = await add();
    await giveUp(address);
    forms.behave(name, { slowMs: 300 });
    const run = basket.attend();
    const { store, clock } = basket.deps;
    while ((await noticeOf(id)).claimId === undefined) await new Promise((soon) => setTimeout(soon, 10));
    const read = await store.read(id);
    expect(await changeItem(store, read, (item) => redeliverNotice(item, clock.now()))).toBe(read);
    await run;
    expect(forms.heard(name)).toHaveLength(1);
    expect(await noticeOf(id)).toMatchObject({ end: 'delivered' });
  });

  it('money that settles during a try is not lost, nor is the outcome of the try', async () => {
    const { id, name } = await add();
    const item = (await basket.item(id)) as Item;
    const now = basket.clock.now().toISOString();
    const payments = { '1': anAttempt({ state: 'paid' }), '2': anAttempt({ state: 'expired', askAt: now }) };
    const notice = { trigger: 'paid', attemptId: '1', tries: 0, nextAt: now } as const;
    const paid = { ...item, state: 'paid', paidBy: '1', payments, notice, dueAt: now } as const;
    await basket.putRow({ ...paid, kind: 'item', dueShard: 'due' });
    forms.behave(name, { slowMs: 300 });
    const run = basket.attend();
    while ((await noticeOf(id)).claimId === undefined) await new Promise((soon) => setTimeout(soon, 10));
    const { store } = basket.deps;
    await changeItem(store, await store.read(id), (read) => ({ ...read, label: 'changed meanwhile' }));
    await run;
    expect(await basket.item(id)).toMatchObject({ label: 'changed meanwhile', notice: { end: 'delivered' } });
    expect(forms.accepted(name)).toHaveLength(1);
  });
});
