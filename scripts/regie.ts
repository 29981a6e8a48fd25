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
import { defineCommand, runCommand } from './command/command.ts';
import { CommandProblem } from './command/commandProblem.ts';
import type { Action, Program } from './command/program.ts';
import { explainError } from './operator/explainError.ts';
import { openPlace, type Place, placeOptions } from './operator/place.ts';
import { readRegieFile } from './operator/regieFile.ts';
import { valuesOf } from './operator/secretsRegister.ts';
import { table } from './operator/terminal.ts';

interface Workplace {
  readonly place: Place;
  readonly register: RegieRegister;
  readonly countUnsettled: (regieId: string) => Promise<number>;
}

interface RegieAction extends Action {
  readonly run: (workplace: Workplace, word: string) => Promise<string>;
}

const actions: Readonly<Record<string, RegieAction>> = {
  list: { about: 'lists the regies', run: async ({ register }) => list(await register.load()) },
  show: {
    words: ['<id>'],
    about: 'shows one regie, whole',
    run: async ({ register }, id) => show(await register.load(), id),
  },
  check: {
    words: ['<id>'],
    about: 'asks the bank whether it knows the account, and looks for the keys',
    run: async ({ register, place }, id) => checkBank(place, requireRegie(await register.load(), id)),
  },
  put: {
    words: ['<file.yaml>'],
    about: 'makes or changes a regie; a disabled one is active again',
    run: put,
  },
  disable: {
    words: ['<id>'],
    about: 'lets a regie take no new item; its items can still be paid',
    run: async ({ register }, id) => {
      const warning = await warnDefault(register, id);
      await disableRegie(register, id);
      return `The regie ${id} takes no new item, within a minute. Put its file again to change that.${warning}`;
    },
  },
  remove: {
    words: ['<id>'],
    about: 'takes a regie off the list, when nothing waits to be paid',
    run: async ({ register, countUnsettled: count }, id) => {
      const warning = await warnDefault(register, id);
      await removeRegie(register, id, count);
      return `The regie ${id} is removed.${warning}`;
    },
  },
};

const program: Program<typeof placeOptions, RegieAction> = {
  name: 'npm run regie',
  about: 'Shows the payment regies of a stage, and changes them.',
  options: placeOptions,
  actions,
  notes: `The file scripts/local/demoRegie.yaml is an example. schemas/regieFile.schema.json has every field.`,
};

export const main = defineCommand(
  program,
  async ({ action, words, values }, terminal) => {
    const place = await openPlace(values);
    const answer = await place.withTables(({ client, itemsTable, regiesTable }) => {
      const register = dynamodbRegieRegister(client, regiesTable);
      const workplace = { place, register, countUnsettled: (id: string) => countUnsettled(client, itemsTable, id) };
      return action.run(workplace, words[0] ?? '');
    });
    terminal.print(answer);
  },
  explainError,
);

async function put({ register, place }: Workplace, path: string): Promise<string> {
  const file = await readRegieFile(path);
  if (file.bank === 'sandbox' && !place.settings.hasSandbox) {
    throw new CommandProblem(`The stage ${place.settings.stage} has no sandbox bank: nobody could pay there.`);
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
    throw cause instanceof AccountProblem ? new CommandProblem(cause.message) : cause;
  }
}

async function warnDefault(register: RegieRegister, id: string): Promise<string> {
  const catalogue = await register.load();
  const regie = findRegie(catalogue, id);
  return regie !== undefined && regie.id === catalogue.defaultRegieId
    ? '\nIt is the default one: calls without regie_id are refused until another is.'
    : '';
}

if (import.meta.main) await runCommand(main);
