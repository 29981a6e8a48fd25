/** `npm run item`: tells an operator where a payment is, and what is to be refunded, on the local engine. */
import { parseArgs } from 'node:util';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { changeItem } from '../lib/basket/changeItem.ts';
import { dynamodbBasketStore } from '../lib/basket/dynamodbBasketStore.ts';
import { findAlertedItems, findNewestItems, findNotices } from '../lib/basket/dynamodbItemSearch.ts';
import { type Item, type ItemState, itemTransitions } from '../lib/basket/item.ts';
import { isItemId } from '../lib/basket/itemId.ts';
import { systemClock } from '../lib/clock.ts';
import { defaultDays } from '../lib/config.ts';
import { redeliverNotice } from '../lib/notification/notice.ts';
import { closeAlert } from '../lib/payment/payment.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { findRegie } from '../lib/regie/regie.ts';
import { localClient } from './local/engine.ts';
import { LocalProblem, withEngine } from './local/folder.ts';
import { listAlerts, listItems, listNotices, tellItem } from './local/itemStory.ts';
import { formatParisTime, parseParisTime, timeNote } from './local/terminal.ts';

const help = `Usage:
  npm run item -- show <id>                  the whole story of one; its reference at the bank will do
  npm run item -- list [options]             the newest ones, a line each
  npm run item -- to-refund                  money that came for nothing, and payments that failed after all
  npm run item -- close-alert <id> <attempt> such a case is dealt with
  npm run item -- notices [--failed]         forms that are still to be told, or were given up
  npm run item -- redeliver <id>             tells a form again, within a minute

  --regie <id>       (list) of this regie, by its id or slug
  --status <state>   (list) waiting, paid or cancelled
  --since <time>     (list) added since this yyyy-mm-dd or yyyy-mm-ddThh:mm, in Paris
  --limit <number>   (list) 50 at most unless given

All but show, close-alert and redeliver read the whole table, each time.`;

const options = {
  regie: { type: 'string' },
  status: { type: 'string' },
  since: { type: 'string' },
  limit: { type: 'string' },
  failed: { type: 'boolean' },
} as const;

interface Place {
  readonly client: DynamoDBDocumentClient;
  readonly tables: { readonly itemsTable: string; readonly regiesTable: string };
}

type Values = ReturnType<typeof readArguments>['values'];

interface Command {
  readonly argumentCount: number;
  readonly options?: readonly (keyof typeof options)[];
  readonly run: (place: Place, args: readonly string[], values: Values) => Promise<string>;
}

const commands: Readonly<Record<string, Command>> = {
  show: {
    argumentCount: 1,
    run: async (place, [id]) => tellItem(await readItem(place, id), systemClock.now()),
  },
  list: {
    argumentCount: 0,
    options: ['regie', 'status', 'since', 'limit'],
    run: (place, _, values) => list(place, values),
  },
  'to-refund': {
    argumentCount: 0,
    run: async ({ client, tables }) => listAlerts(await findAlertedItems(client, tables.itemsTable)),
  },
  notices: {
    argumentCount: 0,
    options: ['failed'],
    run: async ({ client, tables }, _, { failed = false }) =>
      listNotices(await findNotices(client, tables.itemsTable, failed)),
  },
  redeliver: { argumentCount: 1, run: (place, [id]) => redeliver(place, id) },
  'close-alert': { argumentCount: 2, run: (place, [id, attempt]) => closeAlertOf(place, id, attempt) },
};

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (cause) {
    throw new LocalProblem(`${(cause as Error).message}\n\n${help}`);
  }
}

async function main(): Promise<string> {
  const { positionals, values } = readArguments();
  const [name = '', ...args] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const allowed: readonly string[] = command?.options ?? [];
  const hasStrayOptions = Object.keys(values).some((option) => !allowed.includes(option));
  if (command === undefined || args.length !== command.argumentCount || hasStrayOptions) throw new LocalProblem(help);
  return withEngine(({ endpoint, tables }) => {
    const client = DynamoDBDocumentClient.from(localClient(endpoint), {
      marshallOptions: { removeUndefinedValues: true },
    });
    return command.run({ client, tables }, args, values);
  });
}

/** @param text an item's id, or the reference of one of its attempts: two digits more. */
async function readItem({ client, tables }: Place, text = ''): Promise<Item> {
  const [, id = ''] = /^(.{26})(?:\d\d)?$/.exec(text) ?? [];
  if (!isItemId(id)) {
    throw new LocalProblem('This is no id of an item (26 characters), and no reference at the bank (28 characters).');
  }
  const item = await dynamodbBasketStore(client, tables.itemsTable).read(id);
  if (item === undefined) throw new LocalProblem('There is no item with this id.');
  return item;
}

async function list({ client, tables }: Place, { regie, status, since, limit = '50' }: Values): Promise<string> {
  const question = { state: parseState(status), since: parseSince(since), limit: parseLimit(limit) };
  const regieId = regie === undefined ? undefined : await findRegieId({ client, tables }, regie);
  return listItems(await findNewestItems(client, tables.itemsTable, { ...question, regieId }), systemClock.now());
}

function parseState(status: string | undefined): ItemState | undefined {
  if (status === undefined || isItemState(status)) return status;
  throw new LocalProblem('The status must be waiting, paid or cancelled.');
}

function isItemState(text: string): text is ItemState {
  return Object.hasOwn(itemTransitions, text);
}

function parseSince(since: string | undefined): string | undefined {
  const instant = since === undefined ? undefined : parseParisTime(since);
  if (since !== undefined && instant === undefined) {
    throw new LocalProblem('The time after --since must be a real one, as yyyy-mm-dd or yyyy-mm-ddThh:mm.');
  }
  return instant;
}

function parseLimit(limit: string): number {
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new LocalProblem('The limit must be a whole number from 1 to 999999.');
  return Number(limit);
}

async function findRegieId({ client, tables }: Place, idOrSlug: string): Promise<string> {
  const regie = findRegie(await dynamodbRegieRegister(client, tables.regiesTable).load(), idOrSlug);
  if (regie === undefined) throw new LocalProblem(`There is no regie with the id or slug ${idOrSlug}.`);
  return regie.id;
}

async function closeAlertOf(place: Place, id: string | undefined, attempt = ''): Promise<string> {
  const item = await readItem(place, id);
  const alert = Object.hasOwn(item.alerts ?? {}, attempt) ? item.alerts?.[attempt] : undefined;
  if (alert === undefined) throw new LocalProblem('There is no alert about this attempt of this item.');
  if (alert.closedAt !== undefined) {
    return `This alert was closed before, at ${formatParisTime(alert.closedAt)}. ${timeNote}`;
  }
  const store = dynamodbBasketStore(place.client, place.tables.itemsTable);
  const decision = { now: systemClock.now(), retentionDays: defaultDays.retention };
  await changeItem(store, item, (current) => closeAlert(current, attempt, decision));
  return `The alert about attempt ${attempt} of ${item.id} is closed.`;
}

async function redeliver(place: Place, id: string | undefined): Promise<string> {
  const item = await readItem(place, id);
  if (item.notice === undefined) throw new LocalProblem('This item owes its form nothing: there is nothing to tell.');
  const store = dynamodbBasketStore(place.client, place.tables.itemsTable);
  const now = systemClock.now();
  const changed = await changeItem(store, item, (current) => redeliverNotice(current, now));
  if (changed.version === item.version)
    throw new LocalProblem('The form is being told right now: look again in a minute.');
  return `The form of ${item.id} is told again within a minute: npm run item -- show ${item.id}`;
}

try {
  console.log(await main());
} catch (error) {
  if (!(error instanceof LocalProblem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
