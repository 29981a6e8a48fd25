/** `npm run item`: tells an operator where a payment is, and what is to be refunded, on the laptop or a stage. */
import type { BasketStore } from '../lib/basket/basketStore.ts';
import { changeItem } from '../lib/basket/changeItem.ts';
import { dynamodbBasketStore } from '../lib/basket/dynamodbBasketStore.ts';
import { findAlertedItems, findItemsOfUser, findNewestItems, findNotices } from '../lib/basket/dynamodbItemSearch.ts';
import {
  eraseAttemptEmails,
  eraseItem,
  isEmailAtAttempt,
  isErasureBlocked,
  isOwnedBy,
  userNamed,
} from '../lib/item/erasure.ts';
import { type Item, type ItemState, itemTransitions } from '../lib/item/item.ts';
import { isItemId } from '../lib/item/itemId.ts';
import { redeliverNotice } from '../lib/notice/notices.ts';
import { closeAlert } from '../lib/payment/attempts.ts';
import { systemClock } from '../lib/platform/clock.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { findRegie } from '../lib/regie/regie.ts';
import { LocalProblem } from './local/folder.ts';
import { readCommandLine } from './operator/commandLine.ts';
import { listAlerts, listItems, listNotices, tellItem } from './operator/itemStory.ts';
import { openPlace, type PlaceTables, placeHelp, placeOptions } from './operator/place.ts';
import { runCommand } from './operator/runCommand.ts';
import type { StageSettings } from './operator/stageSettings.ts';
import { formatParisTime, parseParisTime, table, timeNote } from './operator/terminal.ts';

const help = `Usage:
  npm run item -- show <id>                  the whole story of one; its reference at the bank will do
  npm run item -- list [options]             the newest ones, a line each
  npm run item -- to-refund                  money that came for nothing, and payments that failed after all
  npm run item -- close-alert <id> <attempt> such a case is dealt with
  npm run item -- notices [--failed]         forms that are still to be told, or were given up
  npm run item -- redeliver <id>             tells a form again, within a minute
  npm run item -- export --user <name>       all that is kept of a person, as JSON: what they may ask for (RGPD)
  npm run item -- erase --user <name>        erases it, and leaves the accounting facts; shows what it would do without --yes

  --regie <id>       (list) of this regie, by its id or slug
  --status <state>   (list) waiting, paid or cancelled
  --since <time>     (list) added since this yyyy-mm-dd or yyyy-mm-ddThh:mm, in Paris
  --limit <number>   (list) 50 at most unless given
  --user <name>      (export, erase) a NameId, or an email address
${placeHelp}

All but show, close-alert and redeliver read the whole table, each time.`;

const options = {
  regie: { type: 'string' },
  status: { type: 'string' },
  since: { type: 'string' },
  limit: { type: 'string' },
  failed: { type: 'boolean' },
  user: { type: 'string' },
  yes: { type: 'boolean' },
  ...placeOptions,
} as const;

interface Place extends PlaceTables {
  readonly settings: StageSettings;
}

type Values = ReturnType<typeof readCommandLine<typeof options, Command>>['values'];

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
    run: async ({ client, itemsTable }) => listAlerts(await findAlertedItems(client, itemsTable)),
  },
  notices: {
    argumentCount: 0,
    options: ['failed'],
    run: async ({ client, itemsTable }, _, { failed = false }) =>
      listNotices(await findNotices(client, itemsTable, failed)),
  },
  redeliver: { argumentCount: 1, run: (place, [id]) => redeliver(place, id) },
  'close-alert': { argumentCount: 2, run: (place, [id, attempt]) => closeAlertOf(place, id, attempt) },
  export: { argumentCount: 0, options: ['user'], run: (place, _, values) => exportUser(place, values) },
  erase: { argumentCount: 0, options: ['user', 'yes'], run: (place, _, values) => eraseUser(place, values) },
};

async function main(): Promise<string> {
  const { command, args, values } = readCommandLine(help, options, commands);
  const { settings, withTables } = await openPlace(values);
  return withTables((tables) => command.run({ ...tables, settings }, args, values));
}

/** @param text an item's id, or the reference of one of its attempts: two digits more. */
async function readItem(place: Place, text = ''): Promise<Item> {
  const [, id = ''] = /^(.{26})(?:\d\d)?$/.exec(text) ?? [];
  if (!isItemId(id)) {
    throw new LocalProblem('This is no id of an item (26 characters), and no reference at the bank (28 characters).');
  }
  const item = await storeOf(place).read(id);
  if (item === undefined) throw new LocalProblem('There is no item with this id.');
  return item;
}

