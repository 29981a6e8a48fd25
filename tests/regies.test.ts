/** The register of regies on a real engine: names that two want, commands that stop halfway, what still waits. */
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countUnsettled } from '../lib/basket/itemSearch.ts';
import { disableRegie, putRegie, type RegieFile, removeRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import type { RegieRegister } from '../lib/regie/regieRegister.ts';
import { type Engine, localClient, startEngine } from '../scripts/local/engine.ts';
import { anAttempt, anItem } from './builders.ts';

let engine: Engine;
let client: DynamoDBDocumentClient;
let register: RegieRegister;
beforeAll(async () => {
  engine = await startEngine();
  client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
  register = dynamodbRegieRegister(client, engine.tables.regiesTable);
});
afterAll(() => engine.stop());

const file = (id: string, change: Partial<RegieFile> = {}): RegieFile => ({
  id,
  name: id,
  bank: 'sandbox',
  defaultLabel: id,
  ...change,
});
const nothingWaits = async () => 0;
const find = async (id: string) => (await register.load()).regies.find((regie) => regie.id === id);

describe('put', () => {
  it('writes a new regie, then its changes, a version each', async () => {
    await putRegie(register, file('a', { slug: 'aa', minimumCents: 100 }));
    expect(await find('a')).toEqual({ ...file('a'), slug: 'aa', minimumCents: 100, status: 'active', version: 1 });
    await putRegie(register, file('a', { slug: 'aa', maximumCents: 900 }));
    expect(await find('a')).toEqual({ ...file('a'), slug: 'aa', maximumCents: 900, status: 'active', version: 2 });
  });

  it.each([
    ['its slug is the slug of another', { id: 'b', slug: 'aa' }],
    ['its slug is the id of another', { id: 'b', slug: 'a' }],
    ['its id is the slug of another', { id: 'aa', slug: 'bb' }],
  ])('is refused when %s', async (_, { id, slug }) => {
    const before = await register.load();
    await expect(putRegie(register, file(id, { slug }))).rejects.toThrow('already used');
    expect(await register.load()).toEqual(before);
  });

  it('frees a slug that it gives up', async () => {
    await putRegie(register, file('c', { slug: 'cc' }));
    await putRegie(register, file('c', { slug: 'ccc' }));
    await putRegie(register, file('d', { slug: 'cc' }));
    expect(await find('d')).toMatchObject({ slug: 'cc' });
  });

  it('gives a name that two want at once to one of them', async () => {
    const puts = ['e1', 'e2', 'e3', 'e4'].map((id) => putRegie(register, file(id, { slug: 'wanted' })));
    const outcomes = await Promise.allSettled(puts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { regies } = await register.load();
    expect(regies.filter(({ slug }) => slug === 'wanted')).toHaveLength(1);
  });

  it('is completed by repeating it when it stopped after claiming the names', async () => {
    await register.claimNames('f', ['f', 'ff']);
    await putRegie(register, file('f', { slug: 'ff' }));
    expect(await find('f')).toMatchObject({ slug: 'ff', version: 1 });
  });

  it('points the default, and takes it away', async () => {
    await putRegie(register, file('g', { default: true }));
    expect(await register.load()).toMatchObject({ defaultRegieId: 'g' });
    await putRegie(register, file('h', { default: true }));
    await putRegie(register, file('g', { default: false }));
    expect(await register.load()).toMatchObject({ defaultRegieId: 'h' });
    await putRegie(register, file('h'));
    expect(await register.load()).toMatchObject({ defaultRegieId: 'h' });
    await putRegie(register, file('h', { default: false }));
    expect(await register.load()).not.toHaveProperty('defaultRegieId');
  });

  it('is refused when no amount lies between its limits', async () => {
    await expect(putRegie(register, file('i', { minimumCents: 2, maximumCents: 1 }))).rejects.toThrow('minimumCents');
    expect(await find('i')).toBeUndefined();
  });
});

describe('disable', () => {
  it('keeps everything but the status; putting the file again undoes it', async () => {
    await putRegie(register, file('j', { slug: 'jj' }));
    await disableRegie(register, 'j');
    await disableRegie(register, 'j');
    expect(await find('j')).toEqual({ ...file('j'), slug: 'jj', status: 'disabled', version: 2 });
    await putRegie(register, file('j', { slug: 'jj' }));
    expect(await find('j')).toMatchObject({ status: 'active' });
  });

  it('is refused for a regie that is not there', async () => {
    await expect(disableRegie(register, 'nowhere')).rejects.toThrow('There is no regie with the id nowhere.');
  });
});

describe('remove', () => {
  it('frees the slug and the default, keeps the id, and can be undone by the file', async () => {
    await putRegie(register, file('k', { slug: 'kk', default: true }));
    await removeRegie(register, 'k', nothingWaits);
    expect(await register.load()).not.toHaveProperty('defaultRegieId');
    expect(await find('k')).toMatchObject({ status: 'removed' });
    await putRegie(register, file('l', { slug: 'kk' }));
    await expect(putRegie(register, file('m', { slug: 'k' }))).rejects.toThrow('already used');
    await expect(removeRegie(register, 'k', nothingWaits)).rejects.toThrow('There is no regie');
    await putRegie(register, file('k'));
    expect(await find('k')).toMatchObject({ status: 'active' });
  });

  it('is refused while an item waits for money, and counts those', async () => {
    const paid = { state: 'paid' } as const;
    const put = (n: number, change: object) =>
      client.send(
        new PutCommand({
          TableName: engine.tables.itemsTable,
          Item: { ...anItem({ id: String(n).repeat(26), regieId: 'n', ...change }), kind: 'item', dueShard: 'due' },
        }),
      );
    await put(1, {});
    await put(2, { state: 'cancelled' });
    await put(3, { ...paid, payments: { a: anAttempt({ state: 'paid' }), b: anAttempt({ state: 'pending' }) } });
    await put(4, { ...paid, payments: { a: anAttempt({ state: 'paid' }) } });
    await put(5, { regieId: 'other' });
    await putRegie(register, file('n'));
    const count = (regieId: string) => countUnsettled(client, engine.tables.itemsTable, regieId);
    expect(await count('n')).toBe(2);
    await expect(removeRegie(register, 'n', count)).rejects.toThrow('2 item(s) of the regie n still wait');
    expect(await find('n')).toMatchObject({ status: 'active' });
  });
});
