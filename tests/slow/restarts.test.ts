/** `npm start` stopped, killed and started again, with each bank; and the commands through npm, as a person types them. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../scripts/command/command.ts';
import { main as demo } from '../../scripts/demo.ts';
import { main as regie } from '../../scripts/regie.ts';
import { post, type Stack, type StackPlace, signed, startOnFreePort, startStack } from '../localStack.ts';
import { runCommand, runThroughNpm } from '../runCommand.ts';

let place: StackPlace;
let stack: Stack;
/** Added before the first stop. */
let oldItem: unknown;
beforeAll(async () => {
  ({ place, stack } = await startOnFreePort(`.local/tests-restarts-${process.pid}`));
});
afterAll(async () => {
  await stack.stop();
  await rm(place.folder, { recursive: true, force: true });
});

const run = (main: Command, args: readonly string[] = []) => runCommand(main, args, { env: place.env });
const npm = (script: string, ...args: string[]) => runThroughNpm(script, args, { env: place.env });
const readSecrets = () => readFile(`${place.folder}/secrets.json`, 'utf8');

describe('a command, through npm', () => {
  it('adds an item, shows it and takes it back', async () => {
    const added = await npm('demo', '--amount', '12.30', '--name-id', "a~b*c(d)'!/é");
    expect(added).toMatchObject({ code: 0, output: expect.stringMatching(/HTTP 200\n.*"payement_url": "http/s) });
    const [, id = ''] = /"id": "([^"]+)"/.exec(added.output) ?? [];
    expect(await npm('item', 'show', id)).toMatchObject({ code: 0, output: expect.stringContaining(`Item ${id}`) });
    expect(await npm('demo', 'remove', id, '--name-id', 'x')).toMatchObject({ code: 1 });
    expect(await npm('demo', 'remove', id, '--name-id', "a~b*c(d)'!/é")).toMatchObject({ code: 0 });
  });

  it('knows regies and services, and finds all well', async () => {
    expect(await npm('regie', 'list')).toMatchObject({ code: 0, output: expect.stringContaining('regie-demo') });
    expect(await npm('secrets', 'list')).toMatchObject({ code: 0, output: expect.stringContaining('localhost') });
    expect(await npm('smoke')).toMatchObject({ code: 0, output: expect.stringContaining('All is well') });
    expect(await npm('start')).toMatchObject({ code: 1, output: expect.stringContaining('already running') });
  });

  it.each(['bench', 'torture', 'openapi'])('%s says what is wrong with its line', async (script) => {
    const usage = expect.stringMatching(/^The command has no option --oops\.\nUsage: npm run /);
    expect(await npm(script, '--oops')).toMatchObject({ code: 1, output: usage });
  });
});

describe('stopping and starting', () => {
  it('Ctrl-C stops it all, the data stays, and the commands work without it', async () => {
    oldItem = (await post(await signed(place, 'NameId=x'))).body['id'];
    expect(await stack.stop()).toBe(0);
    await expect(fetch(place.url)).rejects.toThrow();
    expect(await readdir(place.folder)).not.toContain('running.json');
    expect((await run(regie, ['list'])).output).toContain('regie-demo');
    expect(await run(demo)).toMatchObject({ code: 1, output: expect.stringContaining('npm start') });
  });

  it('a real bank: its stand-in takes the payments of the default regie, and the data of before is there', async () => {
    stack = await startStack(place, ['--bank', 'payfip']);
    const removal = await signed(place, 'NameId=x', '/api/lingo/remove-basket-item');
    expect((await post(removal, JSON.stringify({ basket_item_id: oldItem }))).status).toBe(200);
    const [, bankUrl = ''] = /a stand-in for PayFiP, at (http:\S+):/.exec(stack.output()) ?? [];
    expect((await run(regie, ['list'])).output).toMatch(/regie-payfip .* default/);
    const checked = await run(regie, ['check', 'regie-payfip']);
    expect(checked).toMatchObject({ code: 0, output: expect.stringMatching(/client 123456 \(mode test\) as: \S/) });
    const file = `${place.folder}/bourse.yaml`;
    const account = `payfip: {numcli: "999999", mode: test, url: "${bankUrl}/tpa/services/securite"}`;
    await writeFile(file, `id: bourse\nname: Bourse\nbank: payfip\n${account}\ndefaultLabel: Bourse\n`);
    expect(await run(regie, ['put', file])).toMatchObject({ code: 0 });
    const rejection = 'PayFiP rejects the client number 999999.\n';
    expect(await run(regie, ['check', 'bourse'])).toEqual({ code: 1, output: rejection });
    const added = await run(demo, ['--email', 'gerard.lambert@rungis.fr']);
    const [address = ''] = /http:\S+\/payment\/\w+/.exec(added.output) ?? [];
    const bankPage = (await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' })).headers.get('location');
    const { searchParams } = new URL(bankPage ?? '');
    expect(bankPage).toMatch(new RegExp(`^${bankUrl}/`));
    await fetch(bankPage ?? '');
    const choice = new URLSearchParams({ idop: searchParams.get('idop') ?? '', resultrans: 'P' });
    await fetch((bankPage ?? '').replace(/\?.*/, ''), { method: 'POST', body: choice, redirect: 'manual' });
    expect(await (await fetch(address)).text()).toContain('Paiement effectué');
  });

  it('a kill leaves nothing behind that a new start would stumble over', async () => {
    await stack.stop('SIGKILL');
    while (
      await fetch(place.url).then(
        () => true,
        () => false,
      )
    )
      await sleep(50);
    expect((await run(regie, ['list'])).output).toContain('regie-demo');
    stack = await startStack(place, ['--bank', 'payzen']);
    expect((await post(await signed(place, 'NameId=x'))).status).toBe(200);
  });

  it('PayZen: its keys are made once, and a check says whether they are there', async () => {
    const secrets = await readSecrets();
    expect(JSON.parse(secrets).banks['regie-payzen'].payzen.test.key).toMatch(/^[\w-]{43}$/);
    const checked = await run(regie, ['check', 'regie-payzen']);
    expect(checked).toMatchObject({ code: 0, output: expect.stringMatching(/12345678.*mode test.*\n.*can be asked/) });
    await stack.stop();
    stack = await startStack(place, ['--bank', 'payzen']);
    expect(JSON.parse(await readSecrets()).banks).toEqual(JSON.parse(secrets).banks);
  });

  it('the sandbox, when it is asked for again: its regie is the default, and no stand-in answers', async () => {
    await stack.stop();
    stack = await startStack(place);
    expect((await run(regie, ['list'])).output).toMatch(/regie-demo .* default/);
    expect(await run(regie, ['check', 'regie-payfip'])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^PayFiP gave no usable answer/),
    });
  });
});