async function list(place: Place, { regie, status, since, limit = '50' }: Values): Promise<string> {
  const question = { state: parseState(status), since: parseSince(since), limit: parseLimit(limit) };
  const regieId = regie === undefined ? undefined : await findRegieId(place, regie);
  return listItems(await findNewestItems(place.client, place.itemsTable, { ...question, regieId }), systemClock.now());
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

async function findRegieId({ client, regiesTable }: Place, idOrSlug: string): Promise<string> {
  const regie = findRegie(await dynamodbRegieRegister(client, regiesTable).load(), idOrSlug);
  if (regie === undefined) throw new LocalProblem(`There is no regie with the id or slug ${idOrSlug}.`);
  return regie.id;
}

function storeOf({ client, itemsTable, settings }: Place): BasketStore {
  return dynamodbBasketStore(client, itemsTable, settings.retentionDays);
}

async function closeAlertOf(place: Place, id: string | undefined, attempt = ''): Promise<string> {
  const item = await readItem(place, id);
  const alert = Object.hasOwn(item.alerts ?? {}, attempt) ? item.alerts?.[attempt] : undefined;
  if (alert === undefined) throw new LocalProblem('There is no alert about this attempt of this item.');
  if (alert.closedAt !== undefined) {
    return `This alert was closed before, at ${formatParisTime(alert.closedAt)}. ${timeNote}`;
  }
  const store = storeOf(place);
  const now = systemClock.now();
  await changeItem(store, item, (current) => closeAlert(current, attempt, now));
  return `The alert about attempt ${attempt} of ${item.id} is closed.`;
}

async function redeliver(place: Place, id: string | undefined): Promise<string> {
  const item = await readItem(place, id);
  if (item.notice === undefined) throw new LocalProblem('This item owes its form nothing: there is nothing to tell.');
  if (item.url === undefined) throw new LocalProblem('The address of its form is erased: it cannot be told again.');
  const store = storeOf(place);
  const now = systemClock.now();
  const changed = await changeItem(store, item, (current) => redeliverNotice(current, now));
  if (changed.version === item.version)
    throw new LocalProblem('The form is being told right now: look again in a minute.');
  return `The form of ${item.id} is told again within a minute: npm run item -- show ${item.id}`;
}

/** What a citizen may ask for: all of it, in the clear, for the person who answers. */
async function exportUser({ client, itemsTable }: Place, values: Values): Promise<string> {
  const user = userNamed(requireUser(values));
  const items = await findItemsOfUser(client, itemsTable, user);
  // Of somebody else's item, only that this person gave an email to pay it.
  const shown = items.map((item) => (isOwnedBy(item, user) ? ownFacts(item) : { id: item.id, email: user.email }));
  return JSON.stringify(shown, null, 2);
}

/** Without what tells a person nothing of themselves: how the row is worked on. */
function ownFacts({ writeId, version, dueAt, ttlEpochSeconds, ...facts }: Item) {
  return facts;
}

async function eraseUser(place: Place, values: Values): Promise<string> {
  const { client, itemsTable, settings } = place;
  const user = userNamed(requireUser(values));
  const items = await findItemsOfUser(client, itemsTable, user);
  if (items.length === 0) return 'Nothing is kept of this person.';
  const store = storeOf(place);
  const context = { now: systemClock.now(), recordDays: settings.recordDays };
  const erase = (read: Item): Item => {
    if (!isOwnedBy(read, user)) return eraseAttemptEmails(read, user);
    return isErasureBlocked(read, context.now) ? read : eraseItem(read, context);
  };
  const rows = [];
  for (const item of items) {
    const after = values.yes ? await changeItem(store, item, erase) : erase(item);
    const what = isOwnedBy(item, user) ? 'item' : 'email given to pay';
    const done = values.yes ? 'erased' : 'would be erased';
    const isKept = isOwnedBy(after, user) || isEmailAtAttempt(after, user);
    rows.push([item.id, what, item.state, isKept ? 'kept: a payment or a notice is under way' : done]);
  }
  const isLeft = rows.some((row) => row.at(-1)?.startsWith('kept'));
  const after = isLeft ? 'Run it again for what is kept, once that is over.' : 'Nothing is left of this person.';
  const next = values.yes ? after : 'Nothing is erased yet: add --yes.';
  return `${table([['ID', 'WHAT', 'STATE', ''], ...rows])}\n${next}`;
}

function requireUser({ user }: Values): string {
  if (user === undefined || userNamed(user).nameId === '') throw new LocalProblem('Whose? --user <NameId or email>');
  return user;
}

await runCommand(main);
