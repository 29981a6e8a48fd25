import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import validateCatalogueRow from '../../schemas/compiled/regieCatalogueRow.js';
import validateRegieRow from '../../schemas/compiled/regieRow.js';
import { aRegie } from '../../tests/builders.ts';
import { firstError } from '../values/validation.ts';
import { dynamodbRegieRegister } from './dynamodbRegieRegister.ts';

const client = mockClient(DynamoDBDocumentClient);
afterAll(() => client.restore());
const register = dynamodbRegieRegister(
  DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-3' })),
  'regies',
);
beforeEach(() => client.reset());

const put = () => client.commandCalls(PutCommand)[0]?.args[0].input;

describe('save', () => {
  it('writes a new regie only where there is none, as its schema has it', async () => {
    expect(await register.save(aRegie())).toBe(true);
    expect(put()).toMatchObject({ TableName: 'regies', ConditionExpression: 'attribute_not_exists(id)' });
    expect(firstError(validateRegieRow, put()?.Item)).toBeUndefined();
  });

  it('writes a change only on the version before', async () => {
    await register.save(aRegie({ version: 4 }));
    expect(put()).toMatchObject({ ConditionExpression: '#version = :read', ExpressionAttributeValues: { ':read': 3 } });
  });

  it('tells when somebody was faster', async () => {
    client.on(PutCommand).rejects(new ConditionalCheckFailedException({ $metadata: {}, message: '' }));
    expect(await register.save(aRegie())).toBe(false);
  });
});

describe('saveNames', () => {
  it('writes the catalogue on the version that was read', async () => {
    expect(await register.saveNames({ names: { a: 'a' }, defaultRegieId: 'a' }, 0)).toBe(true);
    expect(put()).toMatchObject({
      Item: { id: '#catalogue', version: 1, names: { a: 'a' }, defaultRegieId: 'a' },
      ConditionExpression: 'attribute_not_exists(id)',
    });
    expect(firstError(validateCatalogueRow, put()?.Item)).toBeUndefined();
  });
});
