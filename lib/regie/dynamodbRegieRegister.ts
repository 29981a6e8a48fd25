/** The regies table, written. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { callDynamodb, tryConditional } from '../dynamodb.ts';
import { dynamodbRegieStore } from './dynamodbRegieStore.ts';
import type { CatalogueChange, RegieRegister } from './regieRegister.ts';

const catalogueKey = { id: '#catalogue' } as const;

export function dynamodbRegieRegister(client: DynamoDBDocumentClient, table: string): RegieRegister {
  async function holds(write: () => Promise<unknown>): Promise<boolean> {
    return !((await tryConditional(write)) instanceof ConditionalCheckFailedException);
  }

  /** DynamoDB sets an entry of a map only where the map exists. */
  async function ensureCatalogue(): Promise<void> {
    const put = new PutCommand({
      TableName: table,
      Item: { ...catalogueKey, kind: 'catalogue', names: {} },
      ConditionExpression: 'attribute_not_exists(id)',
    });
    await tryConditional(() => client.send(put));
  }

  return {
    ...dynamodbRegieStore(client, table),

    async claimNames(regieId, names) {
      await ensureCatalogue();
      const placeholders = names.map((_, index) => `#names.#name${index}`);
      const update = new UpdateCommand({
        TableName: table,
        Key: catalogueKey,
        UpdateExpression: `SET ${placeholders.map((name) => `${name} = :regieId`).join(', ')}`,
        ConditionExpression: placeholders
          .map((name) => `(attribute_not_exists(${name}) OR ${name} = :regieId)`)
          .join(' AND '),
        ExpressionAttributeNames: {
          '#names': 'names',
          ...Object.fromEntries(names.map((name, index) => [`#name${index}`, name])),
        },
        ExpressionAttributeValues: { ':regieId': regieId },
      });
      return holds(() => client.send(update));
    },

    save(regie, status, readVersion) {
      const isUnchanged = readVersion === 0 ? 'attribute_not_exists(id)' : '#version = :read';
      const put = new PutCommand({
        TableName: table,
        Item: { ...regie, kind: 'regie', status, version: readVersion + 1 },
        ConditionExpression: isUnchanged,
        ...(readVersion === 0
          ? {}
          : {
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':read': readVersion },
            }),
      });
      return holds(() => client.send(put));
    },

    async changeCatalogue(change) {
      await changeNames(change);
      await changeDefault(change);
    },
  };

  /** One write for each name: another operator may have claimed one of them by now, and keeps it. */
  async function changeNames({ regieId, releasedNames }: CatalogueChange): Promise<void> {
    for (const name of releasedNames) {
      const update = new UpdateCommand({
        TableName: table,
        Key: catalogueKey,
        UpdateExpression: 'REMOVE #names.#name',
        ConditionExpression: '#names.#name = :regieId',
        ExpressionAttributeNames: { '#names': 'names', '#name': name },
        ExpressionAttributeValues: { ':regieId': regieId },
      });
      await tryConditional(() => client.send(update));
    }
  }

  async function changeDefault({ regieId, isDefault }: CatalogueChange): Promise<void> {
    if (isDefault === undefined) return;
    const values = { ExpressionAttributeValues: { ':regieId': regieId } };
    const change = isDefault
      ? { UpdateExpression: 'SET defaultRegieId = :regieId', ...values }
      : { UpdateExpression: 'REMOVE defaultRegieId', ConditionExpression: 'defaultRegieId = :regieId', ...values };
    const update = new UpdateCommand({ TableName: table, Key: catalogueKey, ...change });
    if (isDefault) await callDynamodb(() => client.send(update));
    else await tryConditional(() => client.send(update));
  }
}
