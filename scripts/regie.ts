import { stringify } from 'yaml';
import { AccountProblem } from '../lib/bank/adapter.ts';
import { checkAccount } from '../lib/bank/registry.ts';
import { countUnsettled } from '../lib/basket/dynamodbItemSearch.ts';
import { toSecrets } from '../lib/platform/secretParameters.ts';
import { disableRegie, putRegie, RegieRefusal, removeRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { findRegie, type Regie, type RegieCatalogue } from '../lib/regie/regie.ts';
import type { RegieRegister } from '../lib/regie/regieRegister.ts';
import { formatEuros } from '../lib/values/money.ts';
import { LocalProblem } from './local/folder.ts';
import { readCommandLine } from './operator/commandLine.ts';
import { openPlace, type Place, placeHelp, placeOptions } from './operator/place.ts';
import { readRegieFile } from './operator/regieFile.ts';
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

async function checkBank({ secrets }: Place, regie: Regie): Promise<string> {
  try {
    return await checkAccount({ secrets: { get: async () => toSecrets(valuesOf(await secrets.load())) } }, regie);
  } catch (cause) {
    throw cause instanceof AccountProblem ? new LocalProblem(cause.message) : cause;
  }
}

async function warnDefault(register: RegieRegister, id: string): Promise<string> {
  const catalogue = await register.load();
  const regie = findRegie(catalogue, id);
  return regie !== undefined && regie.id === catalogue.defaultRegieId
    ? '\nIt is the default one: calls without regie_id are refused until another is.'
    : '';
}

await runCommand(main);
