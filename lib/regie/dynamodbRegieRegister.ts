/** Writes the regies table. Each write is made only if the row still has the version that was read. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { tryConditional } from '../platform/dynamodb.ts';
import { catalogueId, dynamodbRegieStore } from './dynamodbRegieStore.ts';
import type { RegieRegister } from './regieRegister.ts';

export function dynamodbRegieRegister(client: DynamoDBDocumentClient, table: string): RegieRegister {
  /** A second writer must have read the first one's version, or is refused. */
  async function putNext(row: Record<string, unknown>, version: number): Promise<boolean> {
    const isUnchanged =
      version === 1
        ? { ConditionExpression: 'attribute_not_exists(id)' }
        : {
            ConditionExpression: '#version = :read',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':read': version - 1 },
          };
    const put = new PutCommand({ TableName: table, Item: { ...row, version }, ...isUnchanged });
    return !((await tryConditional(() => client.send(put))) instanceof ConditionalCheckFailedException);
  }

  return {
    ...dynamodbRegieStore(client, table),
    save: (regie) => putNext({ ...regie, kind: 'regie' }, regie.version),
    saveNames: (names, readVersion) => putNext({ ...names, id: catalogueId, kind: 'catalogue' }, readVersion + 1),
  };
}
