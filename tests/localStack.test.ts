/** `npm start` and the commands beside it, as a developer runs them, through serverless-offline itself. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newNonce } from '../lib/platform/random.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { localClient } from '../scripts/local/engine.ts';
import { freePort } from '../scripts/local/freePort.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const localFolder = `.local/tests-${process.pid}`;
const folder = `${root}${localFolder}`;
const guard = ['-r', './build/requireNode24.cjs'];

let port: number;
let url: string;
let environment: NodeJS.ProcessEnv;
let stack: Stack;

interface Stack {
  readonly output: () => string;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

beforeAll(async () => {
  stack = await startOnFreePort();
}, 60_000);
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A port that is free now may be somebody else's a moment later: then another is tried. */
async function startOnFreePort(tries = 3): Promise<Stack> {
  port = await freePort();
  url = `http://localhost:${port}`;
  environment = { ...process.env, PORT: String(port), LOCAL_FOLDER: localFolder };
  try {
    return await start();
  } catch (cause) {
    if (tries === 1) throw cause;
    return startOnFreePort(tries - 1);
  }
}

async function start(args: string[] = []): Promise<Stack> {
  const child = spawn(process.execPath, [...guard, 'scripts/start.ts', ...args], { cwd: root, env: environment });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += stripVTControlCharacters(chunk.toString());
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  while (!output.includes('The basket is ready')) {
    if (child.exitCode !== null) throw new Error(`npm start ended: ${output}`);
    await sleep(50);
  }
  return {
    output: () => output,
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a script; what it prints, and how it ended. */
async function run(script: string, args: string[] = [], change: NodeJS.ProcessEnv = {}) {
  const options = { cwd: root, env: { ...environment, ...change } };
  const outcome = await promisify(execFile)(process.execPath, [...guard, `scripts/${script}.ts`, ...args], options)
    .then((output) => ({ ...output, code: 0 }))
    .catch((error: { stdout: string; stderr: string; code: number }) => error);
  return { code: outcome.code, output: `${outcome.stdout}${outcome.stderr}` };
}

async function signed(query: string, path = '/api/lingo/add-basket-item'): Promise<string> {
  const secrets = JSON.parse(await readFile(`${folder}/secrets.json`, 'utf8'));
  const key = secrets.services.localhost.keys[0] as string;
  return signUrl(`${url}${path}?${query}&orig=localhost`, { key, timestamp: new Date(), nonce: newNonce() });
}

async function post(address: string, body: string | Buffer = '{"amount": "10.05"}', headers = {}) {
  const response = await fetch(address, { method: 'POST', body, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('npm start', () => {
  it('makes secrets of its own, which nobody else may read, and says what to type next', async () => {
    expect(JSON.parse(await readFile(`${folder}/secrets.json`, 'utf8'))).toEqual({
      services: {
        localhost: {
          keys: [expect.stringMatching(/^[\w-]{43}$/)],
          aliases: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
        },
      },
      linkKeys: [expect.stringMatching(/^[\w-]{43}$/)],
      sandboxKey: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(stack.output()).toContain('npm run demo');
  });

  it('is known to its forms by a name that a w.c.s. can write down, whatever its port', async () => {
    const { services } = JSON.parse(await readFile(`${folder}/secrets.json`, 'utf8'));
    const lines = (key: string) => `[wscall-secrets]\nlocalhost = ${key}\n\n[api-secrets]\nlocalhost = ${key}\n`;
    expect(await readFile(`${folder}/site-options.cfg`, 'utf8')).toBe(lines(services.localhost.keys[0]));
    expect((await stat(`${folder}/site-options.cfg`)).mode & 0o777).toBe(0o600);
    const { output } = await run('secrets', ['add-service', 'demarches.example.org', '--generate']);
    const [, key = ''] = /^localhost = ([\w-]{43})$/m.exec(output) ?? [];
    expect(output).toContain(lines(key));
    expect(await run('secrets', ['remove-service', 'demarches.example.org'])).toMatchObject({ code: 0 });
  });

  it.each([
    'NameId=a~b*c/d',
    'NameId=a~b%2Ac%2Fd',
    'NameId=%c3%a9+%2f%2B',
    'NameId=https%3A%2F%2Fidp%2Fx%3Fa%3Db%26c&foo&bar=',
    'NameId=x&foo=%FF',
  ])('answers a URL signed as sent: %s', async (query) => {
    expect(await post(await signed(query))).toMatchObject({ status: 200, body: { err: 0, result: 'succes' } });
  });

  it('refuses its replay, and takes the item back', async () => {
    const target = await signed('NameId=x');
    const added = await post(target);
    expect(added.body['payement_url']).toMatch(new RegExp(`^${url}/payment/[0-9a-z]{52}$`));
    expect(await post(target)).toMatchObject({ status: 403, body: { err_class: 'nonce-already-used' } });
    const removal = await signed('NameId=x', '/api/lingo/remove-basket-item');
    expect(await post(removal, JSON.stringify({ basket_item_id: added.body['id'] }))).toEqual({
      status: 200,
      body: { err: 0, result: 'succes' },
    });
  });

  it.each<[number, string, string | Buffer, Record<string, string>]>([
    [400, 'missing-amount', '', {}],
    [400, 'invalid-payload', '[]', {}],
    [400, 'invalid-payload', 'null', {}],
    [400, 'invalid-json', 'NaN', {}],
    [400, 'invalid-json', Buffer.from([0x22, 0xff, 0x22]), { 'content-type': 'application/json' }],
    [400, 'invalid-amount', `{"amount":${'['.repeat(1_000)}${']'.repeat(1_000)}}`, {}],
    [400, 'missing-amount', '{}', { 'content-type': 'no/such;;type' }],
    [413, 'payload-too-large', Buffer.alloc(5_000_000, 'a'), {}],
  ])('%d %s', async (status, errClass, body, headers) => {
    expect(await post(await signed('NameId=x'), body, headers)).toMatchObject({
      status,
      body: { err_class: errClass },
    });
  });

  it('answers 403, 404 and 405 as documented', async () => {
    expect(await post(`${url}/api/lingo/add-basket-item`)).toMatchObject({
      status: 403,
      body: { err_class: 'access-denied' },
    });
    expect(await post(`${url}/api/lingo/add-basket-item/`)).toMatchObject({
      status: 404,
      body: { err_class: 'not-found' },
    });
    expect(await post(`${url}/nowhere`)).toMatchObject({ status: 404, body: { err_class: 'not-found' } });
    const get = await fetch(`${url}/api/lingo/remove-basket-item`);
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toBe('POST');
  });

  it('started twice: says so, and leaves the first alone', async () => {
    const other = { PORT: String(await freePort()) };
    expect(await run('start', [], other)).toMatchObject({
      code: 1,
      output: expect.stringContaining('already running'),
    });
    const itself = expect.stringMatching(/^It is already running at .* \(process \d+\)/);
    expect(await run('start')).toMatchObject({ code: 1, output: itself });
    const elsewhere = { LOCAL_FOLDER: `${localFolder}/elsewhere` };
    const inUse = expect.stringContaining(`Port ${port} is in use`);
    expect(await run('start', [], elsewhere)).toMatchObject({ code: 1, output: inUse });
    expect((await post(await signed('NameId=x'))).status).toBe(200);
  });
});

describe('npm run demo', () => {
  it('adds an item with every documented parameter, and removes it', async () => {
    const parameters = {
      amount: '10.05',
      'display-name': 'Abonnement au cours de pétanque',
      url: 'http://localhost:8080/petanque/14/',
      'capture-date': '2019-05-06',
      'name-id': "a~b*c(d)'!/é",
      email: 'gerard.lambert@rungis.fr',
      'regie-id': 'demo',
      cancellable: 'no',
    };
    const args = Object.entries(parameters).map(([name, value]) => `--${name}=${value}`);
    const added = await run('demo', args);
    expect(added).toMatchObject({ code: 0, output: expect.stringMatching(/HTTP 200\n.*"payement_url": "http/s) });
    const [, id = ''] = /"id": "([^"]+)"/.exec(added.output) ?? [];
    expect(added.output).toContain(`npm run demo -- remove ${id} --name-id '${parameters['name-id']}' --email '`);
    expect(added.output).toContain(`npm run demo -- remove ${id} --name-id`);
    const removed = await run('demo', ['remove', id, `--name-id=${parameters['name-id']}`, '--notify=true']);
    expect(removed).toMatchObject({ code: 0, output: expect.stringContaining('"result": "succes"') });
  });

  it('fails when the call is refused', async () => {
    expect(await run('demo', ['--amount=abc'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('invalid-amount'),
    });
  });

  it('explains itself', async () => {
    expect(await run('demo', ['--help'])).toMatchObject({ code: 0, output: expect.stringContaining('--cancellable') });
    expect(await run('demo', ['remove'])).toMatchObject({ code: 1, output: expect.stringContaining('remove <id>') });
    const { code, output } = await run('demo', ['--nonsense']);
    expect(code).toBe(1);
    expect(output).toMatch(/^Unknown option '--nonsense'/);
    expect(output).not.toContain('    at ');
  });
});

describe('npm run smoke', () => {
  it('finds all well, in the log too', async () => {
    const { code, output } = await run('smoke');
    expect(output).toMatch(new RegExp(`^(ok {6}.+\\n){14}All is well at ${url}\\n$`));
    expect(code).toBe(0);
  });
});

describe('a payment', () => {
  it('is made at the sandbox bank, and settled by the timer when its news comes late', async () => {
    const added = await run('demo', ['--amount', '900.10', '--display-name', 'Cantine']);
    const [address = ''] = /http:\S+\/payment\/\w+/.exec(added.output) ?? [];
    const [, id = ''] = /"id": "(\w+)"/.exec(added.output) ?? [];
    const send = (to: string, fields: Record<string, string>) =>
      fetch(to, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
    expect(await (await fetch(address)).text()).toContain('Cantine');
    const bankPage = (await send(`${address}/pay`, {})).headers.get('location') ?? '';
    expect(bankPage).toContain(`${url}/sandbox/pay/${id}01`);
    expect((await send(bankPage, { outcome: 'paid' })).status).toBe(303);
    expect((await run('item', ['show', id])).output).toMatch(/waiting/);
    for (let tries = 0; !(await run('item', ['list', '--status', 'paid'])).output.includes(id); tries += 1) {
      expect(tries).toBeLessThan(20);
      await sleep(500);
    }
    expect(await (await fetch(address)).text()).toContain('Paiement effectué');
    const [, form = ''] = /hears: (http:\S+)/.exec(added.output) ?? [];
    for (let tries = 0; !(await (await fetch(form)).text()).includes(`${id}01`); tries += 1) {
      expect(tries).toBeLessThan(20);
      await sleep(500);
    }
    expect((await run('item', ['show', id])).output).toMatch(/notice +paid, tries: 1, delivered/);
    expect((await run('item', ['notices', '--failed'])).output).toContain('There is no such notice.');
    expect(stack.output()).not.toMatch(/λ: attendItems/);
    expect(stack.output()).not.toContain('"_aws"');
  });

  it('has an address that is nobody else’s business: not found is a page', async () => {
    const answer = await fetch(`${url}/payment/nothing`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    const elsewhere = await fetch(`${url}/payment/nothing/at/all`);
    expect(await elsewhere.text()).toBe(await answer.text());
  });
});

describe('npm run regie', () => {
  it('lists, shows, puts, disables and removes', async () => {
    expect((await run('regie', ['list'])).output).toMatch(/regie-demo +demo +Régie de démonstration.* default/);
    const file = `${folder}/piscine.yaml`;
    await writeFile(
      file,
      'id: piscine\nslug: la-piscine\nname: Piscine\nbank: sandbox\ndefaultLabel: Entrée\nminimumCents: 150\n',
    );
    expect(await run('regie', ['put', file])).toMatchObject({ code: 0 });
    expect((await run('regie', ['show', 'la-piscine'])).output).toContain('minimumCents: 150');
    expect(await run('demo', ['--regie-id=la-piscine', '--amount=1.49'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('amount-too-low'),
    });
    expect(await run('regie', ['disable', 'la-piscine'])).toMatchObject({ code: 0 });
    expect((await run('regie', ['list'])).output).toMatch(/piscine.*disabled/);
    expect(await run('regie', ['remove', 'piscine'])).toMatchObject({ code: 0 });
    expect((await run('regie', ['list'])).output).not.toContain('piscine');
    expect(await run('regie', ['remove', 'regie-demo'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('still wait'),
    });
  });

  it('checks the account of a regie at its bank, or says that there is none', async () => {
    expect(await run('regie', ['check', 'demo'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('at the sandbox bank: there is no account to check'),
    });
    const file = `${folder}/musee.yaml`;
    const shop = 'payzen: {siteId: "12345678", mode: production}';
    await writeFile(file, `id: musee\nname: Musée\nbank: payzen\n${shop}\ndefaultLabel: Entrée\n`);
    expect(await run('regie', ['put', file])).toMatchObject({ code: 0 });
    expect(await run('regie', ['check', 'musee'])).toEqual({
      code: 1,
      output: 'The secrets have no key: banks.musee.payzen.production is missing.\n',
    });
  });

  it.each([
    ['bank: casino', 'bank: must be equal to one of the allowed values (["sandbox","payzen","payfip"])'],
    ['bank: sandbox\nminimumCents: 1.5', 'minimumCents: must be integer'],
    ['bank: sandbox\ncolour: red', 'colour: must NOT have additional properties'],
    ['name: N', "bank: must have required property 'bank'"],
    ['bank: sandbox\nslug: été', 'slug: must match pattern'],
    ['bank: [', 'not YAML'],
    ['bank: sandbox\nname: "\\u3164\\u00AD"', 'name: must match pattern'],
    ['bank: sandbox\ncontact: "\u202E"', 'contact: must match pattern'],
    ['bank: &b [*b]\nslug: x', 'bank: must be equal to one of'],
  ])('names what is wrong in a file: %s', async (line, message) => {
    const file = `${folder}/wrong.yaml`;
    await writeFile(file, `id: x\n${line.includes('name:') ? '' : 'name: X\n'}defaultLabel: X\n${line}\n`);
    const { code, output } = await run('regie', ['put', file]);
    expect(output).toContain(message);
    expect(code).toBe(1);
  });

  it('leaves out of the texts of a file what shows nothing', async () => {
    const file = `${folder}/bibliotheque.yaml`;
    const texts = 'name: "Biblio\\u00ADthèque\\u202E"\ndefaultLabel: \uFEFFPrêt \u200B\ncontact: Mairie, 01\u00A023';
    await writeFile(file, `id: bibliotheque\u200B\nbank: sandbox\n${texts}\n`);
    expect(await run('regie', ['put', file])).toMatchObject({ code: 0 });
    const { output } = await run('regie', ['show', 'bibliotheque']);
    expect(output).toMatch(/^name: Bibliothèque$/m);
    expect(output).toMatch(/^defaultLabel: Prêt$/m);
    expect(output).toMatch(/^contact: Mairie, 01\u00A023$/m);
    expect(await run('regie', ['remove', 'bibliotheque'])).toMatchObject({ code: 0 });
  });

  it.each([
    [[]],
    [['put']],
    [['show']],
    [['show', 'nowhere']],
    [['dance', 'x']],
    [['put', '/nowhere.yaml']],
    [['list', 'x']],
  ])('says what it wants of %j, without a stack trace', async (args) => {
    const { code, output } = await run('regie', args);
    expect(code).toBe(1);
    expect(output).toMatch(/Usage|There is no regie|no such file/);
    expect(output).not.toContain('    at ');
  });
});

describe('stopping and starting', () => {
  it('Ctrl-C stops it all, the data stays, and the commands work without it', async () => {
    const added = await post(await signed('NameId=x'));
    expect(await stack.stop()).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
    expect(await readdir(folder)).not.toContain('running.json');
    expect((await run('regie', ['list'])).output).toContain('regie-demo');
    expect(await run('demo')).toMatchObject({ code: 1, output: expect.stringContaining('npm start') });
    stack = await start();
    const removal = await signed('NameId=x', '/api/lingo/remove-basket-item');
    expect((await post(removal, JSON.stringify({ basket_item_id: added.body['id'] }))).status).toBe(200);
  });

  it('a kill leaves nothing behind that a new start would stumble over', async () => {
    await stack.stop('SIGKILL');
    while (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      await sleep(50);
    expect((await run('regie', ['list'])).output).toContain('regie-demo');
    stack = await start();
    expect((await post(await signed('NameId=x'))).status).toBe(200);
  });

  it('a port that is none: says so', async () => {
    expect(await run('start', [], { PORT: 'abc' })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^PORT must be/),
    });
  });

  it.each([['--bank', 'casino'], ['--bank'], ['--banque', 'payfip'], ['payfip']])(
    '%s %s: says what it takes',
    async (...args) => {
      const given = args.filter((argument) => argument !== undefined);
      const usage = 'Usage: npm start -- --bank sandbox|payzen|payfip\n';
      expect(await run('start', given)).toEqual({ code: 1, output: usage });
    },
  );

  it('a real bank: its stand-in takes the payments of the default regie, until the sandbox is asked for', async () => {
    await stack.stop();
    stack = await start(['--bank', 'payfip']);
    const [, bankUrl = ''] = /a stand-in for PayFiP, at (http:\S+):/.exec(stack.output()) ?? [];
    expect((await run('regie', ['list'])).output).toMatch(/regie-payfip .* default/);
    const checked = await run('regie', ['check', 'regie-payfip']);
    expect(checked).toMatchObject({ code: 0, output: expect.stringMatching(/client 123456 \(mode test\) as: \S/) });
    const file = `${folder}/bourse.yaml`;
    const account = `payfip: {numcli: "999999", mode: test, url: "${bankUrl}/tpa/services/securite"}`;
    await writeFile(file, `id: bourse\nname: Bourse\nbank: payfip\n${account}\ndefaultLabel: Bourse\n`);
    expect(await run('regie', ['put', file])).toMatchObject({ code: 0 });
    const rejection = 'PayFiP rejects the client number 999999.\n';
    expect(await run('regie', ['check', 'bourse'])).toEqual({ code: 1, output: rejection });
    const added = await run('demo', ['--email', 'gerard.lambert@rungis.fr']);
    const [address = ''] = /http:\S+\/payment\/\w+/.exec(added.output) ?? [];
    const bankPage = (await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' })).headers.get('location');
    const { searchParams } = new URL(bankPage ?? '');
    expect(bankPage).toMatch(new RegExp(`^${bankUrl}/`));
    await fetch(bankPage ?? '');
    const choice = new URLSearchParams({ idop: searchParams.get('idop') ?? '', resultrans: 'P' });
    await fetch((bankPage ?? '').replace(/\?.*/, ''), { method: 'POST', body: choice, redirect: 'manual' });
    expect(await (await fetch(address)).text()).toContain('Paiement effectué');

    await stack.stop();
    stack = await start();
    await expect(fetch(bankUrl)).rejects.toThrow();
    expect((await run('regie', ['list'])).output).toMatch(/regie-demo .* default/);
    expect(await run('regie', ['check', 'regie-payfip'])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^PayFiP gave no usable answer/),
    });
  });

  it('PayZen: its keys are made once, and a check says whether they are there', async () => {
    await stack.stop();
    stack = await start(['--bank', 'payzen']);
    const secrets = await readFile(`${folder}/secrets.json`, 'utf8');
    expect(JSON.parse(secrets).banks['regie-payzen'].payzen.test.key).toMatch(/^[\w-]{43}$/);
    const checked = await run('regie', ['check', 'regie-payzen']);
    expect(checked).toMatchObject({ code: 0, output: expect.stringMatching(/12345678.*mode test.*\n.*can be asked/) });
    await stack.stop();
    stack = await start(['--bank', 'payzen']);
    expect(JSON.parse(await readFile(`${folder}/secrets.json`, 'utf8')).banks).toEqual(JSON.parse(secrets).banks);
  });

  it('a data folder that cannot be read, or is of another time: says what to delete', async () => {
    const other = `${localFolder}/other`;
    await mkdir(`${root}${other}/dynamodb`, { recursive: true });
    await writeFile(`${root}${other}/dynamodb/CURRENT`, 'rubbish');
    const change = { LOCAL_FOLDER: other, PORT: String(await freePort()) };
    const message = expect.stringMatching(/cannot be read: delete that folder/);
    expect(await run('start', [], change)).toMatchObject({ code: 1, output: message });

    await rm(`${root}${other}/dynamodb`, { recursive: true });
    await makeOldTable(`${root}${other}/dynamodb`);
    const old = expect.stringMatching(/another definition.*Delete the folder/s);
    expect(await run('start', [], change)).toMatchObject({ code: 1, output: old });
  });

  it('malformed secrets: names the field, quotes no value', async () => {
    const other = `${localFolder}/malformed`;
    await mkdir(`${root}${other}`, { recursive: true });
    await writeFile(`${root}${other}/secrets.json`, '{"services": {"a": {"keys": "s3cr3t"}}, "linkKeys": ["s3cr3t"]}');
    const { code, output } = await run('start', [], { LOCAL_FOLDER: other, PORT: String(await freePort()) });
    expect(code).toBe(1);
    expect(output).toContain('services.a.keys');
    expect(output).not.toContain('s3cr3t');
  });
});

async function makeOldTable(path: string): Promise<void> {
  const server = dynalite({ path, createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = localClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await client.send(
    new CreateTableCommand({
      TableName: 'publik-basket-local-items',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    }),
  );
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

describe('an older Node', () => {
  it('is refused with one sentence', async () => {
    const pretend = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });";
    const child = spawn(
      process.execPath,
      ['-e', `${pretend} require('./build/requireNode24.cjs'); console.log('ran');`],
      { cwd: root },
    );
    const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      expect.stringContaining('Node 24 or later is needed and this is Node 20.19.0'),
    ]);
  });
});
