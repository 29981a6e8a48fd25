/** The items table: keys, attribute names, conditions, and the mapping of rows both ways. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import validateItemRow from '../../schemas/compiled/itemRow.js';
import type { Cancellation, Item, User } from '../item/item.ts';
import { callDynamodb, tryConditional } from '../platform/dynamodb.ts';
import { AppError } from '../values/errors.ts';
import { checked } from '../values/validation.ts';
import type { BasketStore, WriteOutcome } from './basketStore.ts';

type Row = Record<string, unknown>;

/** One partition holds all due items, so that a run reads them in the order of time. */
const dueShard = 'due';

/** A signed URL is believed for 59 s at most. Its row may go a day later. */
const spentUrlLifeMs = 86_400_000;

const returnOldRow = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

/** @param retentionDays a setting of the stage. */
export function dynamodbBasketStore(client: DynamoDBDocumentClient, table: string, retentionDays: number): BasketStore {
  /*
   * add, spendSignedUrl:   call ──► Put if nobody has the id ──► answer
   * The SDK may send a Put twice when the first answer is lost: the second then finds the row of the first. The writeId, drawn
   * once per call, tells our own row from the row of a replayed URL.
   */
  async function putOnce(row: Row & { id: string; writeId: string }): Promise<void> {
    const put = new PutCommand({
      TableName: table,
      Item: row,
      ConditionExpression: 'attribute_not_exists(id)',
      ...returnOldRow,
    });
    const answer = await tryConditional(() => client.send(put));
    if (!(answer instanceof ConditionalCheckFailedException)) return;
    const existing = await rowThatStood(answer, row.id);
    if (existing?.['writeId'] !== row.writeId) throw new AppError('nonce-already-used');
  }

  /**
   * The row that made a condition fail. DynamoDB sends it with the failure. Some engines leave it out (dynalite): then it is
   * read.
   */
  async function rowThatStood(failure: ConditionalCheckFailedException, id: string): Promise<Row | undefined> {
    // The failure holds raw attribute values, even through the document client.
    return failure.Item === undefined ? readRow(id) : unmarshall(failure.Item);
  }

  async function readRow(id: string): Promise<Row | undefined> {
    const get = new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true });
    return (await callDynamodb(() => client.send(get))).Item;
  }

  async function outcomeOf(write: () => Promise<unknown>, id: string): Promise<WriteOutcome> {
    const answer = await tryConditional(write);
    if (!(answer instanceof ConditionalCheckFailedException)) return { done: true };
    const row = await rowThatStood(answer, id);
    return { done: false, item: row?.['kind'] === 'item' ? toItem(row) : undefined };
  }

  return {
    retentionDays,

    async read(id) {
      const row = await readRow(id);
      return row?.['kind'] === 'item' ? toItem(row) : undefined;
    },

    add: (item) => putOnce(toRow(item)),

    spendSignedUrl: ({ id, writeId, spentAt }) =>
      putOnce({
        id,
        kind: 'spentUrl',
        writeId,
        ttlEpochSeconds: Math.ceil((spentAt.getTime() + spentUrlLifeMs) / 1000),
      }),

    cancelUnread({ id, service, user }, change, now) {
      const update = new UpdateCommand({
        TableName: table,
        Key: { id },
        ...cancelExpression({ service, user, change, now }),
        ...returnOldRow,
      });
      return outcomeOf(() => client.send(update), id);
    },

    replace(read, next) {
      const put = new PutCommand({
        TableName: table,
        // Checked before the write: a row that could not be read again would be lost, with the money that it tells of.
        Item: checked(validateItemRow, toRow(next), 'item row'),
        ConditionExpression: unchanged,
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':read': read.version },
        ...returnOldRow,
      });
      return outcomeOf(() => client.send(put), next.id);
    },

    async listDue(now, limit, after) {
      const query = new QueryCommand({
        TableName: table,
        IndexName: 'due',
        KeyConditionExpression: 'dueShard = :due AND dueAt <= :now',
        ExpressionAttributeValues: { ':due': dueShard, ':now': now.toISOString() },
        Limit: limit,
        ExclusiveStartKey: after,
      });
      const page = await callDynamodb(() => client.send(query));
      const keys = (page.Items ?? []).map(({ id, dueAt }) => ({ id: String(id), dueAt: String(dueAt) }));
      return page.LastEvaluatedKey === undefined ? { keys } : { keys, next: page.LastEvaluatedKey };
    },

    async postpone({ id, dueAt }, until) {
      const update = new UpdateCommand({
        TableName: table,
        Key: { id },
        UpdateExpression: 'SET dueAt = :until',
        ConditionExpression: 'dueAt = :listed',
        ExpressionAttributeValues: { ':until': until, ':listed': dueAt },
      });
      // If somebody else has changed the item, it is left as they wrote it.
      await tryConditional(() => client.send(update));
    },
  };
}

