/** `npm run item`, as an operator runs it while the service runs: the whole command, on a real engine. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BasketStore } from '../lib/basket/basketStore.ts';
import { dynamodbBasketStore } from '../lib/basket/dynamodbBasketStore.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { main } from '../scripts/item.ts';
import { type Engine, localClient, startEngine } from '../scripts/local/engine.ts';
import { anAttempt, anItem, aRegie, noon } from './builders.ts';
import { root, runCommand } from './runCommand.ts';

const localFolder = `.local/tests-item-${process.pid}`;

let engine: Engine;
let client: DynamoDBDocumentClient;
let store: BasketStore;

/** The nth id of its kind. */
const idOf = (kind: string, n: number): string => `7${kind}${String(n).padStart(24, '0')}`;
const [waiting, paid, cancelled, refundable, failed] = [1, 2, 3, 4, 5].map((n) => idOf('a', n)) as [
  string,
  string,
  string,
  string,
  string,
];

beforeAll(async () => {
  engine = await startEngine();
  client = DynamoDBDocumentClient.from(localClient(engine.endpoint), {
    marshallOptions: { removeUndefinedValues: true },
  });
  store = dynamodbBasketStore(client, engine.tables.itemsTable, 400);
  const running = {
    pid: process.pid,
    publicUrl: 'http://localhost',
    dynamodbEndpoint: engine.endpoint,
    formsUrl: 'http://localhost',
  };
  await mkdir(`${root}${localFolder}`, { recursive: true });
  await writeFile(`${root}${localFolder}/running.json`, JSON.stringify(running));
  await seed();
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
  await rm(`${root}${localFolder}`, { recursive: true, force: true });
});

async function seed(): Promise<void> {
  const register = dynamodbRegieRegister(client, engine.tables.regiesTable);
  const { status, version, ...cantine } = aRegie();
  await putRegie(register, cantine);
  await putRegie(register, { ...cantine, id: 'piscine', slug: 'la-piscine' });
  await putRegie(register, { ...cantine, id: 'fair', slug: 'la-foire' });
  const settledAt = '2026-11-23T12:30:00.000Z';
  const paidAttempt = anAttempt({ state: 'paid', settledAt, bankTransactionId: 'transaction-14' });
  await store.spendSignedUrl({ id: idOf('b', 0), writeId: anItem().writeId, spentAt: noon });
  await store.add(anItem({ id: waiting, payments: { 1: anAttempt({ state: 'refused', settledAt }) } }));
  await store.add(
    anItem({
      id: paid,
      regieId: 'piscine',
      state: 'paid',
      paidBy: '1',
      paidAt: settledAt,
      createdAt: '2026-07-14T22:30:00.000Z',
      payments: { 1: paidAttempt },
    }),
  );
  await store.add(anItem({ id: cancelled, state: 'cancelled', createdAt: '2026-11-23T12:00:01.000Z' }));
  const alert = { kind: 'money-to-refund', raisedAt: settledAt } as const;
  await store.add(
    anItem({
      id: refundable,
      state: 'cancelled',
      createdAt: '2026-07-14T21:30:00.000Z',
      payments: { 1: anAttempt({ state: 'expired' }), 2: paidAttempt },
      alerts: { 2: alert },
    }),
  );
  await store.add(
    anItem({
      id: failed,
      createdAt: '2026-07-13T12:00:00.000Z',
      payments: { 1: anAttempt({ state: 'failed' }) },
      alerts: { 1: { kind: 'authorisation-failed', raisedAt: settledAt, closedAt: settledAt } },
    }),
  );
  // More than the megabyte that one page of a scan holds.
  const url = `https://demarches.example.org/${'x'.repeat(20_000)}`;
  const fair = Array.from({ length: 60 }, (_, n) => ({ n, seconds: String(n).padStart(2, '0') }));
  await Promise.all(
    fair.map(({ n, seconds }) =>
      store.add(anItem({ id: idOf('c', n), regieId: 'fair', url, createdAt: `2026-01-01T00:00:${seconds}.000Z` })),
    ),
  );
}

const run = (...args: string[]) => runCommand(main, args, { env: { LOCAL_FOLDER: localFolder } });

