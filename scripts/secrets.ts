/** `npm run secrets`: who may call a stage, and the keys that it shares with them and with banks. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { newKey } from '../lib/platform/random.ts';
import {
  bankParameter,
  defaultServiceParameter,
  linkKeysParameter,
  type SecretParameters,
  sandboxKeyParameter,
  serviceParameter,
  toSecrets,
} from '../lib/platform/secretParameters.ts';
import type { ServiceSecrets } from '../lib/platform/secrets.ts';
import { UnreadableText } from '../lib/platform/textFile.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { dropUnseen } from '../lib/values/text.ts';
import { formatSiteOptions } from '../standins/forms/siteOptions.ts';
import { LocalProblem } from './local/folder.ts';
import { readCommandLine } from './operator/commandLine.ts';
import { openPlace, type Place, placeHelp, placeOptions } from './operator/place.ts';
import { runCommand } from './operator/runCommand.ts';
import { type SecretsRegister, valuesOf } from './operator/secretsRegister.ts';
import { table } from './operator/terminal.ts';
import { readLines } from './operator/typedLines.ts';

const help = `Usage:
  npm run secrets -- init                    makes the keys that a stage needs for itself; none is shown
  npm run secrets -- list                    who may call, and which keys there are; none is shown
  npm run secrets -- add-service <host>      a w.c.s. that may call, and the lines for its administrator
  npm run secrets -- rotate <host>           a second key beside the first; both are believed
  npm run secrets -- retire <host>           the older key is believed no more
  npm run secrets -- unrotate <host>         the newer one instead: it was lost before its administrator had it
  npm run secrets -- remove-service <host>   it may not call any more
  npm run secrets -- set-bank <regie>        the PayZen keys of a regie
  npm run secrets -- rotate-links            a new key for payment addresses; those given out before stay good
  npm run secrets -- retire-links            addresses signed by older keys are good no more

  --generate         (add-service) makes the key instead of asking for it
  --alias <host>     (add-service) another host of its forms; several may be given
  --default          (add-service) its keys check the calls that do not say whose they are
  --mode <mode>      (set-bank) test or production
${placeHelp}

Keys are asked for, or read from standard input, a line each. Running functions follow within 5 minutes.`;

const options = {
  generate: { type: 'boolean' },
  alias: { type: 'string', multiple: true },
  default: { type: 'boolean' },
  mode: { type: 'string' },
  ...placeOptions,
} as const;

type Values = ReturnType<typeof readCommandLine<typeof options, Command>>['values'];

interface Command {
  readonly argumentCount: 0 | 1;
  readonly options?: readonly (keyof typeof options)[];
  readonly run: (place: Place, argument: string, values: Values) => Promise<string>;
}

const commands: Readonly<Record<string, Command>> = {
  init: { argumentCount: 0, run: init },
  list: { argumentCount: 0, run: list },
  'add-service': { argumentCount: 1, options: ['generate', 'alias', 'default'], run: addService },
  rotate: { argumentCount: 1, run: rotate },
  retire: { argumentCount: 1, run: retire },
  unrotate: { argumentCount: 1, run: unrotate },
  'remove-service': { argumentCount: 1, run: removeService },
  'rotate-links': { argumentCount: 0, run: rotateLinks },
  'retire-links': { argumentCount: 0, run: retireLinks },
  'set-bank': { argumentCount: 1, options: ['mode'], run: setBank },
};

async function main(): Promise<string> {
  const { command, args, values } = readCommandLine(help, options, commands);
  return command.run(await openPlace(values), args[0] ?? '', values);
}

async function init({ secrets, settings }: Place): Promise<string> {
  const wanted = [
    { name: linkKeysParameter, value: [newKey()], what: 'key of the payment addresses' },
    ...(settings.hasSandbox ? [{ name: sandboxKeyParameter, value: newKey(), what: 'key of the sandbox bank' }] : []),
  ];
  const lines = [];
  for (const { name, value, what } of wanted) {
    const isMade = await secrets.create(name, value);
    lines.push(`${isMade ? 'made' : 'there already'}: ${what}`);
  }
  return lines.join('\n');
}

async function list({ secrets }: Place): Promise<string> {
  const stored = await secrets.load();
  const { services, defaultService, linkKeys = [], banks = {}, sandboxKey } = toSecrets(valuesOf(stored));
  const rows = Object.entries(services).map(([host, { keys, aliases = [], outgoing }]) => {
    const told = outgoing === undefined ? '' : `told as ${describeName(outgoing.orig)}`;
    return [
      host,
      String(keys.length),
      aliases.join(' '),
      [host === defaultService ? 'default' : '', told].join(' ').trim(),
    ];
  });
  const regies = Object.entries(banks).map(([id, { payzen = {} }]) => `${id} (${Object.keys(payzen).join(', ')})`);
  return [
    rows.length === 0 ? 'No service may call: npm run secrets -- add-service <host>' : '',
    rows.length === 0 ? '' : table([['SERVICE', 'KEYS', 'ALIASES', ''], ...rows]),
    `Keys of the payment addresses: ${linkKeys.length || 'none: npm run secrets -- init'}`,
    `Regies with PayZen keys: ${regies.join(', ') || 'none'}`,
    sandboxKey === undefined ? '' : 'The sandbox bank has its key.',
  ]
    .filter(Boolean)
    .join('\n');
}

/** One with a colon is stored as it was set, by hand; the key of such a caller is found nowhere. */
function describeName(orig = 'the public host'): string {
  return orig.includes(':') ? `${orig}: no w.c.s. can know a name with a colon` : orig;
}

