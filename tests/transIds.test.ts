/** The register of the gateway's transaction ids, on each engine: one taker for each shop, day and id. */
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamodbTransIdRegister } from '../lib/bank/payzen/dynamodbTransIdRegister.ts';
import { localClient } from '../scripts/local/engine.ts';
import { aClock } from './builders.ts';
import { engines, type TestEngine } from './engines.ts';

describe.each(engines)('a register of transaction ids on %s', (_, start) => {
  let engine: TestEngine;
  let client: DynamoDBDocumentClient;
  beforeAll(async () => {
    engine = await start();
    client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
  });
  afterAll(() => engine.stop());

  it('gives an id to one of fifty at once, and again only to another shop or day', async () => {
    const register = dynamodbTransIdRegister(client, engine.tables.itemsTable, aClock());
    const claims = await Promise.all(
      Array.from({ length: 50 }, () => register.claim('12345678', '20261123', 'abc123')),
    );
    expect(claims.filter((isOurs) => isOurs)).toHaveLength(1);
    expect(await register.claim('12345678', '20261124', 'abc123')).toBe(true);
    expect(await register.claim('87654321', '20261123', 'abc123')).toBe(true);
    expect(await register.claim('87654321', '20261123', 'abc124')).toBe(true);
  });

  it('forgets two days later', async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: engine.tables.itemsTable }));
    expect(Items.length).toBe(4);
    // 2026-11-25T12:00:00Z
    for (const { ttlEpochSeconds } of Items) expect(ttlEpochSeconds).toBe(1_795_608_000);
  });
});