describe('npm run item -- show', () => {
  it('tells the same item by its id and by what the bank knows it by, and no name in full', async () => {
    const shown = await run('show', refundable);
    expect(shown.code).toBe(0);
    expect(shown.output).toContain(`Item ${refundable}\n`);
    expect(shown.output).toMatch(/Attempt 2\n {2}state +paid\n/);
    expect(shown.output).toMatch(/owner +NameId ab…3e, email g…@rungis\.fr\n/);
    expect(shown.output).not.toMatch(/ab1c2d3e|gerard/);
    // What is overdue may change between two runs.
    const byReference = await run('show', `${refundable}02`);
    expect(byReference.output.split('What is due')[0]).toBe(shown.output.split('What is due')[0]);
  });
});

describe('npm run item -- list', () => {
  /** Ids of the lines, in their order. */
  async function listed(...args: string[]): Promise<string[]> {
    const { code, output } = await run('list', ...args);
    expect(code).toBe(0);
    return Array.from(output.matchAll(/^7[abc]\d{24}/gm), ([id]) => id);
  }

  it.each([
    [
      ['--since', '2026-02-01'],
      [cancelled, waiting, paid, refundable, failed],
    ],
    // 00:30 in Paris.
    [
      ['--since', '2026-07-15'],
      [cancelled, waiting, paid],
    ],
    [
      ['--since', '2026-11-23T13:00'],
      [cancelled, waiting],
    ],
    [['--regie', 'piscine'], [paid]],
    [['--regie', 'la-piscine', '--status', 'waiting'], []],
    [
      ['--status', 'cancelled'],
      [cancelled, refundable],
    ],
    [
      ['--regie', 'cantine', '--status', 'waiting', '--since', '2026-07-01'],
      [waiting, failed],
    ],
  ])('%j', async (args, ids) => {
    expect(await listed(...args)).toEqual(ids);
  });

  it('tells what is going on', async () => {
    const { output } = await run('list', '--regie', 'cantine', '--status', 'waiting');
    expect(output).toMatch(new RegExp(`${waiting}  waiting  refused +10,05\\s€  cantine  Cantine de novembre`));
    expect(output).not.toContain('newest');
  });

  it('takes the newest of a table of several pages, and says what it left out', async () => {
    expect(await listed('--regie=fair', '--limit=2')).toEqual([idOf('c', 59), idOf('c', 58)]);
    expect(await listed('--regie=fair')).toHaveLength(50);
    expect((await run('list', '--regie=fair')).output).toContain('newest 50 of 60');
  });
});

describe('npm run item -- to-refund, close-alert', () => {
  it('lists an alert until it is closed', async () => {
    const before = await run('to-refund');
    expect(before.code).toBe(0);
    expect(before.output).toMatch(new RegExp(`${refundable}  2 +${refundable}02  transaction-14 .*money to refund`));
    expect(before.output).not.toContain(failed);
    expect(before.output).toContain('npm run item -- close-alert <id> <attempt>');

    expect(await run('close-alert', refundable, '2')).toEqual({
      code: 0,
      output: `The alert about attempt 2 of ${refundable} is closed.\n`,
    });
    const closed = await store.read(refundable);
    expect(closed).toMatchObject({ version: 2, alerts: { 2: { closedAt: expect.any(String) } } });

    const again = await run('close-alert', refundable, '2');
    expect(again).toMatchObject({ code: 0, output: expect.stringMatching(/^This alert was closed before, at 2/) });
    expect(await store.read(refundable)).toEqual(closed);
    expect((await run('to-refund')).output).toBe('There is no open alert: nothing to refund.\n');
  });
});