async function addService(place: Place, host: string, values: Values): Promise<string> {
  const { secrets } = place;
  const service = readHost(host);
  const aliases = (values.alias ?? []).map(readHost);
  const ourName = await readOurName(secrets);
  const [given = ''] = values.generate ? [] : await ask([`Key that ${service} has for ${ourName} (empty: make one)`]);
  const key = given === '' ? newKey() : checkKey(given);
  const value: ServiceSecrets = { keys: [key], ...(aliases.length === 0 ? {} : { aliases }) };
  await checkChange(place, { [serviceParameter(service)]: value });
  if (!(await secrets.create(serviceParameter(service), value))) {
    throw new LocalProblem(`The service ${service} may call already: "rotate" gives it another key.`);
  }
  if (values.default) await setDefault(place, service);
  return `The service ${service} may call, at once.\n\n${siteOptions(ourName, key)}`;
}

async function setDefault({ secrets }: Place, service: string): Promise<void> {
  const before = (await secrets.load())[defaultServiceParameter];
  if (before === undefined) await secrets.create(defaultServiceParameter, service);
  else await secrets.replace(defaultServiceParameter, service, before.version);
}

async function rotate(place: Place, host: string): Promise<string> {
  const { service, value, version } = await readService(place, host);
  if (value.keys.length > 1) {
    throw new LocalProblem(`${service} has two keys: "retire" ends the rotation under way, "unrotate" takes it back.`);
  }
  const key = newKey();
  const ourName = await readOurName(place.secrets);
  await place.secrets.replace(serviceParameter(service), { ...value, keys: [...value.keys, key] }, version);
  return `${service} has a second key: both are believed within 5 minutes. Then its administrator puts

${siteOptions(ourName, key)}

and once that is done: npm run secrets -- retire ${service}`;
}

async function retire(place: Place, host: string): Promise<string> {
  const { service, value, version } = await readService(place, host);
  const [, ...newer] = value.keys;
  if (newer.length === 0) throw new LocalProblem(`${service} has one key: "rotate" gives it a second one first.`);
  await place.secrets.replace(serviceParameter(service), { ...value, keys: newer }, version);
  return `The older key of ${service} is believed no more, within 5 minutes.`;
}

/** Keys are shown once: whose terminal died meanwhile has a newer key that nobody knows, and may not retire the older one. */
async function unrotate(place: Place, host: string): Promise<string> {
  const { service, value, version } = await readService(place, host);
  const [oldest = '', ...newer] = value.keys;
  if (newer.length === 0) throw new LocalProblem(`${service} has one key: no rotation is under way.`);
  await place.secrets.replace(serviceParameter(service), { ...value, keys: [oldest] }, version);
  return `The newer key of ${service} is believed no more, within 5 minutes.`;
}

async function removeService(place: Place, host: string): Promise<string> {
  const { service } = await readService(place, host);
  const isDefault = (await place.secrets.load())[defaultServiceParameter]?.value === service;
  if (isDefault) await place.secrets.remove(defaultServiceParameter);
  await place.secrets.remove(serviceParameter(service));
  return `${service} may not call any more, within 5 minutes. Its forms are not told any more either.`;
}

/** The first key signs. */
async function rotateLinks({ secrets }: Place): Promise<string> {
  const { keys, version } = await readLinkKeys(secrets);
  await secrets.replace(linkKeysParameter, [newKey(), ...keys], version);
  return 'New payment addresses have a new key, within 5 minutes. Those given out before stay good until "retire-links".';
}

async function retireLinks({ secrets }: Place): Promise<string> {
  const { keys, version } = await readLinkKeys(secrets);
  const [newest, ...older] = keys;
  if (older.length === 0) throw new LocalProblem('There is one key: "rotate-links" makes a newer one first.');
  await secrets.replace(linkKeysParameter, [newest], version);
  return 'Payment addresses that an older key signed are good no more, within 5 minutes.';
}

