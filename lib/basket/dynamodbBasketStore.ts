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

/** One partition holds all that is due: a run reads it in the order of time. */
const dueShard = 'due';

/** A signed URL is believed for 59 s at most; its row may go a day later. */
const spentUrlLifeMs = 86_400_000;

const returnOldRow = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

/** @param retentionDays a setting of the stage. */
export function dynamodbBasketStore(client: DynamoDBDocumentClient, table: string, retentionDays: number): BasketStore {
  /*
   * add, spendSignedUrl:   call ──► Put if nobody has the id ──► answer
   * The SDK may send a Put twice when the first answer is lost: the second then finds the first one's row. The writeId,
   * drawn once per call, tells our own row from that of a replayed URL.
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

  /** The row that made a condition fail: it comes with the failure, save from engines that leave it out (dynalite). */
  async function rowThatStood(failure: ConditionalCheckFailedException, id: string): Promise<Row | undefined> {
    // Raw attribute values, even through the document client.
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
        // A row that could not be read again would be lost, with the money that it tells of.
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
      // Somebody else has changed it: it is theirs.
      await tryConditional(() => client.send(update));
    },
  };
}

/*
 * cancelUnread:   remove call ──► spend URL ──► Update if all of these ──► answer
 * Between the two writes anything may happen to the item; each clause closes one race or one trick.
 */
/** Not a spent URL's row, and no row made of nothing. */
const isAnItem = '#kind = :item';
/** One service never touches the items of another. */
const wasAddedByService = '#service = :service';
/** A payment, or another cancellation, that came first. */
const isWaiting = '#state = :waiting';
/** A citizen who is paying at the bank right now. */
const isUnlocked = '(attribute_not_exists(#lockedUntil) OR #lockedUntil <= :now)';
/** There is somebody to tell. */
const hasForm = 'attribute_exists(#url)';
/** An item owes one notice at most in its life: one that was owed before is not replaced. */
const owedNothing = 'attribute_not_exists(#notice)';
/** What the row was due for, and we have not read, comes later: dueAt may only be set earlier. */
const isDueLater = '#dueAt > :noticeAt';
/** The erasure moves with the change, and with the stage's setting maybe to an earlier time than the row is due at. */
const isDueForErasure = '#dueAt <= :set_eraseAt';
/** Somebody changed the row since it was read. */
const unchanged = '#version = :read';

/** The given NameId equals the stored one, or one side has none and the emails are equal. */
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
    // Each attribute is named by a placeholder, so that none can meet a reserved word.
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

/** A row that owes nothing is not in the index. */
function toRow(item: Item) {
  return { ...item, kind: 'item', ...(item.dueAt === undefined ? {} : { dueShard }) };
}

/** The item of a row. @throws Error when the row is not what this code writes: nothing sound can be decided from it. */
export function toItem(row: Row): Item {
  const { kind, dueShard: shard, ...item } = checked<ReturnType<typeof toRow>>(validateItemRow, row, 'item row');
  return item;
}
