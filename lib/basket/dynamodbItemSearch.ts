/** Questions an operator asks of the whole items table: each reads all of it. */
import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { AttemptState, Item } from './item.ts';

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
