/** `npm run secrets`, and every operator's command with `--stage`: on stand-ins for AWS, and the functions that follow. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamodbBasketStore } from '../lib/basket/dynamodbBasketStore.ts';
import { paymentUrl } from '../lib/payment/paymentLink.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { main as itemCommand } from '../scripts/item.ts';
import { localClient, localCredentials } from '../scripts/local/engine.ts';
import { createTables, readTables } from '../scripts/local/tables.ts';
import { main as regie } from '../scripts/regie.ts';
import { main as secrets } from '../scripts/secrets.ts';
import { anItem, aRegie } from './builders.ts';
import { type ParameterStoreServer, startParameterStore } from './parameterStoreServer.ts';
import { runCommand, runThroughNpm } from './runCommand.ts';
import { startTestBasket, type TestBasket } from './testBasket.ts';

const stagePath = '/publik-basket/dev';
const host = 'demarches.example.org';
let store: ParameterStoreServer;
let basket: TestBasket;

beforeAll(async () => {
  store = await startParameterStore();
  // As the template of the stage makes it.
  store.parameters.set(`${stagePath}/public-url`, {
    value: 'https://paiement.example.org',
    type: 'String',
    version: 1,
  });
  basket = await startTestBasket({ secretsPath: stagePath, ssmEndpoint: store.endpoint });
  const client = localClient(basket.deps.config.dynamodbEndpoint ?? '');
  const tables = await readTables('dev');
  await createTables(client, tables);
  const { status, version, ...cantine } = aRegie();
  const register = dynamodbRegieRegister(DynamoDBDocumentClient.from(client), tables.regiesTable);
  await putRegie(register, cantine);
  await putRegie(register, { ...cantine, id: 'piscine', slug: 'la-piscine' });
});
afterAll(async () => {
  await basket.stop();
  await store.stop();
});

const env = () => ({
  AWS_ENDPOINT_URL_SSM: store.endpoint,
  AWS_ENDPOINT_URL_DYNAMODB: basket.deps.config.dynamodbEndpoint ?? '',
  AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
});

const run = (args: string[], input: string | Buffer = '') =>
  runCommand(secrets, [...args, '--stage', 'dev'], { env: env(), input });

function storedAt(name: string): unknown {
  const { value = 'null', type } = store.parameters.get(`${stagePath}/${name}`) ?? {};
  return { type, value: JSON.parse(value) };
}

function autreKey(): string {
  return keysOf('autre.example.org')[0] ?? '';
}

function keysOf(service: string): string[] {
  return (storedAt(`callers/services/${service}`) as { value: { keys: string[] } }).value.keys;
}

/** All keys that are in the store. */
function allKeys(): string[] {
  const values = [...store.parameters.values()].filter(({ type }) => type === 'SecureString').map(({ value }) => value);
  return values.flatMap((value) => Array.from(value.matchAll(/"([^".]{16,})"/g), ([, key = '']) => key));
}

describe('npm run secrets', () => {
  it('makes what a stage needs for itself, once, encrypted, and shows none of it', async () => {
    const first = await run(['init']);
    expect(first).toEqual({
      code: 0,
      output: 'made: key of the payment addresses\nmade: key of the sandbox bank\n',
    });
    const made = [storedAt('links/keys'), storedAt('banks/sandbox-key')];
    expect(made).toEqual([
      { type: 'SecureString', value: [expect.stringMatching(/^[\w-]{43}$/)] },
      { type: 'SecureString', value: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    const second = await run(['init']);
    expect(second.output).toBe('there already: key of the payment addresses\nthere already: key of the sandbox bank\n');
    expect([storedAt('links/keys'), storedAt('banks/sandbox-key')]).toEqual(made);
  });

  it('adds a service with a key that it makes, and prints the two lines for its administrator', async () => {
    const { code, output } = await run(['add-service', host, '--alias', 'formulaires.example.org', '--default'], '\n');
    const [key = ''] = keysOf(host);
    expect(code).toBe(0);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(output).toContain(`[wscall-secrets]\npaiement.example.org = ${key}\n`);
    expect(output).toContain(`[api-secrets]\npaiement.example.org = ${key}\n`);
    expect(storedAt('callers/default-service')).toEqual({ type: 'SecureString', value: host });
    expect((await run(['add-service', host, '--generate'])).output).toContain('may call already');
    expect(keysOf(host)).toEqual([key]);
  });

  it('names the stage without its port, as each w.c.s. names others, in the lines that it prints', async () => {
    const name = `${stagePath}/public-url`;
    const before = store.parameters.get(name);
    if (before === undefined) throw new Error('The public address is missing.');
    store.parameters.set(name, { ...before, value: 'https://paiement.example.org:8443' });
    const added = await run(['add-service', 'port.example.org'], 'une-clé-partagée-à-deux\n');
    const rotated = await run(['rotate', 'port.example.org']);
    store.parameters.set(name, before);
    await run(['remove-service', 'port.example.org']);
    const lines = (key: string) =>
      `[wscall-secrets]\npaiement.example.org = ${key}\n\n[api-secrets]\npaiement.example.org = ${key}\n`;
    expect(added.output).toContain(lines('une-clé-partagée-à-deux'));
    expect(rotated.output).toMatch(/\n\[api-secrets\]\npaiement\.example\.org = [\w-]{43}\n/);
    expect(added.output + rotated.output).not.toContain(':8443');
  });

  it('warns of a name of ours that no w.c.s. can know, and leaves it as it was set', async () => {
    const outgoingOf = async (orig: string) => {
      const value = JSON.stringify({ keys: ['une-clé-partagée-à-deux'], outgoing: { orig } });
      store.parameters.set(`${stagePath}/callers/services/port.example.org`, {
        value,
        type: 'SecureString',
        version: 1,
      });
      return (await run(['list'])).output;
    };
    expect(await outgoingOf('paiement.example.org:8443')).toMatch(
      /^port\.example\.org .* told as paiement\.example\.org:8443: no w\.c\.s\. can know a name with a colon$/m,
    );
    expect(await outgoingOf('paiement.example.org')).toMatch(/^port\.example\.org .* told as paiement\.example\.org$/m);
    await run(['remove-service', 'port.example.org']);
  });

  it('adds a service with the key that it is given, which is not an argument that a shell remembers', async () => {
    const { output } = await run(['add-service', 'autre.example.org'], 'une-clé-partagée-à-deux\n');
    expect(keysOf('autre.example.org')).toEqual(['une-clé-partagée-à-deux']);
    expect(output).toContain('paiement.example.org = une-clé-partagée-à-deux');
    const short = await run(['add-service', 'court.example.org'], 'court\n');
    expect(short).toMatchObject({ code: 1, output: expect.stringContaining('fewer than 16 characters') });
    expect(store.parameters.has(`${stagePath}/callers/services/court.example.org`)).toBe(false);
  });

  it.each([
    [['add-service', 'tiers.example.org'], ''],
    [['set-bank', 'piscine', '--mode', 'production'], 'real-key\n'],
  ])('changes nothing when the input of %j ends early, as Ctrl-C ends it', async (args, input) => {
    const before = new Map(store.parameters);
    expect(await run(args, input)).toMatchObject({ code: 1, output: expect.stringContaining('nothing is changed') });
    expect(store.parameters).toEqual(before);
  });

  it.each([
    ['in Latin-1', Buffer.from('une-clé-partagée-à-deux\n', 'latin1'), 'it must be in UTF-8, and is not.'],
    [
      'in UTF-16',
      Buffer.from('\uFEFFune-clé-partagée-à-deux\n', 'utf16le'),
      'it must be in UTF-8, and seems to be in UTF-16.',
    ],
    ['a text far too long for one', 'x'.repeat(100_000), 'it is longer than 2 kB.'],
  ])('changes nothing when the key that it is given is %s', async (_, input, sentence) => {
    const before = new Map(store.parameters);
    const { code, output } = await run(['add-service', 'tiers.example.org'], input);
    expect([code, output]).toEqual([1, `Standard input: ${sentence} Nothing is changed.\n`]);
    expect(store.parameters).toEqual(before);
  });

  it('changes nothing when a key holds what nobody sees', async () => {
    const before = new Map(store.parameters);
    const { code, output } = await run(['add-service', 'tiers.example.org'], 'une-clé-partagée\u200B-à-deux\n');
    expect([code, output]).toEqual([1, expect.stringContaining('characters that show nothing')]);
    expect(store.parameters).toEqual(before);
  });

  it('lists who may call, and no key', async () => {
    const { output } = await run(['list']);
    expect(output).toMatch(/^demarches\.example\.org +1 +formulaires\.example\.org +default$/m);
    expect(output).toMatch(/^autre\.example\.org +1$/m);
    expect(output).toContain('Keys of the payment addresses: 1');
    expect(allKeys().length).toBeGreaterThan(3);
    for (const key of allKeys()) expect(output).not.toContain(key);
  });

  it('names a parameter that somebody has spoilt by hand, and does not print it', async () => {
    const name = `${stagePath}/links/keys`;
    const before = store.parameters.get(name);
    if (before === undefined) throw new Error('The keys are missing.');
    store.parameters.set(name, { ...before, value: 's3cr3t-key' });
    const list = await run(['list']);
    store.parameters.set(name, before);
    expect(list).toEqual({ code: 1, output: `Malformed secrets: the parameter ${name} is not JSON.\n` });
  });

  it('sets the keys of a regie for each mode, and leaves the other', async () => {
    expect((await run(['set-bank', 'cantine', '--mode', 'test'], 'test-key\ntest-password\n')).code).toBe(0);
    expect((await run(['set-bank', 'cantine', '--mode', 'production'], 'real-key\n\n')).code).toBe(0);
    expect(storedAt('banks/regies/cantine')).toEqual({
      type: 'SecureString',
      value: { payzen: { test: { key: 'test-key', restPassword: 'test-password' }, production: { key: 'real-key' } } },
    });
    expect((await run(['set-bank', 'cantin', '--mode', 'test'], 'x\n')).output).toContain('There is no regie');
    expect((await run(['set-bank', 'cantine'], 'x\n')).output).toContain('"set-bank" needs --mode.');
    expect((await run(['set-bank', 'cantine', '--mode', 'test'], '\n\n')).output).toContain('A key is needed.');
  });

  it('gives payment addresses a new key, and lets older ones go only when it is told', async () => {
    const linkKeys = () => (storedAt('links/keys') as { value: string[] }).value;
    const [first] = linkKeys();
    expect((await run(['retire-links'])).output).toContain('There is one key');
    expect((await run(['rotate-links'])).code).toBe(0);
    expect(linkKeys()).toEqual([expect.not.stringMatching(`^${first}$`), first]);
    expect((await run(['retire-links'])).code).toBe(0);
    expect(linkKeys()).toHaveLength(1);
    expect(linkKeys()).not.toContain(first);
  });

  it('says when two operators changed the same secret at once', async () => {
    const name = `${stagePath}/callers/services/autre.example.org`;
    const before = store.parameters.get(name);
    if (before === undefined) throw new Error('The service is missing.');
    store.meanwhile('PutParameter', () => store.parameters.set(name, { ...before, version: before.version + 1 }));
    const { code, output } = await run(['rotate', 'autre.example.org']);
    expect([code, output]).toEqual([1, expect.stringContaining('Somebody else changed the same secret')]);
  });

  it('takes back a rotation whose new key was lost on the way to the terminal', async () => {
    // The one above: written, and never shown.
    const [older, lost] = keysOf('autre.example.org');
    expect([older, lost]).toEqual(['une-clé-partagée-à-deux', expect.stringMatching(/^[\w-]{43}$/)]);
    expect((await run(['rotate', 'autre.example.org'])).output).toContain('"unrotate" takes it back');
    expect((await run(['unrotate', 'autre.example.org'])).code).toBe(0);
    expect(keysOf('autre.example.org')).toEqual([older]);
    expect((await run(['unrotate', 'autre.example.org'])).output).toContain('no rotation is under way');
  });

  it.each([
    [['rotate', 'unknown.example.org'], 'There is no service unknown.example.org'],
    [['retire', host], 'has one key'],
    [['add-service', 'Not a host'], 'a host is meant'],
    [['init', '--mode', 'test'], 'The option --mode does not go with "init".\nUsage:'],
    [['rotate'], '"rotate" needs <host>.\nUsage:'],
    [['--nonsense'], 'The command has no option --nonsense.\nUsage:'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, output } = await run(args);
    expect([code, output]).toEqual([1, expect.stringContaining(sentence)]);
    expect(output).not.toMatch(/\n\s+at /);
  });
});

describe('running functions', () => {
  const status = async (key: string) => (await basket.add({ key })).status;

  it('know a service at once, and follow the rotation of its key within five minutes', async () => {
    const [older = ''] = keysOf(host);
    expect(await status(older)).toBe(200);
    await run(['rotate', host]);
    const [, newer = ''] = keysOf(host);
    basket.clock.advance(5 * 60_000 + 1);
    expect([await status(older), await status(newer)]).toEqual([200, 200]);
    await run(['retire', host]);
    basket.clock.advance(5 * 60_000 + 1);
    expect([await status(older), await status(newer)]).toEqual([403, 200]);
    await run(['remove-service', host]);
    basket.clock.advance(5 * 60_000 + 1);
    expect(await status(newer)).toBe(403);
    expect(storedAt('callers/default-service')).toEqual({ type: undefined, value: null });
  });

  it('show the page of an address that was signed by a key which they have not heard of', async () => {
    const statusOf = async (address: unknown) => (await fetch(basket.url + new URL(String(address)).pathname)).status;
    const { keys } = (storedAt('callers/services/autre.example.org') as { value: { keys: string[] } }).value;
    const add = async () => (await basket.add({ orig: 'autre.example.org', key: keys[0] ?? '' })).body['payement_url'];
    const older = await add();
    const forged = older === undefined ? '' : String(older).replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    basket.clock.advance(60_000);
    expect([await statusOf(older), await statusOf(forged)]).toEqual([200, 404]);
    await run(['rotate-links']);
    const links = storedAt('links/keys') as { value: string[] };
    const [id] = /[0-9a-z]{26}/.exec(String(older).split('/').at(-1) ?? '') ?? [''];
    const newer = paymentUrl(id, { publicUrl: 'https://paiement.example.org', linkKeys: links.value });
    basket.clock.advance(6_000);
    expect([await statusOf(newer), await statusOf(older), await statusOf(forged)]).toEqual([200, 200, 404]);
    store.calls.length = 0;
    for (let n = 0; n < 5; n += 1) expect(await statusOf(forged)).toBe(404);
    expect(store.calls).toEqual([]);
  });

  it('call a page missing, and a service unknown, only when they could look: no bank comes back after a 404', async () => {
    const address = new URL(
      String((await basket.add({ orig: 'autre.example.org', key: autreKey() })).body['payement_url']),
    );
    const forged = address.pathname.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const paths = [forged, forged.replace('/payment/', '/payment-notification/')];
    const statuses = async () => {
      basket.clock.advance(6_000);
      const pages = await Promise.all(paths.map(async (path) => (await fetch(basket.url + path)).status));
      return [...pages, (await basket.add({ orig: 'inconnu.example.org' })).status];
    };
    expect(await statuses()).toEqual([404, 404, 403]);
    store.faults.push(...Array.from({ length: 12 }, () => 'reset' as const));
    expect(await statuses()).toEqual([503, 503, 503]);
    store.faults.length = 0;
    expect(await statuses()).toEqual([404, 404, 403]);
  });

  it('go on with what they know when Parameter Store fails, for a quarter of an hour', async () => {
    const { keys } = (storedAt('callers/services/autre.example.org') as { value: { keys: string[] } }).value;
    const call = async () => (await basket.add({ orig: 'autre.example.org', key: keys[0] ?? '' })).status;
    expect(await call()).toBe(200);
    basket.clock.advance(6 * 60_000);
    store.faults.push(...Array.from({ length: 24 }, () => 'reset' as const));
    expect(await call()).toBe(200);
    basket.clock.advance(10 * 60_000);
    expect(await call()).toBe(503);
    store.faults.length = 0;
    basket.clock.advance(6_000);
    expect(await call()).toBe(200);
  });
});

describe('the other commands on a stage', () => {
  it('run through npm, read standard input, and end', async () => {
    const options = { env: env(), input: 'une-clé-partagée-à-deux\n' };
    const added = await runThroughNpm('secrets', ['add-service', 'npm.example.org', '--stage', 'dev'], options);
    expect(added).toMatchObject({ code: 0, output: expect.stringContaining('The service npm.example.org may call') });
    expect(keysOf('npm.example.org')).toEqual(['une-clé-partagée-à-deux']);
    const again = await runThroughNpm('secrets', ['add-service', 'npm.example.org', '--stage', 'dev'], options);
    expect(again).toMatchObject({ code: 1, output: expect.stringContaining('may call already') });
  });

  it('work on its tables', async () => {
    const client = localClient(basket.deps.config.dynamodbEndpoint ?? '');
    const { itemsTable } = await readTables('dev');
    const put = await runCommand(regie, ['put', 'scripts/local/demoRegie.yaml', '--stage', 'dev'], { env: env() });
    expect(put).toMatchObject({ code: 0, output: expect.stringContaining('is in place') });
    const list = await runCommand(regie, ['list', '--stage', 'dev'], { env: env() });
    expect(list.output).toMatch(/^regie-demo .*sandbox +active/m);
    const item = anItem();
    await dynamodbBasketStore(DynamoDBDocumentClient.from(client), itemsTable, 400).add(item);
    const shown = await runCommand(itemCommand, ['show', item.id, '--stage', 'dev'], { env: env() });
    expect(shown).toMatchObject({ code: 0, output: expect.stringContaining(`Item ${item.id}`) });
  });

  it('put nothing of a file that is not in UTF-8', async () => {
    const { regiesTable } = await readTables('dev');
    const client = localClient(basket.deps.config.dynamodbEndpoint ?? '');
    const register = dynamodbRegieRegister(DynamoDBDocumentClient.from(client), regiesTable);
    const before = await register.load();
    const file = join(await mkdtemp(join(tmpdir(), 'publik-basket-')), 'cantine.yaml');
    const text = 'id: cantine\nname: Régie\nbank: sandbox\ndefaultLabel: Été\n';
    await writeFile(file, Buffer.from(text, 'latin1'));
    const put = await runCommand(regie, ['put', file, '--stage', 'dev'], { env: env() });
    expect(put).toEqual({ code: 1, output: `${file}: it must be in UTF-8, and is not.\n` });
    expect(await register.load()).toEqual(before);
    await rm(dirname(file), { recursive: true });
  });

  it('refuse the sandbox bank where the stage has none', async () => {
    const put = await runCommand(regie, ['put', 'scripts/local/demoRegie.yaml', '--stage', 'prod'], { env: env() });
    expect(put).toMatchObject({ code: 1, output: expect.stringContaining('The stage prod has no sandbox bank') });
  });

  it.each([
    ['item', ['list', '--stage', 'nowhere'], 'There is no such stage in this account and region', itemCommand],
    ['item', ['list', '--stage', 'No where'], 'The name of a stage', itemCommand],
    ['item', ['list', '--region', 'eu-west-1'], '--region goes with --stage', itemCommand],
    ['secrets', ['add-service', host, '--stage', 'nowhere'], 'no public address yet', secrets],
  ])('%s %j is refused with a sentence', async (_, args, sentence, main) => {
    const { code, output } = await runCommand(main, args, { env: env() });
    expect([code, output]).toEqual([1, expect.stringContaining(sentence)]);
  });
});