/*
 * cancelUnread:   remove call ──► spend URL ──► Update if all of these ──► answer
 * Between the two writes anything may happen to the item; each clause closes one race or one trick.
 */
/** The row is an item's. It is not a spent URL's, and it exists: the update must not create one. */
const isAnItem = '#kind = :item';
/** The service that removes the item has added it: one service never touches the items of another. */
const wasAddedByService = '#service = :service';
/** No payment and no other cancellation came first. */
const isWaiting = '#state = :waiting';
/** No citizen is paying at the bank right now. */
const isUnlocked = '(attribute_not_exists(#lockedUntil) OR #lockedUntil <= :now)';
/** The item has a form that can get the notice. */
const hasForm = 'attribute_exists(#url)';
/** The item has never owed a notice. It owes one at most in its life, and this write must not replace it. */
const owedNothing = 'attribute_not_exists(#notice)';
/** The row is due later than the notice. This write has not read what it is due for, so it may only set dueAt earlier. */
const isDueLater = '#dueAt > :noticeAt';
/**
 * The row is due by its new erasure. Without a notice this write does not set dueAt, and a shorter retention on the stage may
 * bring the erasure to before dueAt.
 */
const isDueForErasure = '#dueAt <= :set_eraseAt';
/** Nobody changed the row since it was read. */
const unchanged = '#version = :read';

/** The item is this user's: the NameIds are equal or, if one side has none, the emails are equal. */
function ownerClause({ nameId, email }: User): string {
  if (nameId === undefined) return '#email = :email';
  if (email === undefined) return '#nameId = :nameId';
  return '(#nameId = :nameId OR (attribute_not_exists(#nameId) AND #email = :email))';
}

interface CancelExpressionInput {
  readonly service: string;
  readonly user: User;
  readonly change: Cancellation;
  readonly now: Date;
}

function cancelExpression({ service, user, change, now }: CancelExpressionInput) {
  const { notice, ...changed } = change;
  const always = [isAnItem, wasAddedByService, ownerClause(user), isWaiting, isUnlocked];
  const conditions = [...always, ...(notice === undefined ? [isDueForErasure] : [hasForm, owedNothing, isDueLater])];
  const assignments: Row = { ...changed, ...(notice === undefined ? {} : { notice, dueAt: notice.nextAt }) };
  const condition = conditions.join(' AND ');
  const sets = Object.keys(assignments).map((name) => `#${name} = :set_${name}`);
  const update = `SET ${sets.join(', ')}, #version = #version + :one`;
  return {
    UpdateExpression: update,
    ConditionExpression: condition,
    // Every attribute is named by a placeholder, so that none can clash with a reserved word.
    ExpressionAttributeNames: Object.fromEntries(
      Array.from(`${update} ${condition}`.matchAll(/#(\w+)/g), ([placeholder, name]) => [placeholder, name ?? '']),
    ),
    ExpressionAttributeValues: {
      ':one': 1,
      ':item': 'item',
      ':service': service,
      ':waiting': 'waiting',
      ':now': now.toISOString(),
      ...(user.nameId === undefined ? {} : { ':nameId': user.nameId }),
      ...(user.email === undefined ? {} : { ':email': user.email }),
      ...(notice === undefined ? {} : { ':noticeAt': notice.nextAt }),
      ...Object.fromEntries(Object.entries(assignments).map(([name, value]) => [`:set_${name}`, value])),
    },
  };
}

/** A row without a due time is not in the index. */
function toRow(item: Item) {
  return { ...item, kind: 'item', ...(item.dueAt === undefined ? {} : { dueShard }) };
}

/** The item of a row. @throws Error when the row is not what this code writes: no sound decision could come from it. */
export function toItem(row: Row): Item {
  const { kind, dueShard: shard, ...item } = checked<ReturnType<typeof toRow>>(validateItemRow, row, 'item row');
  return item;
}
