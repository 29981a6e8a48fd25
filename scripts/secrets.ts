/** `npm run secrets`: who may call a stage, and the keys that it shares with them and with banks. */
import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
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
import { defineCommand, runCommand, type Terminal } from './command/command.ts';
import type { Values } from './command/commandLine.ts';
import { CommandProblem } from './command/commandProblem.ts';
import type { Action, Program } from './command/program.ts';
import { explainError } from './operator/explainError.ts';
import { openPlace, type Place, placeOptions } from './operator/place.ts';
import { type SecretsRegister, valuesOf } from './operator/secretsRegister.ts';
import { table } from './operator/terminal.ts';
import { readLines } from './operator/typedLines.ts';

const options = {
  generate: { type: 'boolean', about: 'makes the key, instead of asking for it' },
  alias: { type: 'string', multiple: true, value: '<host>', about: 'another host of its forms; may be repeated' },
  default: { type: 'boolean', about: 'checks with its keys the calls that do not name their service' },
  mode: { type: 'string', choices: ['test', 'production'], isNeeded: true, about: 'which keys these are' },
  ...placeOptions,
} as const;

type SecretsValues = Values<typeof options>;

/** Where the keys are, and where somebody types them. */
interface Workplace extends Place {
  readonly terminal: Terminal;
}

interface SecretsAction extends Action {
  readonly options?: readonly (keyof typeof options)[];
  readonly run: (place: Workplace, word: string, values: SecretsValues) => Promise<string>;
}

const actions: Readonly<Record<string, SecretsAction>> = {
  init: { about: 'makes the keys that a stage needs for itself', run: init },
  list: { about: 'lists who may call, and which keys there are', run: list },
  'add-service': {
    words: ['<host>'],
    options: ['generate', 'alias', 'default'],
    about: 'lets a w.c.s. call, and prints the lines for its administrator',
    run: addService,
  },
  rotate: { words: ['<host>'], about: 'makes a second key beside the first; both are believed', run: rotate },
  retire: { words: ['<host>'], about: 'drops the older key', run: retire },
  unrotate: {
    words: ['<host>'],
    about: 'drops the newer key, if its administrator never had it',
    run: unrotate,
  },
  'remove-service': { words: ['<host>'], about: 'lets a w.c.s. call no more', run: removeService },
  'set-bank': { words: ['<regie>'], options: ['mode'], about: 'sets the PayZen keys of a regie', run: setBank },
  'rotate-links': {
    about: 'makes a new key for payment addresses; older addresses stay good',
    run: rotateLinks,
  },
  'retire-links': { about: 'drops the older keys: addresses that they signed are good no more', run: retireLinks },
};

const program: Program<typeof options, SecretsAction> = {
  name: 'npm run secrets',
  about: 'Says who may call a stage, and keeps the keys that it shares with them and with banks.',
  options,
  actions,
  notes: `The command asks for keys, or reads them from standard input, one a line. It never shows a key again.
Running functions follow within 5 minutes.`,
};

export const main = defineCommand(
  program,
  async ({ action, words, values }, terminal) => {
    const place = { ...(await openPlace(values)), terminal };
    terminal.print(await action.run(place, words[0] ?? '', values));
  },
  explainError,
);

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

