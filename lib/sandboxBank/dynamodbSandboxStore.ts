/** The sandbox bank's table: one row for each payment. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import validateSandboxPaymentRow from '../../schemas/compiled/sandboxPaymentRow.js';
import { callDynamodb, tryConditional } from '../platform/dynamodb.ts';
import { checked } from '../values/validation.ts';
import type { SandboxPayment } from './payment.ts';
import type { SandboxStore } from './sandboxStore.ts';

type Row = Record<string, unknown>;

/** Longer than anybody tries out a payment, or asks what became of it. */
const rowLifeMs = 15 * 86_400_000;

/*
 * open ──► Put if the reference is new ──► press ──► Update if undecided ──► tick ──► Update if still due
 */
/** A reference is used once. */
const isNew = 'attribute_not_exists(id)';
/**
 * The button may be pressed twice, or in two tabs. And the update must not create a row for a payment that expired from the
 * table.
 */
const isUndecided = 'attribute_exists(id) AND attribute_not_exists(outcome)';
/** Two runs of the schedule may overlap. */
const isStillDue = 'notifyAt = :notifyAt';

export function dynamodbSandboxStore(client: DynamoDBDocumentClient, table: string): SandboxStore {
  async function read(id: string): Promise<SandboxPayment | undefined> {
    const get = new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true });
    const { Item: row } = await callDynamodb(() => client.send(get));
    return row === undefined ? undefined : toPayment(row);
  }

  async function isWritten(write: () => Promise<unknown>): Promise<boolean> {
    return !((await tryConditional(write)) instanceof ConditionalCheckFailedException);
  }

  return {
    read,

    async add(payment) {
      const put = new PutCommand({ TableName: table, Item: toRow(payment), ConditionExpression: isNew });
      if (await isWritten(() => client.send(put))) return true;
      // When the answer to a Put is lost, the SDK sends it again: the row may be our own.
      return (await read(payment.id))?.sessionId === payment.sessionId;
    },

    async recordDecision(decided) {
      const { id, outcome, decidedAt, notifyAt } = decided;
      const update = new UpdateCommand({
        TableName: table,
        Key: { id },
        UpdateExpression: `SET outcome = :outcome, decidedAt = :decidedAt${notifyAt ? ', notifyAt = :notifyAt' : ''}`,
        ConditionExpression: isUndecided,
        ExpressionAttributeValues: { ':outcome': outcome, ':decidedAt': decidedAt, ':notifyAt': notifyAt },
      });
      if (await isWritten(() => client.send(update))) return decided;
      return (await read(id)) ?? decided;
    },

    async listDue(now) {
      const rows: Row[] = [];
      let after: Row | undefined;
      do {
        const scan: ScanCommand = new ScanCommand({
          TableName: table,
          FilterExpression: 'notifyAt <= :now',
          ExpressionAttributeValues: { ':now': now.toISOString() },
          ConsistentRead: true,
          ExclusiveStartKey: after,
        });
        const page = await callDynamodb(() => client.send(scan));
        rows.push(...(page.Items ?? []));
        after = page.LastEvaluatedKey;
      } while (after !== undefined);
      return rows.map(toPayment);
    },

    claimNotification({ id, notifyAt }) {
      const update = new UpdateCommand({
        TableName: table,
        Key: { id },
        UpdateExpression: 'REMOVE notifyAt',
        ConditionExpression: isStillDue,
        ExpressionAttributeValues: { ':notifyAt': notifyAt },
      });
      return isWritten(() => client.send(update));
    },
  };
}

function toRow(payment: SandboxPayment) {
  const endMs = new Date(payment.createdAt).getTime() + rowLifeMs;
  return { ...payment, ttlEpochSeconds: Math.ceil(endMs / 1000) };
}

/** @throws Error when the row is not what this code writes. */
function toPayment(row: Row): SandboxPayment {
  const { ttlEpochSeconds, ...payment } = checked<ReturnType<typeof toRow>>(
    validateSandboxPaymentRow,
    row,
    'sandbox row',
  );
  return payment;
}
