/**
 * The used transaction ids of Lyra's gateway, as rows of the items table. The bank's page refuses a duplicate, and nobody would
 * tell us.
 */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../platform/clock.ts';
import { tryConditional } from '../../platform/dynamodb.ts';
import type { TransIdRegister } from './payzenProvider.ts';

/** An id is taken for one UTC day, which ends within 24 hours. The row lives a day longer. */
const lifeMs = 2 * 86_400_000;

/**
 * If the answer to a write is lost, its second try finds the row of the first. The caller then draws another id, and nothing is
 * lost.
 */
export function dynamodbTransIdRegister(client: DynamoDBDocumentClient, table: string, clock: Clock): TransIdRegister {
  return {
    async claim(shop, utcDay, transId) {
      const put = new PutCommand({
        TableName: table,
        Item: {
          // No item can have this id.
          id: `transId#${shop}#${utcDay}#${transId}`,
          kind: 'transId',
          ttlEpochSeconds: Math.ceil((clock.now().getTime() + lifeMs) / 1000),
        },
        ConditionExpression: 'attribute_not_exists(id)',
      });
      return !((await tryConditional(() => client.send(put))) instanceof ConditionalCheckFailedException);
    },
  };
}
