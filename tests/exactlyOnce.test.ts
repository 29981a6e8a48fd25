/** Lost answers, replays, races, throttling: what each call does, and how often it asks the engine. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anAttempt, anItem, noon } from './builders.ts';
import type { EngineProxy, Fault } from './engineProxy.ts';
import {
  addPath,
  removePath,
  secrets,
  service,
  serviceKey,
  startTestBasket,
  startTestBasketWithProxy,
  type TestBasket,
} from './testBasket.ts';

let basket: TestBasket;
let proxy: EngineProxy;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ basket, proxy, stop } = await startTestBasketWithProxy());
});
afterAll(() => stop());

beforeEach(async () => {
  basket.clock.set(noon);
  // Fills the caches.
  await basket.add();
  proxy.clear();
});

const withForm = { body: { amount: 1, url: 'https://demarches.example.org/cantine/14/' } };
const add = async () => String((await basket.add(withForm)).body['id']);

describe('DynamoDB calls, caches fresh', () => {
  it('add: one write, no read', async () => {
    expect((await basket.add(withForm)).status).toBe(200);
    expect(proxy.operations).toEqual(['PutItem']);
  });

  it.each([false, true])('remove, notify %s: two writes, no read', async (notify) => {
    const id = await add();
    proxy.clear();
    expect((await basket.remove(id, { body: { basket_item_id: id, notify } })).status).toBe(200);
    expect(proxy.operations).toEqual(['PutItem', 'UpdateItem']);
  });

  it('none for a call that is refused before its write', async () => {
    await basket.add({ key: 'wrong' });
    await basket.add({ raw: '{' });
    await basket.add({ body: {} });
    await basket.remove('malformed');
    await basket.remove(undefined);
    await basket.send('/nowhere');
    expect(proxy.operations).toEqual([]);
  });

  it('a cold container reads the regies once, whatever the number of calls at once', async () => {
    basket.clock.advance(3_600_000);
    await Promise.all(Array.from({ length: 10 }, () => basket.add()));
    expect(proxy.operations.filter((operation) => operation === 'Scan')).toHaveLength(1);
  });

  it('an unknown regie costs one read every 5 s at most', async () => {
    basket.clock.advance(6_000);
    const unknown = () => basket.add({ query: { NameId: 'x', regie_id: 'nulle-part' } });
    await unknown();
    await unknown();
    expect(proxy.operations).toEqual(['Scan']);
  });
});

describe('one signed URL', () => {
  // A basket of its own, straight to the engine: on a busy machine calls of so many time out, and the client stops trying again.
  it('makes exactly one item of 100 concurrent copies, spelled in every equivalent way', async () => {
    const own = await startTestBasket();
    await own.add();
    const [signed = '', signature = ''] = signedWithEverything(own).split('&signature=');
    const text = decodeURIComponent(signature);
    const before = (await own.items()).length;
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, copy) => own.send(`${signed}&signature=${spell(text, copy)}`, withForm)),
    );
    const statuses = answers.map(({ status, body }) => `${status} ${body['err_class'] ?? ''}`);
    expect(statuses.filter((status) => status === '200 ')).toHaveLength(1);
    expect(statuses.filter((status) => status === '403 nonce-already-used')).toHaveLength(99);
    expect(await own.items()).toHaveLength(before + 1);
    await own.stop();
  });

  /** A signature that holds `+`, `/` and `=`: all that can be spelled differently. */
  function signedWithEverything(by: TestBasket): string {
    for (;;) {
      const target = by.sign(addPath);
      if (/signature=.*%2B/.test(target) && /signature=.*\//.test(target)) return target;
    }
  }

  /** One spelling of a Base64 text for each number: each character raw where it may be, or percent-encoded in either case. */
  function spell(text: string, copy: number): string {
    return Array.from(text, (character, position) => {
      const hex = `%${character.charCodeAt(0).toString(16)}`;
      const choice = (copy + (copy >> 2) * position) % 3;
      if (choice === 0 && character !== '+') return character;
      return choice === 1 ? hex : hex.toUpperCase();
    }).join('');
  }

  it('is one even when an add and removals of the same URL meet', async () => {
    const target = basket.sign(addPath).slice(addPath.length);
    const id = await add();
    const removal = { body: { basket_item_id: id } };
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => basket.send(`${removePath}${target}`, removal)),
      ...Array.from({ length: 10 }, () => basket.send(`${addPath}${target}`, withForm)),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is spent by the service that signed it: two services that share a key are two', async () => {
    await basket.writeSecrets({ ...secrets, services: { [service]: { keys: ['k'] }, other: { keys: ['k'] } } });
    basket.clock.advance(3_600_000);
    const answers = await Promise.all([service, 'other'].map((orig) => basket.add({ orig, key: 'k' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await basket.writeSecrets(secrets);
    basket.clock.advance(3_600_000);
    await basket.add();
  });
});

describe('an answer that is lost between DynamoDB and us', () => {
  it.each<Fault>(['answer-lost', 'answer-cut'])('add, %s: the repeated write knows its own row', async (fault) => {
    const before = (await basket.items()).length;
    proxy.fault('PutItem', [fault]);
    const answer = await basket.add(withForm);
    expect(answer.status).toBe(200);
    expect(proxy.operations).toEqual(['PutItem', 'PutItem', 'GetItem']);
    expect(await basket.item(answer.body['id'])).toMatchObject({ state: 'waiting' });
    expect(await basket.items()).toHaveLength(before + 1);
  });

  it('add: a success whatever the row has become meanwhile', async () => {
    proxy.fault('PutItem', ['answer-lost'], async () => {
      const [newest] = (await basket.rows()).filter(({ label }) => label === 'Meanwhile');
      await basket.putRow({ ...newest, state: 'paid', version: 2 });
    });
    const answer = await basket.add({ body: { amount: 1, display_name: 'Meanwhile' } });
    expect(answer.status).toBe(200);
    expect(await basket.item(answer.body['id'])).toMatchObject({ state: 'paid', version: 2 });
  });

  it('add: a replay is refused although its first copy lost its answer', async () => {
    const target = basket.sign(addPath);
    proxy.fault('PutItem', ['answer-lost']);
    expect((await basket.send(target, withForm)).status).toBe(200);
    expect((await basket.send(target, withForm)).body).toMatchObject({ err_class: 'nonce-already-used' });
  });

  it('remove, spending the URL', async () => {
    const id = await add();
    proxy.fault('PutItem', ['answer-lost']);
    expect((await basket.remove(id)).status).toBe(200);
    expect(await basket.item(id)).toMatchObject({ state: 'cancelled', version: 2 });
  });

  it('remove, cancelling: one cancellation, one notice', async () => {
    const id = await add();
    proxy.fault('UpdateItem', ['answer-lost']);
    expect((await basket.remove(id, { body: { basket_item_id: id, notify: true } })).status).toBe(200);
    expect(await basket.item(id)).toMatchObject({ state: 'cancelled', version: 2, notice: { tries: 0 } });
  });

  it('remove, replacing what was read', async () => {
    const early = '2026-11-23T12:00:10.000Z';
    const id = '4'.repeat(26);
    const payments = { a: anAttempt({ state: 'abandoned', askAt: early }) };
    await basket.putRow({ ...anItem({ id, payments, dueAt: early }), kind: 'item', dueShard: 'due' });
    // The first PutItem spends the URL; the second replaces the item.
    proxy.fault('PutItem', ['none', 'answer-lost']);
    expect((await basket.remove(id, { body: { basket_item_id: id, notify: true } })).status).toBe(200);
    expect(proxy.operations).toEqual(['PutItem', 'UpdateItem', 'GetItem', 'PutItem', 'PutItem', 'GetItem']);
    expect(await basket.item(id)).toMatchObject({ state: 'cancelled', version: 2, dueAt: early });
  });
});

describe('DynamoDB out of reach', () => {
  it.each<Fault>(['request-lost', 'throttled', 'server-error'])('%s once, and twice', async (fault) => {
    await meetsOnceAndTwice(basket, proxy, fault);
  });

  // Each of their tries lasts the two seconds of the budget.
  it('silence, and an answer that stops halfway, once and twice', async () => {
    await Promise.all(
      (['silence', 'answer-stalled'] as const).map(async (fault) => {
        const own = await startTestBasketWithProxy();
        await meetsOnceAndTwice(own.basket, own.proxy, fault);
        await own.stop();
      }),
    );
  });

  async function meetsOnceAndTwice(to: TestBasket, through: EngineProxy, fault: Fault): Promise<void> {
    await to.add();
    through.clear();
    through.fault('PutItem', [fault]);
    expect((await to.add(withForm)).status).toBe(200);
    expect(through.operations.slice(0, 2)).toEqual(['PutItem', 'PutItem']);

    const before = (await to.rows()).length;
    through.clear();
    through.fault('PutItem', [fault, fault]);
    const answer = await to.add(withForm);
    expect(answer).toMatchObject({ status: 503, body: { err: 1, err_class: 'temporarily-unavailable' } });
    expect(through.operations).toEqual(['PutItem', 'PutItem']);
    // A stalled answer comes after the write: an item whose caller never heard is inert.
    expect(await to.rows()).toHaveLength(before + (fault === 'answer-stalled' ? 1 : 0));
    expect(to.logger.lines.at(-1)).toMatchObject({ level: 'ERROR', fields: { code: 'temporarily-unavailable' } });
  }

  it('remove: the URL is spent and the item waits; a new call removes it', async () => {
    const id = await add();
    proxy.fault('UpdateItem', ['throttled', 'throttled']);
    expect((await basket.remove(id)).status).toBe(503);
    expect(await basket.item(id)).toMatchObject({ state: 'waiting', version: 1 });
    expect((await basket.remove(id)).status).toBe(200);
  });

  it('the old regies are used while they cannot be read anew, and not for ever', async () => {
    basket.clock.advance(120_000);
    proxy.fault('Scan', ['throttled', 'throttled']);
    expect((await basket.add()).status).toBe(200);
    basket.clock.advance(3_600_000);
    proxy.fault('Scan', ['throttled', 'throttled']);
    expect((await basket.add()).body).toMatchObject({ err_class: 'temporarily-unavailable' });
    expect((await basket.add()).status).toBe(200);
  });

  it('internal-error when the stage itself is broken, and nothing of the cause leaks', async () => {
    await basket.writeSecrets({} as typeof secrets);
    basket.clock.advance(3_600_000);
    const answer = await basket.add();
    expect(answer.status).toBe(500);
    expect(Object.keys(answer.body).sort()).toEqual(['err', 'err_class', 'err_desc', 'result']);
    expect(answer.body).toMatchObject({ err_class: 'internal-error' });
    await basket.writeSecrets(secrets);
    expect((await basket.add()).status).toBe(200);
  });
});

describe('two at once', () => {
  it('concurrent removals tell the same story, and change the item once', async () => {
    const id = await add();
    const answers = await Promise.all(
      [true, false, true, false, true].map((notify) => basket.remove(id, { body: { basket_item_id: id, notify } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const item = await basket.item(id);
    expect(item).toMatchObject({ state: 'cancelled', version: 2 });
    // The first one's wish: a notice that was never tried, or none.
    const told = { trigger: 'cancelled', tries: 0, nextAt: '2026-11-23T12:00:30.000Z' };
    expect([undefined, told]).toContainEqual(item?.notice);
  });

  it('a removal that meets a payment loses to it', async () => {
    const id = await add();
    const item = await basket.item(id);
    proxy.fault('PutItem', ['answer-lost'], () => basket.putRow({ ...item, state: 'paid', version: 2 }));
    expect((await basket.remove(id)).body).toMatchObject({ err_class: 'already-paid' });
    expect(await basket.item(id)).toMatchObject({ state: 'paid', version: 2 });
  });
});

describe('keys', () => {
  it('are read anew every 5 minutes: a new one is believed, a retired one is not', async () => {
    await basket.writeSecrets({ ...secrets, services: { [service]: { keys: ['new'] } } });
    basket.clock.advance(5 * 60_000);
    expect((await basket.add()).status).toBe(200);
    basket.clock.advance(1);
    expect((await basket.add()).body).toMatchObject({ err_class: 'access-denied' });
    expect((await basket.add({ key: 'new' })).status).toBe(200);
    await basket.writeSecrets(secrets);
    basket.clock.advance(6 * 60_000);
    expect((await basket.add()).status).toBe(200);
  });

  it('a retired key is refused by a container that was asleep', async () => {
    const retired = { ...secrets, services: { [service]: { keys: ['new'] } } };
    expect((await basket.add()).status).toBe(200);
    await basket.writeSecrets(retired);
    basket.clock.advance(3 * 3_600_000);
    expect((await basket.add({ key: serviceKey })).body).toMatchObject({ err_class: 'access-denied' });
    expect((await basket.add({ key: 'new' })).status).toBe(200);
    await basket.writeSecrets(secrets);
    basket.clock.advance(3 * 3_600_000);
    expect((await basket.add()).status).toBe(200);
  });
});