async function addService(place: Workplace, host: string, values: SecretsValues): Promise<string> {
  const { secrets } = place;
  const service = readHost(host);
  const aliases = (values.alias ?? []).map(readHost);
  const ourName = await readOurName(secrets);
  const [given = ''] = values.generate
    ? []
    : await ask(place.terminal, [`Key that ${service} has for ${ourName} (empty: make one)`]);
  const key = given === '' ? newKey() : checkKey(given);
  const value: ServiceSecrets = { keys: [key], ...(aliases.length === 0 ? {} : { aliases }) };
  await checkChange(place, { [serviceParameter(service)]: value });
  if (!(await secrets.create(serviceParameter(service), value))) {
    throw new CommandProblem(`The service ${service} may call already: "rotate" gives it another key.`);
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
    throw new CommandProblem(
      `${service} has two keys: "retire" ends the rotation under way, "unrotate" takes it back.`,
    );
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
  if (newer.length === 0) throw new CommandProblem(`${service} has one key: "rotate" gives it a second one first.`);
  await place.secrets.replace(serviceParameter(service), { ...value, keys: newer }, version);
  return `The older key of ${service} is believed no more, within 5 minutes.`;
}

/** Keys are shown once: whose terminal died meanwhile has a newer key that nobody knows, and may not retire the older one. */
async function unrotate(place: Place, host: string): Promise<string> {
  const { service, value, version } = await readService(place, host);
  const [oldest = '', ...newer] = value.keys;
  if (newer.length === 0) throw new CommandProblem(`${service} has one key: no rotation is under way.`);
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
  if (older.length === 0) throw new CommandProblem('There is one key: "rotate-links" makes a newer one first.');
  await secrets.replace(linkKeysParameter, [newest], version);
  return 'Payment addresses that an older key signed are good no more, within 5 minutes.';
}

async function readLinkKeys(secrets: SecretsRegister): Promise<{ keys: readonly string[]; version: number }> {
  const stored = (await secrets.load())[linkKeysParameter];
  if (stored === undefined) throw new CommandProblem('There is no key yet: npm run secrets -- init');
  return { keys: stored.value as string[], version: stored.version };
}

async function setBank(place: Workplace, regieId: string, { mode = 'test' }: SecretsValues): Promise<string> {
  const regies = await place.withTables(({ client, regiesTable }) => dynamodbRegieRegister(client, regiesTable).load());
  if (!regies.regies.some(({ id }) => id === regieId)) {
    throw new CommandProblem(
      `There is no regie with the id ${regieId}: put its file first, or see "npm run regie -- list".`,
    );
  }
  const name = bankParameter(regieId);
  const before = (await place.secrets.load())[name];
  const [key = '', restPassword = ''] = await ask(place.terminal, [
    `PayZen key of ${regieId}, mode ${mode}`,
    'Password of its REST API (empty: it has none)',
  ]);
  if (key === '') throw new CommandProblem('A key is needed.');
  const { payzen = {} } = (before?.value ?? {}) as { payzen?: object };
  const value = { payzen: { ...payzen, [mode]: { key, ...(restPassword === '' ? {} : { restPassword }) } } };
  await checkChange(place, { [name]: value });
  if (before !== undefined) await place.secrets.replace(name, value, before.version);
  else if (!(await place.secrets.create(name, value)))
    throw new CommandProblem('Somebody else has just set it: run it again.');
  return `The regie ${regieId} has its keys for the mode ${mode}: npm run regie -- check ${regieId}`;
}

async function readService({ secrets }: Place, host: string) {
  const service = readHost(host);
  const stored = (await secrets.load())[serviceParameter(service)];
  if (stored === undefined) throw new CommandProblem(`There is no service ${service}: npm run secrets -- list`);
  return { service, value: stored.value as ServiceSecrets, version: stored.version };
}

/** What Parameter Store takes as part of a name is what a host is made of; ports are for laptops. */
function readHost(host: string): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host)) return host;
  throw new CommandProblem(`${host}: a host is meant, in small letters, such as demarches.example.org`);
}

function checkKey(key: string): string {
  if (key.length >= 16) return key;
  throw new CommandProblem('A key of fewer than 16 characters can be guessed: have a longer one made.');
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

/** Lines typed without being shown, or those of standard input. @throws CommandProblem when there are too few. */
async function ask({ input }: Terminal, questions: readonly string[]): Promise<string[]> {
  const answers = await (input.isTTY === true ? askAtTerminal(input, questions) : readInput(input, questions.length));
  // Ctrl-C and Ctrl-D end the input too: somebody who thinks better of it has not typed an empty line.
  if (answers.length < questions.length)
    throw new CommandProblem('The input ended before it was all there: nothing is changed.');
  const texts = answers.map((answer) => answer.trim());
  if (texts.some((text) => dropUnseen(text) !== text))
    throw new CommandProblem('It holds characters that show nothing, which come with some copies: nothing is changed.');
  return texts;
}

async function askAtTerminal(input: Readable, questions: readonly string[]): Promise<string[]> {
  const hidden = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input, output: hidden, terminal: true });
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
    throw new CommandProblem('The terminal does not write UTF-8: nothing is changed.');
  return answers;
}

async function readInput(input: Readable, count: number): Promise<string[]> {
  try {
    return await readLines(input, count);
  } catch (cause) {
    const sentence = cause instanceof UnreadableText ? cause.message : 'it cannot be read.';
    throw new CommandProblem(`Standard input: ${sentence} Nothing is changed.`);
  }
}

if (import.meta.main) await runCommand(main);
