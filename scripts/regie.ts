/** `npm run regie`: looks at the payment regies of a stage and changes them. */
import { readFile } from 'node:fs/promises';
import { parse, stringify, YAMLParseError } from 'yaml';
import { countUnsettled } from '../lib/basket/dynamodbItemSearch.ts';
import { AppError } from '../lib/errors.ts';
import { formatEuros } from '../lib/money.ts';
import { payfipClientCheck, payfipUrl } from '../lib/payment/payfip/provider.ts';
import { payzenBrands } from '../lib/payment/payzen/provider.ts';
import { disableRegie, putRegie, type RegieFile, RegieRefusal, removeRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { findRegie, type Regie, type RegieCatalogue } from '../lib/regie/regie.ts';
import type { RegieRegister } from '../lib/regie/regieRegister.ts';
import { toSecrets } from '../lib/secretParameters.ts';
import { readableText } from '../lib/text.ts';
import { describeError, firstError } from '../lib/validation.ts';
import validateRegieFile from '../schemas/compiled/regieFile.js';
import { LocalProblem } from './local/folder.ts';
import { readCommandLine } from './operator/commandLine.ts';
import { openPlace, type Place, placeHelp, placeOptions } from './operator/place.ts';
import { runCommand } from './operator/runCommand.ts';
import { valuesOf } from './operator/secretsRegister.ts';
import { table } from './operator/terminal.ts';

const help = `Usage:
  npm run regie -- list                what there is
  npm run regie -- show <id>           one of them, whole
  npm run regie -- check <id>          whether its bank can be used: its account, its keys
  npm run regie -- put <file.yaml>     a new one, or a change of one; a disabled one is active again
  npm run regie -- disable <id>        it takes no new item; what it has can still be paid
  npm run regie -- remove <id>         takes it off the list, when nothing waits to be paid

${placeHelp}

A file looks like scripts/local/demoRegie.yaml; its fields are in schemas/regieFile.schema.json.`;

type PayzenSettings = NonNullable<Regie['payzen']>;
type PayfipSettings = NonNullable<Regie['payfip']>;

interface Workplace {
  readonly place: Place;
  readonly register: RegieRegister;
  readonly countUnsettled: (regieId: string) => Promise<number>;
}

interface Command {
  readonly argumentCount: 0 | 1;
  readonly run: (workplace: Workplace, argument: string) => Promise<string>;
}

const commands: Readonly<Record<string, Command>> = {
  list: { argumentCount: 0, run: async ({ register }) => list(await register.load()) },
  show: { argumentCount: 1, run: async ({ register }, id) => show(await register.load(), id) },
  check: {
    argumentCount: 1,
    run: async ({ register, place }, id) => checkBank(place, requireRegie(await register.load(), id)),
  },
  put: { argumentCount: 1, run: put },
  disable: {
    argumentCount: 1,
    run: async ({ register }, id) => {
      const warning = await warnDefault(register, id);
      await disableRegie(register, id);
      return `The regie ${id} takes no new item, within a minute. Put its file again to change that.${warning}`;
    },
  },
  remove: {
    argumentCount: 1,
    run: async ({ register, countUnsettled: count }, id) => {
      const warning = await warnDefault(register, id);
      await removeRegie(register, id, count);
      return `The regie ${id} is removed.${warning}`;
    },
  },
};

async function main(): Promise<string> {
  const { command, args, values } = readCommandLine(help, placeOptions, commands);
  const place = await openPlace(values);
  return place.withTables(({ client, itemsTable, regiesTable }) => {
    const register = dynamodbRegieRegister(client, regiesTable);
    const workplace = { place, register, countUnsettled: (id: string) => countUnsettled(client, itemsTable, id) };
    return command.run(workplace, args[0] ?? '');
  });
}

async function put({ register, place }: Workplace, path: string): Promise<string> {
  const file = await readRegieFile(path);
  if (file.bank === 'sandbox' && !place.settings.hasSandbox) {
    throw new LocalProblem(`The stage ${place.settings.stage} has no sandbox bank: nobody could pay there.`);
  }
  await putRegie(register, file);
  return `The regie ${file.id} is in place. Running functions know it within a minute.`;
}

function list({ regies, defaultRegieId }: RegieCatalogue): string {
  const shown = regies.filter(({ status }) => status !== 'removed');
  if (shown.length === 0) return 'There is no regie: npm run regie -- put scripts/local/demoRegie.yaml';
  const rows = shown.map(({ id, slug = '', name, bank, status, minimumCents, maximumCents }) => {
    const limits = [minimumCents, maximumCents].map((cents) => (cents === undefined ? '' : formatEuros(cents)));
    return [id, slug, name, bank, status, ...limits, id === defaultRegieId ? 'default' : ''];
  });
  return table([['ID', 'SLUG', 'NAME', 'BANK', 'STATUS', 'MINIMUM', 'MAXIMUM', ''], ...rows]);
}

function show(catalogue: RegieCatalogue, wanted: string): string {
  const regie = requireRegie(catalogue, wanted);
  return stringify({ ...regie, default: regie.id === catalogue.defaultRegieId }).trimEnd();
}

function requireRegie(catalogue: RegieCatalogue, wanted: string): Regie {
  const regie = findRegie(catalogue, wanted);
  if (regie === undefined) throw new RegieRefusal(`There is no regie with the id or slug ${wanted}.`);
  return regie;
}

async function checkBank(place: Place, { id, bank, payzen, payfip }: Regie): Promise<string> {
  if (bank === 'payzen' && payzen !== undefined) return checkPayzen(place, id, payzen);
  if (bank === 'payfip' && payfip !== undefined) return checkPayfip(payfip);
  return `The regie ${id} is at the sandbox bank, which pretends: there is no account to check.`;
}

/** What we hold, and no more: the gateway says nothing before a citizen posts a form. */
async function checkPayzen({ secrets }: Place, id: string, settings: PayzenSettings): Promise<string> {
  const { siteId, mode, brand = 'payzen', ...own } = settings;
  const { banks = {} } = toSecrets(valuesOf(await secrets.load()));
  const keys = Object.hasOwn(banks, id) ? banks[id]?.payzen?.[mode] : undefined;
  if (keys === undefined) throw new LocalProblem(`The secrets have no key: banks.${id}.payzen.${mode} is missing.`);
  const { url = payzenBrands[brand].formUrl } = own;
  const question =
    keys.restPassword === undefined
      ? 'It cannot be asked what became of a payment: the secrets have no restPassword.'
      : 'It can be asked what became of a payment: the secrets have a restPassword.';
  return `The shop ${siteId} has a key for the mode ${mode}. Forms go to ${url}\n${question}`;
}

async function checkPayfip({ numcli, mode, url = payfipUrl }: PayfipSettings): Promise<string> {
  try {
    const { names } = await payfipClientCheck({ url, numcli }).describeClient();
    return `PayFiP knows the client ${numcli} (mode ${mode}) as: ${names.join(', ')}`;
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    if (cause.code === 'bank-rejected') throw new LocalProblem(`PayFiP rejects the client number ${numcli}.`);
    throw new LocalProblem(`PayFiP gave no usable answer at ${url} (${cause.code}).`);
  }
}

async function warnDefault(register: RegieRegister, id: string): Promise<string> {
  const catalogue = await register.load();
  const regie = findRegie(catalogue, id);
  return regie !== undefined && regie.id === catalogue.defaultRegieId
    ? '\nIt is the default one: calls without regie_id are refused until another is.'
    : '';
}

async function readRegieFile(path: string): Promise<RegieFile> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new LocalProblem(`${path}: there is no such file, or it cannot be read.`);
  });
  const file = withReadableTexts(parseYaml(path, text));
  const error = firstError(validateRegieFile, file);
  if (error !== undefined) throw new LocalProblem(`${path}: ${describeError(error)}.`);
  return file as RegieFile;
}

/** What stands deeper in a file is for banks and forms: the schema lets nothing through there that is not seen. */
function withReadableTexts(file: unknown): unknown {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return file;
  const readable = (value: unknown) => (typeof value === 'string' ? readableText(value).trim() : value);
  return Object.fromEntries(Object.entries(file).map(([name, value]) => [name, readable(value)]));
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new LocalProblem(`${path}: not YAML. ${cause.message}`);
  }
}

await runCommand(main);