async function readLinkKeys(secrets: SecretsRegister): Promise<{ keys: readonly string[]; version: number }> {
  const stored = (await secrets.load())[linkKeysParameter];
  if (stored === undefined) throw new LocalProblem('There is no key yet: npm run secrets -- init');
  return { keys: stored.value as string[], version: stored.version };
}

async function setBank(place: Place, regieId: string, { mode }: Values): Promise<string> {
  if (mode !== 'test' && mode !== 'production') throw new LocalProblem('Which keys? --mode test or --mode production');
  const regies = await place.withTables(({ client, regiesTable }) => dynamodbRegieRegister(client, regiesTable).load());
  if (!regies.regies.some(({ id }) => id === regieId)) {
    throw new LocalProblem(
      `There is no regie with the id ${regieId}: put its file first, or see "npm run regie -- list".`,
    );
  }
  const name = bankParameter(regieId);
  const before = (await place.secrets.load())[name];
  const [key = '', restPassword = ''] = await ask([
    `PayZen key of ${regieId}, mode ${mode}`,
    'Password of its REST API (empty: it has none)',
  ]);
  if (key === '') throw new LocalProblem('A key is needed.');
  const { payzen = {} } = (before?.value ?? {}) as { payzen?: object };
  const value = { payzen: { ...payzen, [mode]: { key, ...(restPassword === '' ? {} : { restPassword }) } } };
  await checkChange(place, { [name]: value });
  if (before !== undefined) await place.secrets.replace(name, value, before.version);
  else if (!(await place.secrets.create(name, value)))
    throw new LocalProblem('Somebody else has just set it: run it again.');
  return `The regie ${regieId} has its keys for the mode ${mode}: npm run regie -- check ${regieId}`;
}

async function readService({ secrets }: Place, host: string) {
  const service = readHost(host);
  const stored = (await secrets.load())[serviceParameter(service)];
  if (stored === undefined) throw new LocalProblem(`There is no service ${service}: npm run secrets -- list`);
  return { service, value: stored.value as ServiceSecrets, version: stored.version };
}

/** What Parameter Store takes as part of a name is what a host is made of; ports are for laptops. */
function readHost(host: string): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host)) return host;
  throw new LocalProblem(`${host}: a host is meant, in small letters, such as demarches.example.org`);
}

function checkKey(key: string): string {
  if (key.length >= 16) return key;
  throw new LocalProblem('A key of fewer than 16 characters can be guessed: have a longer one made.');
}

/** Before it is written, what is to be written is read as the functions will read it. */
async function checkChange({ secrets }: Place, change: SecretParameters): Promise<void> {
  toSecrets({ ...valuesOf(await secrets.load()), ...change });
}

/** Without its port: w.c.s. knows others by their host alone, in a file where a colon ends a name. */
async function readOurName(secrets: SecretsRegister): Promise<string> {
  return new URL(await secrets.publicUrl()).hostname;
}

function siteOptions(ourName: string, key: string): string {
  return `For the administrator of that w.c.s., two lines of site-options.cfg, each under its heading:

${formatSiteOptions(ourName, key).trim()}`;
}

/** Lines typed without being shown, or those of standard input. @throws LocalProblem when there are too few. */
async function ask(questions: readonly string[]): Promise<string[]> {
  const answers = await (process.stdin.isTTY === true ? askAtTerminal(questions) : readInput(questions.length));
  // Ctrl-C and Ctrl-D end the input too: somebody who thinks better of it has not typed an empty line.
  if (answers.length < questions.length)
    throw new LocalProblem('The input ended before it was all there: nothing is changed.');
  const texts = answers.map((answer) => answer.trim());
  if (texts.some((text) => dropUnseen(text) !== text))
    throw new LocalProblem('It holds characters that show nothing, which come with some copies: nothing is changed.');
  return texts;
}

async function askAtTerminal(questions: readonly string[]): Promise<string[]> {
  const hidden = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden, terminal: true });
  const answers = [];
  const typed = lines[Symbol.asyncIterator]();
  for (const question of questions) {
    process.stderr.write(`${question}: `);
    const { value, done } = await typed.next();
    process.stderr.write('\n');
    if (done) break;
    answers.push(value);
  }
  lines.close();
  // It stands for bytes that are no character.
  if (answers.some((answer) => answer.includes('\uFFFD')))
    throw new LocalProblem('The terminal does not write UTF-8: nothing is changed.');
  return answers;
}

async function readInput(count: number): Promise<string[]> {
  try {
    return await readLines(process.stdin, count);
  } catch (cause) {
    const sentence = cause instanceof UnreadableText ? cause.message : 'it cannot be read.';
    throw new LocalProblem(`Standard input: ${sentence} Nothing is changed.`);
  }
}

await runCommand(main);
