/** The transaction ids of Lyra's gateway that were used, as rows of the items table: a duplicate is refused on the bank's page, and nobody hears of it. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../platform/clock.ts';
import { tryConditional } from '../../platform/dynamodb.ts';
import type { TransIdRegister } from './payzenProvider.ts';

/** An id is taken for a day, UTC, which has at most one more to go. */
const lifeMs = 2 * 86_400_000;

/** A write whose answer was lost finds its own row the second time: the id is then drawn anew, and nothing is lost. */
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
