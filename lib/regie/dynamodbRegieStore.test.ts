import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aRegie } from '../../tests/builders.ts';
import { dynamodbRegieStore } from './dynamodbRegieStore.ts';

const client = mockClient(DynamoDBDocumentClient);
afterAll(() => client.restore());
const store = dynamodbRegieStore(DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-3' })), 'regies');
beforeEach(() => client.reset());

const names = { version: 3, names: { cantine: 'cantine', b: 'b', c: 'b' }, defaultRegieId: 'b' };
const row = (change = {}) => ({ ...aRegie(), kind: 'regie', ...change });

describe('load', () => {
  it('reads every page, and tells the catalogue from the regies', async () => {
    client
      .on(ScanCommand, { ExclusiveStartKey: undefined })
      .resolves({ Items: [row()], LastEvaluatedKey: { id: 'cantine' } })
      .on(ScanCommand, { ExclusiveStartKey: { id: 'cantine' } })
      .resolves({
        Items: [row({ id: 'b', slug: 'c' }), { id: '#catalogue', kind: 'catalogue', ...names }],
      });
    expect(await store.load()).toEqual({ regies: [aRegie(), aRegie({ id: 'b', slug: 'c' })], ...names });
  });

  it('finds nothing in an empty table', async () => {
    client.on(ScanCommand).resolves({});
    expect(await store.load()).toEqual({ regies: [], names: {}, version: 0 });
  });

  it.each([
    ['bank', row({ bank: 'casino' })],
    ['minimumCents', row({ minimumCents: '100' })],
    ['defaultRegieId', { id: '#catalogue', kind: 'catalogue', ...names, defaultRegieId: 5 }],
  ])('refuses a row with a wrong %s, and names it', async (field, wrong) => {
    client.on(ScanCommand).resolves({ Items: [wrong] });
    await expect(store.load()).rejects.toThrow(`Malformed regie row: ${field}`);
  });
});
