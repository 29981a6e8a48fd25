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
import { defineCommand, runCommand } from './command/command.ts';
import type { Values } from './command/commandLine.ts';
import { CommandProblem } from './command/commandProblem.ts';
import type { Action, Program } from './command/program.ts';
import { explainError } from './operator/explainError.ts';
import { listAlerts, listItems, listNotices, tellItem } from './operator/itemStory.ts';
import { openPlace, type PlaceTables, placeOptions } from './operator/place.ts';
import type { StageSettings } from './operator/stageSettings.ts';
import { formatParisTime, parseParisTime, table, timeNote } from './operator/terminal.ts';

const options = {
  regie: { type: 'string', value: '<id>', about: 'items of this regie, by its id or slug' },
  status: { type: 'string', choices: Object.keys(itemTransitions), about: 'items in this state' },
  since: {
    type: 'string',
    value: '<time>',
    about: 'items added since this time in Paris, yyyy-mm-dd or yyyy-mm-ddThh:mm',
  },
  limit: { type: 'string', value: '<number>', about: 'how many items at most; 50 without it' },
  failed: { type: 'boolean', about: 'only the forms that we stopped telling' },
  user: { type: 'string', value: '<name>', isNeeded: true, about: 'the person: a NameId, or an email address' },
  yes: { type: 'boolean', about: 'erases; without it, the command only shows what it would erase' },
  ...placeOptions,
} as const;

interface Place extends PlaceTables {
  readonly settings: StageSettings;
}

type ItemValues = Values<typeof options>;

interface ItemAction extends Action {
  readonly options?: readonly (keyof typeof options)[];
  readonly run: (place: Place, words: readonly string[], values: ItemValues) => Promise<string>;
}

const actions: Readonly<Record<string, ItemAction>> = {
  show: {
    words: ['<id>'],
    about: 'tells the whole story of an item, found by its id or its reference at the bank',
    run: async (place, [id]) => tellItem(await readItem(place, id), systemClock.now()),
  },
  list: {
    options: ['regie', 'status', 'since', 'limit'],
    about: 'lists the newest items, one a line',
    run: (place, _, values) => list(place, values),
  },
  'to-refund': {
    about: 'lists the money to refund, and the accepted payments that failed later',
    run: async ({ client, itemsTable }) => listAlerts(await findAlertedItems(client, itemsTable)),
  },
  'close-alert': {
    words: ['<id>', '<attempt>'],
    about: 'says that such a case is dealt with',
    run: (place, [id, attempt]) => closeAlertOf(place, id, attempt),
  },
  notices: {
    options: ['failed'],
    about: 'lists the forms that are still to be told, or that we stopped telling',
    run: async ({ client, itemsTable }, _, { failed = false }) =>
      listNotices(await findNotices(client, itemsTable, failed)),
  },
  redeliver: {
    words: ['<id>'],
    about: 'tells a form again, within a minute',
    run: (place, [id]) => redeliver(place, id),
  },
  export: {
    options: ['user'],
    about: 'prints all that we keep of a person, as JSON: the right of access (RGPD)',
    run: (place, _, values) => exportUser(place, values),
  },
  erase: {
    options: ['user', 'yes'],
    about: 'erases what we keep of a person, and leaves the accounting facts',
    run: (place, _, values) => eraseUser(place, values),
  },
};

const program: Program<typeof options, ItemAction> = {
  name: 'npm run item',
  about: 'Tells an operator where a payment is, and what is to be refunded.',
  options,
  actions,
  notes: 'Each action reads the whole table, except show, close-alert and redeliver.',
};

export const main = defineCommand(
  program,
  async ({ action, words, values }, terminal) => {
    const { settings, withTables } = await openPlace(values);
    terminal.print(await withTables((tables) => action.run({ ...tables, settings }, words, values)));
  },
  explainError,
);

/** @param text an item's id, or the reference of one of its attempts: two digits more. */
async function readItem(place: Place, text = ''): Promise<Item> {
  const [, id = ''] = /^(.{26})(?:\d\d)?$/.exec(text) ?? [];
  if (!isItemId(id)) {
    throw new CommandProblem('This is no id of an item (26 characters), and no reference at the bank (28 characters).');
  }
  const item = await storeOf(place).read(id);
  if (item === undefined) throw new CommandProblem('There is no item with this id.');
  return item;
}

async function list(place: Place, { regie, status, since, limit = '50' }: ItemValues): Promise<string> {
  const question = { state: status as ItemState | undefined, since: parseSince(since), limit: parseLimit(limit) };
  const regieId = regie === undefined ? undefined : await findRegieId(place, regie);
  return listItems(await findNewestItems(place.client, place.itemsTable, { ...question, regieId }), systemClock.now());
}

function parseSince(since: string | undefined): string | undefined {
  const instant = since === undefined ? undefined : parseParisTime(since);
  if (since !== undefined && instant === undefined) {
    throw new CommandProblem('The time after --since must be a real one, as yyyy-mm-dd or yyyy-mm-ddThh:mm.');
  }
  return instant;
}

function parseLimit(limit: string): number {
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new CommandProblem('The limit must be a whole number from 1 to 999999.');
  return Number(limit);
}

async function findRegieId({ client, regiesTable }: Place, idOrSlug: string): Promise<string> {
  const regie = findRegie(await dynamodbRegieRegister(client, regiesTable).load(), idOrSlug);
  if (regie === undefined) throw new CommandProblem(`There is no regie with the id or slug ${idOrSlug}.`);
  return regie.id;
}

function storeOf({ client, itemsTable, settings }: Place): BasketStore {
  return dynamodbBasketStore(client, itemsTable, settings.retentionDays);
}

async function closeAlertOf(place: Place, id: string | undefined, attempt = ''): Promise<string> {
  const item = await readItem(place, id);
  const alert = Object.hasOwn(item.alerts ?? {}, attempt) ? item.alerts?.[attempt] : undefined;
  if (alert === undefined) throw new CommandProblem('There is no alert about this attempt of this item.');
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
  if (item.notice === undefined) throw new CommandProblem('This item owes its form nothing: there is nothing to tell.');
  if (item.url === undefined) throw new CommandProblem('The address of its form is erased: it cannot be told again.');
  if (item.notice.end === 'withdrawn') throw new CommandProblem('What there was to tell is not true any more.');
  const store = storeOf(place);
  const now = systemClock.now();
  const changed = await changeItem(store, item, (current) => redeliverNotice(current, now));
  if (changed.version === item.version)
    throw new CommandProblem('The form is being told right now: look again in a minute.');
  return `The form of ${item.id} is told again within a minute: npm run item -- show ${item.id}`;
}

/** What a citizen may ask for: all of it, in the clear, for the person who answers. */
async function exportUser({ client, itemsTable }: Place, values: ItemValues): Promise<string> {
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

async function eraseUser(place: Place, values: ItemValues): Promise<string> {
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

function requireUser({ user = '' }: ItemValues): string {
  if (userNamed(user).nameId === '') throw new CommandProblem('Whose? --user <NameId or email>');
  return user;
}

if (import.meta.main) await runCommand(main);