describe('npm run item, when it is asked for what is not', () => {
  it.each([
    [['show', 'abc'], /^This is no id of an item/],
    [['show', `${idOf('a', 1)}0`], /^This is no id of an item/],
    [['show', `${idOf('a', 1)}xx`], /^This is no id of an item/],
    [['show', idOf('a', 99)], /^There is no item with this id\.\n$/],
    // The row of a spent URL.
    [['show', idOf('b', 0)], /^There is no item with this id\.\n$/],
    [['close-alert', 'abc', '1'], /^This is no id of an item/],
    [['close-alert', idOf('a', 1), '1'], /^There is no alert about this attempt/],
    [['close-alert', idOf('a', 4), 'toString'], /^There is no alert about this attempt/],
    [['list', '--regie', 'nowhere'], /^There is no regie with the id or slug nowhere\.\n$/],
    [['list', '--since', '2026-02-30'], /^The time after --since must be a real one/],
    [['list', '--limit', '0'], /^The limit must be a whole number/],
  ])('%j: one sentence', async (args, sentence) => {
    const { code, output } = await run(...args);
    expect(code).toBe(1);
    expect(output).toMatch(sentence);
    expect(output.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [[], 'The first word must say what to do.'],
    [['dance'], 'The command has no action "dance".'],
    [['show'], '"show" needs <id>.'],
    [['list', 'x'], 'There is one word too many: x'],
    [['to-refund', '--regie', 'cantine'], 'The option --regie does not go with "to-refund".'],
    [['list', '--nonsense'], 'The command has no option --nonsense.'],
    [['list', '--status', 'toString'], 'The option --status takes waiting, paid or cancelled.'],
    [['export'], '"export" needs --user.'],
  ])('%j: how it is used', async (args, sentence) => {
    const { code, output } = await run(...args);
    expect(code).toBe(1);
    expect(output.startsWith(`${sentence}\nUsage:`)).toBe(true);
  });
});

describe('npm run item -- export and erase', () => {
  const [own, asked, busy, theirs] = [1, 2, 3, 4].map((n) => idOf('e', n)) as [string, string, string, string];
  beforeAll(async () => {
    const owner = { nameId: 'name-id-of-marie', email: 'marie@example.org' };
    await store.add(anItem({ ...owner, id: own, label: 'Cantine de Lou' }));
    const { nameId: _, ...anonymous } = anItem({ id: asked, email: 'marie@example.org', state: 'paid', paidBy: '1' });
    await store.add({
      ...anonymous,
      payments: { 1: anAttempt({ state: 'paid', bankTransactionId: 'transaction-77' }) },
    });
    await store.add(
      anItem({
        ...owner,
        id: busy,
        payments: { 1: anAttempt({ state: 'pending', askAt: '2999-01-01T12:00:00.000Z' }) },
      }),
    );
    const payer = anAttempt({ state: 'refused', email: 'marie@example.org' });
    await store.add(
      anItem({ id: theirs, nameId: 'name-id-of-paul', email: 'paul@example.org', payments: { 1: payer } }),
    );
  });

  it('gives a person all that is theirs, and nothing of others', async () => {
    const { code, output } = await run('export', '--user', ' Marie@Example.org ');
    expect(code).toBe(0);
    const items = JSON.parse(output) as { id: string; label?: string }[];
    expect(items.map(({ id }) => id).toSorted()).toEqual([own, asked, busy, theirs]);
    expect(items.find(({ id }) => id === own)).toMatchObject({ nameId: 'name-id-of-marie', label: 'Cantine de Lou' });
    expect(items.find(({ id }) => id === theirs)).toEqual({ id: theirs, email: 'marie@example.org' });
    expect(JSON.parse((await run('export', '--user', 'name-id-of-marie')).output)).toHaveLength(2);
    expect((await run('export', '--user', 'nobody')).output).toBe('[]\n');
    expect(await run('export', '--user', ' ')).toEqual({ code: 1, output: 'Whose? --user <NameId or email>\n' });
  });

  it('erases nothing before it is told twice', async () => {
    const { output } = await run('erase', '--user', 'marie@example.org');
    expect(output).toMatch(new RegExp(`^${own} +item +waiting +would be erased$`, 'm'));
    expect(output).toContain('Nothing is erased yet: add --yes.');
    expect(await store.read(own)).toMatchObject({ nameId: 'name-id-of-marie', version: 1 });
  });

  it('erases what is theirs, closes what waits, leaves the accounting facts, and keeps what is under way', async () => {
    const { code, output } = await run('erase', '--user', 'marie@example.org', '--yes');
    expect(code).toBe(0);
    expect(output).toMatch(new RegExp(`^${own} +item +waiting +erased$`, 'm'));
    expect(output).toMatch(new RegExp(`^${busy} +item +waiting +kept: a payment or a notice is under way$`, 'm'));
    expect(output).toMatch(new RegExp(`^${theirs} +email given to pay +waiting +erased$`, 'm'));
    expect(await store.read(own)).toMatchObject({ state: 'cancelled', cancelledBy: 'erasure', amountCents: 1005 });
    expect(await store.read(asked)).toMatchObject({
      state: 'paid',
      payments: { 1: { state: 'paid', bankTransactionId: 'transaction-77' } },
    });
    for (const id of [own, asked]) {
      expect(JSON.stringify(await store.read(id))).not.toMatch(/marie|Lou|demarches\.example\.org\//);
    }
    expect(await store.read(busy)).toMatchObject({ nameId: 'name-id-of-marie', version: 1 });
    expect(await store.read(theirs)).toMatchObject({ nameId: 'name-id-of-paul', email: 'paul@example.org' });
    expect(JSON.stringify(await store.read(theirs))).not.toContain('marie');
  });
});
