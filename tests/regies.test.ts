/** The register of regies on a real engine: names that two want, commands that stop halfway, what still waits. */
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countUnsettled } from '../lib/basket/dynamodbItemSearch.ts';
import { disableRegie, putRegie, type RegieFile, removeRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { findActiveRegie } from '../lib/regie/regie.ts';
import type { RegieRegister } from '../lib/regie/regieRegister.ts';
import { localClient } from '../scripts/local/engine.ts';
import { anAttempt, anItem } from './builders.ts';
import { engines, type TestEngine } from './engines.ts';

describe.each(engines)('the register of regies on %s', (_, start) => {
  let engine: TestEngine;
  let client: DynamoDBDocumentClient;
  let register: RegieRegister;
  beforeAll(async () => {
    engine = await start();
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
  /** The register of a command that stops before its write of this number. */
  const stoppingAfter = (writes: number) =>
    beforeWrite(writes + 1, () => {
      throw new Error('stopped');
    });

  /** The register, with something happening before its write of this number. */
  function beforeWrite(number: number, meanwhile: () => unknown): RegieRegister {
    let writes = 0;
    const counted =
      <Arguments extends unknown[], Result>(write: (...args: Arguments) => Promise<Result>) =>
      async (...args: Arguments) => {
        writes += 1;
        if (writes === number) await meanwhile();
        return write(...args);
      };
    return { ...register, save: counted(register.save), saveNames: counted(register.saveNames) };
  }

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

    it('gives a name that several want at once to one of them', async () => {
      const puts = ['e1', 'e2', 'e3', 'e4'].map((id) => putRegie(register, file(id, { slug: 'wanted' })));
      const outcomes = await Promise.allSettled(puts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { regies } = await register.load();
      expect(regies.filter(({ slug }) => slug === 'wanted')).toHaveLength(1);
    });

    it.each([0, 1, 2])('is completed by repeating it when it stopped after %d of its writes', async (writes) => {
      const id = `f${writes}`;
      await expect(putRegie(stoppingAfter(writes), file(id, { slug: `${id}-slug` }))).rejects.toThrow('stopped');
      await putRegie(register, file(id, { slug: `${id}-slug`, default: true }));
      const catalogue = await register.load();
      expect(findActiveRegie(catalogue, `${id}-slug`)).toMatchObject({ id });
      expect(catalogue.defaultRegieId).toBe(id);
    });

    it('leaves no name claimed when it is refused', async () => {
      await putRegie(register, file('p'));
      const late = { ...register, save: async () => false };
      await expect(putRegie(late, file('p', { slug: 'pp' }))).rejects.toThrow('just been changed');
      await putRegie(register, file('q', { slug: 'pp' }));
      expect(findActiveRegie(await register.load(), 'pp')).toMatchObject({ id: 'q' });
    });

    it('keeps a slug that an overlapping put of the same regie has just given it', async () => {
      await putRegie(register, file('r'));
      const overlapped = beforeWrite(3, () => putRegie(register, file('r', { slug: 'rr' })));
      await putRegie(overlapped, file('r', { maximumCents: 500 }));
      expect(findActiveRegie(await register.load(), 'rr')).toMatchObject({ id: 'r', slug: 'rr' });
      await expect(putRegie(register, file('s', { slug: 'rr' }))).rejects.toThrow('rr is already used by the regie r.');
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
      await expect(disableRegie(register, 'nowhere')).rejects.toThrow('There is no regie with the id or slug nowhere.');
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
      await removeRegie(register, 'k', nothingWaits);
      expect(findActiveRegie(await register.load(), 'kk')).toMatchObject({ id: 'l' });
      await putRegie(register, file('k'));
      expect(await find('k')).toMatchObject({ status: 'active' });
    });

    it('is completed by repeating it when it stopped halfway', async () => {
      await putRegie(register, file('t', { slug: 'tt', default: true }));
      await expect(removeRegie(stoppingAfter(1), 't', nothingWaits)).rejects.toThrow('stopped');
      await removeRegie(register, 't', nothingWaits);
      expect(await register.load()).not.toHaveProperty('defaultRegieId');
      await putRegie(register, file('u', { slug: 'tt' }));
    });

    it('does not take the default from a regie that a put brings back meanwhile', async () => {
      await putRegie(register, file('v', { default: true }));
      const overlapped = beforeWrite(2, () => putRegie(register, file('v', { default: true })));
      await removeRegie(overlapped, 'v', nothingWaits);
      expect(findActiveRegie(await register.load())).toMatchObject({ id: 'v' });
    });

    it('gives back names that were claimed for a regie that never came', async () => {
      await expect(putRegie(stoppingAfter(1), file('w', { slug: 'ww' }))).rejects.toThrow('stopped');
      await removeRegie(register, 'w', nothingWaits);
      await putRegie(register, file('x', { slug: 'ww' }));
      await expect(removeRegie(register, 'nowhere', nothingWaits)).rejects.toThrow('There is no regie');
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
});
