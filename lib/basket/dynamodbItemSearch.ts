/**
 * Questions an operator asks of the whole items table. Each reads all of it, a megabyte a call, and is billed for all: a
 * filter only spares the way to us. No index is kept for what people ask a few times a month. None can stop before the
 * end, for a table comes in no order.
 */
import { type DynamoDBDocumentClient, paginateScan, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import type { AttemptState } from '../item/attempt.ts';
import { isEmailAtAttempt, isOwnedBy } from '../item/erasure.ts';
import type { Item, ItemState, User } from '../item/item.ts';
import type { Instant } from '../values/days.ts';
import { toItem } from './dynamodbBasketStore.ts';

/** Number of items of a regie that wait for money: to be paid, or with an attempt whose outcome is not known. */
export async function countUnsettled(client: DynamoDBDocumentClient, table: string, regieId: string): Promise<number> {
  const pages = paginateScan(
    { client },
    {
      TableName: table,
      ConsistentRead: true,
      FilterExpression: 'regieId = :regieId',
      ProjectionExpression: '#state, payments',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':regieId': regieId },
    },
  );
  let count = 0;
  for await (const { Items = [] } of pages) {
    count += (Items as Pick<Item, 'state' | 'payments'>[]).filter(waitsForMoney).length;
  }
  return count;
}

const unknownOutcomes: readonly AttemptState[] = ['open', 'pending'];

function waitsForMoney({ state, payments }: Pick<Item, 'state' | 'payments'>): boolean {
  return state === 'waiting' || Object.values(payments).some((attempt) => unknownOutcomes.includes(attempt.state));
}

/** Which items are looked for, those that match all that is given, and how many at most. */
export interface ItemQuestion {
  readonly regieId?: string | undefined;
  readonly state?: ItemState | undefined;
  /** Added then or later. */
  readonly since?: Instant | undefined;
  readonly limit: number;
}

/** The newest of the items that match, newest first, and how many match in all. */
export interface FoundItems {
  readonly items: readonly Item[];
  readonly total: number;
}

/** Holds no more than the limit in memory, beside one page. @throws Error when a row is not what this code writes. */
export async function findNewestItems(
  client: DynamoDBDocumentClient,
  table: string,
  { limit, ...filter }: ItemQuestion,
): Promise<FoundItems> {
  let items: Item[] = [];
  let total = 0;
  for await (const page of scanItems(client, { TableName: table, ...filterExpression(filter) })) {
    total += page.length;
    items = [...items, ...page].sort((a, b) => compare(b.createdAt, a.createdAt)).slice(0, limit);
  }
  return { items, total };
}

/** The items with an alert that nobody has closed. @throws Error when a row is not what this code writes. */
export async function findAlertedItems(client: DynamoDBDocumentClient, table: string): Promise<Item[]> {
  // Alerts that are closed stay in their rows: which are open is seen here only.
  const scan = { TableName: table, FilterExpression: 'attribute_exists(alerts)' };
  const found: Item[] = [];
  for await (const page of scanItems(client, scan)) found.push(...page.filter(hasOpenAlert));
  return found;
}

/** The items whose form is still to be told or, with `isFailed`, those whose notice was abandoned or may not be sent. @throws Error as above. */
export async function findNotices(client: DynamoDBDocumentClient, table: string, isFailed: boolean): Promise<Item[]> {
  const scan = { TableName: table, FilterExpression: 'attribute_exists(notice)' };
  const found: Item[] = [];
  for await (const page of scanItems(client, scan)) found.push(...page);
  const ends = ['failed', 'not-notifiable'];
  return found.filter(({ notice }) => (isFailed ? ends.includes(notice?.end ?? '') : notice?.nextAt !== undefined));
}

/** The items that hold data of this person: their own, and others that they gave their email to pay. @throws Error as above. */
export async function findItemsOfUser(
  client: DynamoDBDocumentClient,
  table: string,
  user: Required<User>,
): Promise<Item[]> {
  const scan = { TableName: table, FilterExpression: 'kind = :item', ExpressionAttributeValues: { ':item': 'item' } };
  const found: Item[] = [];
  for await (const page of scanItems(client, scan)) {
    found.push(...page.filter((item) => isOwnedBy(item, user) || isEmailAtAttempt(item, user)));
  }
  return found;
}

function hasOpenAlert({ alerts = {} }: Item): boolean {
  return Object.values(alerts).some(({ closedAt }) => closedAt === undefined);
}

function filterExpression({ regieId, state, since }: Omit<ItemQuestion, 'limit'>) {
  const conditions = (
    [
      // Spent URLs have rows in the same table.
      ['kind', '=', 'item'],
      ['regieId', '=', regieId],
      ['state', '=', state],
      ['createdAt', '>=', since],
    ] as const
  ).filter(([, , value]) => value !== undefined);
  return {
    FilterExpression: conditions.map(([name, operator]) => `#${name} ${operator} :${name}`).join(' AND '),
    // Each attribute is named by a placeholder, so that none can meet a reserved word.
    ExpressionAttributeNames: Object.fromEntries(conditions.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(conditions.map(([name, , value]) => [`:${name}`, value])),
  };
}

async function* scanItems(client: DynamoDBDocumentClient, scan: ScanCommandInput): AsyncGenerator<Item[]> {
  for await (const { Items = [] } of paginateScan({ client }, { ...scan, ConsistentRead: true })) {
    yield Items.map(toItem);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
