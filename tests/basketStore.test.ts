/** What every store of items must do, run on each engine. */
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BasketStore } from '../lib/basket/basketStore.ts';
import { dynamodbBasketStore } from '../lib/basket/dynamodbBasketStore.ts';
import { cancelItem, cancellationByWorkflow, type Item, nextVersion } from '../lib/item/item.ts';
import { newUuid } from '../lib/platform/random.ts';
import { localClient } from '../scripts/local/engine.ts';
import { anAttempt, anItem, noon } from './builders.ts';
import { engines, type TestEngine } from './engines.ts';

describe.each(engines)('a store of items on %s', (_, start) => {
  let engine: TestEngine;
  let client: DynamoDBDocumentClient;
  let store: BasketStore;
  beforeAll(async () => {
    engine = await start();
    client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
    store = dynamodbBasketStore(client, engine.tables.itemsTable, 400);
  });
  afterAll(() => engine.stop());

  let count = 0;
  const newItem = (change: Partial<Item> = {}): Item => {
    count += 1;
    return anItem({ id: String(count).padStart(26, '0'), writeId: newUuid(), ...change });
  };
  const read = async (id: string) => {
    const get = new GetCommand({ TableName: engine.tables.itemsTable, Key: { id }, ConsistentRead: true });
    return (await client.send(get)).Item;
  };
  const target = ({ id }: Item, user = { nameId: 'ab1c2d3e' }) => ({ id, service: 'demarches.example.org', user });
  const silent = cancellationByWorkflow(noon, false, 400);
  const told = cancellationByWorkflow(noon, true, 400);

  it('keeps an item as it is given', async () => {
    const item = newItem();
    await store.add(item);
    expect(await read(item.id)).toEqual({ ...item, kind: 'item', dueShard: 'due' });
  });

  it('takes the same write twice, and another one under the same id never', async () => {
    const item = newItem();
    await store.add(item);
    await store.add(item);
    const other = { ...item, writeId: newUuid(), amountCents: 1 };
    await expect(store.add(other)).rejects.toMatchObject({ code: 'nonce-already-used' });
    expect(await read(item.id)).toMatchObject({ amountCents: item.amountCents });
  });

  it('adds one of 50 at once', async () => {
    const { id } = newItem();
    const adds = Array.from({ length: 50 }, () => store.add(newItem({ id })));
    const outcomes = await Promise.allSettled(adds);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('spends a URL once, whichever call it makes', async () => {
    const item = newItem();
    const spent = { id: item.id, writeId: item.writeId, spentAt: noon };
    await store.spendSignedUrl(spent);
    await store.spendSignedUrl(spent);
    const replay = { ...spent, writeId: newUuid() };
    await expect(store.spendSignedUrl(replay)).rejects.toMatchObject({ code: 'nonce-already-used' });
    await expect(store.add(newItem({ id: item.id }))).rejects.toMatchObject({ code: 'nonce-already-used' });
    const added = newItem();
    await store.add(added);
    await expect(store.spendSignedUrl({ ...spent, id: added.id, writeId: newUuid() })).rejects.toMatchObject({
      code: 'nonce-already-used',
    });
  });

  it('cancels unread what waits, and owes the notice in the same write', async () => {
    const item = newItem();
    await store.add(item);
    expect(await store.cancelUnread(target(item), told, noon)).toEqual({ done: true });
    expect(await read(item.id)).toEqual({
      ...nextVersion(item, cancelItem(item, told, noon), 400),
      kind: 'item',
      dueShard: 'due',
    });
  });

  it.each<[string, Partial<Item>]>([
    ['paid', { state: 'paid' }],
    ['cancelled', { state: 'cancelled' }],
    ['locked', { lockedUntil: '2026-11-23T12:00:00.001Z' }],
    ["another user's", { nameId: 'autre' }],
    ["another service's", { service: 'autre.example.org' }],
    ['owing a notice already', { notice: { trigger: 'paid', tries: 1 } }],
    ['due earlier than the notice', { dueAt: '2026-11-23T12:00:30.000Z' }],
  ])('gives back, unchanged, what is %s', async (_, change) => {
    const item = newItem(change);
    await store.add(item);
    expect(await store.cancelUnread(target(item), told, noon)).toEqual({
      done: false,
      item: expect.objectContaining(item),
    });
    expect(await read(item.id)).toMatchObject(item);
  });

  it('gives back what is due later than its new time of erasure: it must be due earlier then', async () => {
    const item = newItem({ eraseAt: '2028-01-01T00:00:00.000Z', dueAt: '2028-01-01T00:00:00.000Z' });
    await store.add(item);
    const outcome = await store.cancelUnread(target(item), cancellationByWorkflow(noon, false, 30), noon);
    expect(outcome).toEqual({ done: false, item: expect.objectContaining(item) });
  });

  it('cancels unread what was locked until now', async () => {
    const item = newItem({ lockedUntil: noon.toISOString() });
    await store.add(item);
    expect(await store.cancelUnread(target(item), silent, noon)).toEqual({ done: true });
  });

  it('never makes an item by cancelling, nor takes a spent URL for one', async () => {
    const item = newItem();
    expect(await store.cancelUnread(target(item), silent, noon)).toEqual({ done: false, item: undefined });
    expect(await read(item.id)).toBeUndefined();
    await store.spendSignedUrl({ id: item.id, writeId: item.writeId, spentAt: noon });
    expect(await store.cancelUnread(target(item), silent, noon)).toEqual({ done: false, item: undefined });
  });

  it('replaces the version that was read, and no other', async () => {
    const item = newItem();
    await store.add(item);
    const next = nextVersion(item, cancelItem(item, silent, noon), 400);
    const outcomes = await Promise.all([store.replace(item, next), store.replace(item, next)]);
    expect(outcomes.map(({ done }) => done).sort()).toEqual([false, true]);
    expect(outcomes).toContainEqual({ done: false, item: expect.objectContaining(next) });
    expect(await store.replace(newItem(), { ...newItem(), version: 2 })).toEqual({ done: false, item: undefined });
  });

  it('reads an item whole, and takes no spent URL for one', async () => {
    const item = newItem({ payments: { '1': anAttempt({ askAt: '2026-11-23T12:00:00.000Z', asks: 3 }) } });
    await store.add(item);
    expect(await store.read(item.id)).toEqual(item);
    const url = newItem();
    await store.spendSignedUrl({ id: url.id, writeId: url.writeId, spentAt: noon });
    expect(await store.read(url.id)).toBeUndefined();
    expect(await store.read(newItem().id)).toBeUndefined();
  });

  it('lists what is due by page, in the order of time', async () => {
    const times = [3, 1, 2].map((second) => `2026-11-20T12:00:0${second}.000Z`);
    const items = times.map((dueAt) => newItem({ dueAt }));
    for (const item of items) await store.add(item);
    await store.add(newItem({ dueAt: '2026-11-20T12:00:04.000Z' }));
    const first = await store.listDue(new Date('2026-11-20T12:00:03.000Z'), 2);
    const second = await store.listDue(new Date('2026-11-20T12:00:03.000Z'), 2, first.next);
    const ids = (page: typeof first) => page.keys.map(({ id }) => id);
    expect([ids(first), ids(second)]).toEqual([[items[1]?.id, items[2]?.id], [items[0]?.id]]);
    expect((await store.listDue(new Date('2026-11-20T12:00:00.999Z'), 2)).keys).toEqual([]);
  });

  it('makes an item due later, whatever its row holds, unless that has changed', async () => {
    const dueAt = '2026-11-19T12:00:00.000Z';
    const item = newItem({ dueAt });
    await client.send(
      new PutCommand({ TableName: engine.tables.itemsTable, Item: { ...item, kind: 'item', payments: 'odd' } }),
    );
    const [key, until] = [{ id: item.id, dueAt }, '2026-11-19T12:10:00.000Z'];
    await store.postpone(key, until);
    expect(await read(item.id)).toMatchObject({ dueAt: until, payments: 'odd' });
    await store.postpone(key, '2026-11-19T13:00:00.000Z');
    expect(await read(item.id)).toMatchObject({ dueAt: until });
    await store.postpone({ ...key, id: newItem().id }, until);
  });
});
