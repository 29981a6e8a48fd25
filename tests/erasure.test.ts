/** What becomes of the personal data of items when its time comes: real handlers, a real engine, a clock that is set. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFields, signFields } from '../lib/bank/sandbox/sandboxSignature.ts';
import { notificationUrl } from '../lib/payment/paymentLink.ts';
import { anAttempt, anItem } from './builders.ts';
import {
  secrets,
  service,
  serviceKey,
  startTestBasket,
  startTestBasketWithProxy,
  type TestBasket,
} from './testBasket.ts';

type World = Awaited<ReturnType<typeof startTestBasketWithProxy>>;

const dayMs = 86_400_000;
const person = { NameId: 'name-id-of-marie', email: 'marie@example.org' };
const form = 'https://demarches.example.org/cantine/77/';

let world: World;
let basket: TestBasket;
beforeAll(async () => {
  world = await startTestBasketWithProxy();
  basket = world.basket;
});
afterAll(() => world.stop());

async function add(): Promise<string> {
  const { body } = await basket.add({ query: person, body: { amount: 12, display_name: 'Cantine de Lou', url: form } });
  return String(body['id']);
}

async function rowOf(id: string): Promise<Record<string, unknown>> {
  const row = (await basket.rows()).find((each) => each['id'] === id);
  if (row === undefined) throw new Error('The row is gone.');
  return row;
}

describe('400 days after its last change', () => {
  it('an item that still waits is closed and nobody’s, its form is not told, and its row leaves the index', async () => {
    const id = await add();
    basket.clock.advance(400 * dayMs - 1);
    await basket.attend();
    expect(await rowOf(id)).toMatchObject({ state: 'waiting', nameId: 'name-id-of-marie' });
    basket.clock.advance(1);
    basket.metrics.figures.length = 0;
    await basket.attend();
    const row = await rowOf(id);
    expect(row).toEqual({
      id,
      kind: 'item',
      writeId: expect.any(String),
      version: 2,
      service: 'demarches.example.org',
      state: 'cancelled',
      cancelledBy: 'erasure',
      cancelledAt: '2027-12-28T12:00:00.000Z',
      regieId: 'cantine',
      amountCents: 1200,
      currency: 'EUR',
      cancellable: true,
      payments: {},
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2027-12-28T12:00:00.000Z',
      erasedAt: '2027-12-28T12:00:00.000Z',
      // 3,653 days later, in seconds.
      ttlEpochSeconds: 1_829_995_200 + 3_653 * 86_400,
    });
    expect(basket.metrics.figures).toContainEqual({ name: 'ItemsRemoved', value: 1, by: 'erasure' });
    world.proxy.clear();
    await basket.attend();
    expect(world.proxy.operations.filter((operation) => operation !== 'Scan')).toEqual(['Query']);
  });

  it('a crash before, or an answer that is lost after the write: erased once, at the next run at the latest', async () => {
    const [first, second] = [await add(), await add()];
    basket.clock.advance(400 * dayMs);
    world.proxy.fault('PutItem', ['request-lost', 'request-lost', 'answer-lost']);
    basket.logger.lines.length = 0;
    await basket.attend();
    expect(basket.logger.lines.map(({ message }) => message)).toContain('item not attended');
    basket.clock.advance(60_000);
    await basket.attend();
    for (const id of [first, second]) {
      expect(await rowOf(id)).toMatchObject({ state: 'cancelled', cancelledBy: 'erasure' });
      expect(JSON.stringify(await rowOf(id))).not.toMatch(/marie|Lou|cantine\/77/);
    }
  });

  it('its page still answers, with the regie’s own label; the workflow’s removal finds nobody’s item', async () => {
    const { body } = await basket.add({ query: person, body: { amount: 12, display_name: 'Cantine de Lou' } });
    const path = new URL(String(body['payement_url'])).pathname;
    basket.clock.advance(400 * dayMs);
    await basket.attend();
    const page = await fetch(`${basket.url}${path}`);
    expect([page.status, (await page.text()).includes('Lou')]).toEqual([200, false]);
    expect((await basket.remove(body['id'], { query: person })).body).toMatchObject({ err_class: 'unknown-item' });
  });

  it('what is under way comes first: tried again every day, and done once it is over', async () => {
    const id = `7${'e'.repeat(25)}`;
    const now = basket.clock.now().toISOString();
    const pending = anItem({
      id,
      payments: {
        1: anAttempt({ state: 'pending', askAt: new Date(basket.clock.now().getTime() + 7 * dayMs).toISOString() }),
      },
      eraseAt: now,
      dueAt: now,
    });
    await basket.deps.store.add(pending);
    await basket.attend();
    const tomorrow = new Date(basket.clock.now().getTime() + dayMs).toISOString();
    expect(await rowOf(id)).toMatchObject({ nameId: 'ab1c2d3e', eraseAt: tomorrow, dueAt: tomorrow });
    const read = await basket.deps.store.read(id);
    if (read === undefined) throw new Error('It was there.');
    const paid = anAttempt({ state: 'paid', email: 'payeur@example.org' });
    await basket.deps.store.replace(read, {
      ...read,
      version: read.version + 1,
      state: 'paid',
      paidBy: '1',
      payments: { 1: paid },
    });
    basket.clock.advance(dayMs);
    await basket.attend();
    expect(await rowOf(id)).toMatchObject({ state: 'paid', paidBy: '1', erasedAt: expect.any(String) });
    expect(JSON.stringify(await rowOf(id))).not.toMatch(/ab1c2d3e|gerard|payeur/);
  });
});

describe('two runs that meet at the erasure', () => {
  it('erase it at once, though one comes to it while the other tells the form', async () => {
    const met = await startTestBasket({ isBrowsable: true });
    let calls = 0;
    const server = createServer(async (_, response) => {
      calls += 1;
      await met.attend();
      response.end('{"err": 0}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await met.writeSecrets({ ...secrets, services: { [service]: { keys: [serviceKey], aliases: [host] } } });
    const { body } = await met.add({ query: person, body: { amount: 12, url: `http://${host}/cantine/77/` } });
    const choice = new URLSearchParams({ choice: 'remove' });
    await fetch(`${body['payment_url']}/cancel`, { method: 'POST', body: choice, redirect: 'manual' });
    met.clock.advance(400 * dayMs);
    await met.attend();
    expect(calls).toBe(1);
    const item = await met.item(body['id']);
    expect(item).toMatchObject({ cancelledBy: 'citizen', notice: { end: 'delivered' }, erasedAt: expect.any(String) });
    expect(item).not.toHaveProperty('nameId');
    server.close();
    await met.stop();
  });
});

describe('money that comes after the erasure', () => {
  it('is recorded and to be refunded; the row is kept, and erased again later', async () => {
    const id = await add();
    const attempt = anAttempt({ state: 'expired' });
    const item = await basket.deps.store.read(id);
    if (item === undefined) throw new Error('It was there.');
    await basket.deps.store.replace(item, { ...item, version: 2, payments: { 1: attempt } });
    basket.clock.advance(400 * dayMs);
    await basket.attend();
    expect(await rowOf(id)).toMatchObject({ cancelledBy: 'erasure', ttlEpochSeconds: expect.any(Number) });

    const fields = {
      reference: `${id}01`,
      shop: attempt.shop,
      mode: attempt.mode,
      amount: '1200',
      currency: 'EUR',
      status: 'paid',
      date: basket.clock.now().toISOString(),
      transaction: 't1',
    };
    const { pathname } = new URL(notificationUrl({ itemId: id, attemptId: '1' }, await basket.deps.links()));
    const body = encodeFields(signFields(fields, secrets.sandboxKey ?? ''));
    expect((await fetch(`${basket.url}${pathname}`, { method: 'POST', body })).status).toBe(200);
    const row = await rowOf(id);
    expect(row).toMatchObject({
      state: 'cancelled',
      payments: { 1: { state: 'paid', bankTransactionId: 't1' } },
      alerts: { 1: { kind: 'money-to-refund' } },
      eraseAt: new Date(basket.clock.now().getTime() + 400 * dayMs).toISOString(),
    });
    expect(row).not.toHaveProperty('ttlEpochSeconds');
    basket.clock.advance(400 * dayMs);
    await basket.attend();
    expect(await rowOf(id)).toMatchObject({ ttlEpochSeconds: expect.any(Number), alerts: { 1: expect.any(Object) } });
  });
});
