import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import validateItemRow from '../../schemas/compiled/itemRow.js';
import validateSpentUrlRow from '../../schemas/compiled/spentUrlRow.js';
import { anAttempt, anItem, noon } from '../../tests/builders.ts';
import { cancellationByWorkflow } from '../item/item.ts';
import { firstError } from '../values/validation.ts';
import { dynamodbBasketStore } from './dynamodbBasketStore.ts';

const client = mockClient(DynamoDBDocumentClient);
afterAll(() => client.restore());
const store = dynamodbBasketStore(
  DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-3' })),
  'items',
  400,
);
beforeEach(() => client.reset());

const metadata = { $metadata: {}, message: 'The conditional request failed' };
const failed = (row?: Record<string, unknown>) =>
  new ConditionalCheckFailedException({ ...metadata, ...(row === undefined ? {} : { Item: marshall(row) }) });
const rowOf = (item = anItem()) => ({ ...item, kind: 'item', dueShard: 'due' });

describe('add', () => {
  it('is one conditional put of a row that satisfies its schema', async () => {
    await store.add(anItem({ payments: { a: anAttempt({ askAt: '2026-11-23T12:00:00.000Z' }) } }));
    const [put] = client.commandCalls(PutCommand);
    expect(client.calls()).toHaveLength(1);
    expect(put?.args[0].input).toMatchObject({
      TableName: 'items',
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(firstError(validateItemRow, put?.args[0].input.Item)).toBeUndefined();
  });

  it('is a success when the row that stands there is its own: the SDK had sent the put twice', async () => {
    client.on(PutCommand).rejects(failed(rowOf(anItem({ state: 'cancelled', version: 4 }))));
    await store.add(anItem());
    expect(client.calls()).toHaveLength(1);
  });

  it('asks for the row where the engine leaves it out of the failure', async () => {
    client.on(PutCommand).rejects(failed()).on(GetCommand).resolves({ Item: rowOf() });
    await store.add(anItem());
    expect(client.commandCalls(GetCommand)[0]?.args[0].input).toEqual({
      TableName: 'items',
      Key: { id: anItem().id },
      ConsistentRead: true,
    });
  });

  it.each([
    ["another call's item", rowOf(anItem({ writeId: '99999999-2222-4333-8444-555555555555' }))],
    ['a spent URL', { id: anItem().id, kind: 'spentUrl', writeId: '99999999-2222-4333-8444-555555555555' }],
  ])('nonce-already-used: %s stands there', async (_, row) => {
    client.on(PutCommand).rejects(failed(row));
    await expect(store.add(anItem())).rejects.toMatchObject({ code: 'nonce-already-used' });
  });

  it.each([
    ['throttled', new ProvisionedThroughputExceededException(metadata)],
    ['timed out', Object.assign(new Error('no answer'), { name: 'TimeoutError' })],
    ['reset', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['an answer that cannot be read', Object.assign(new SyntaxError('bad'), { $metadata: {} })],
    [
      'a fault of the server',
      Object.assign(new Error('x'), { name: 'InternalServerError', $fault: 'server', $metadata: {} }),
    ],
  ])('temporarily-unavailable: %s', async (_, cause) => {
    client.on(PutCommand).rejects(cause);
    await expect(store.add(anItem())).rejects.toMatchObject({ code: 'temporarily-unavailable', cause });
  });

  it('lets a defect of ours through as it is', async () => {
    const defect = Object.assign(new Error('x'), { name: 'ValidationException', $fault: 'client', $metadata: {} });
    client.on(PutCommand).rejects(defect);
    await expect(store.add(anItem())).rejects.toBe(defect);
  });
});

describe('spendSignedUrl', () => {
  const spent = { id: anItem().id, writeId: anItem().writeId, spentAt: noon };

  it('puts a small row that outlives the window by far', async () => {
    await store.spendSignedUrl(spent);
    const row = client.commandCalls(PutCommand)[0]?.args[0].input.Item;
    expect(row).toEqual({ id: spent.id, kind: 'spentUrl', writeId: spent.writeId, ttlEpochSeconds: 1_795_521_600 });
    expect(firstError(validateSpentUrlRow, row)).toBeUndefined();
  });

  it('nonce-already-used: an item or a removal has it', async () => {
    client.on(PutCommand).rejects(failed(rowOf(anItem({ writeId: '99999999-2222-4333-8444-555555555555' }))));
    await expect(store.spendSignedUrl(spent)).rejects.toMatchObject({ code: 'nonce-already-used' });
  });
});

describe('cancelUnread', () => {
  const target = { id: anItem().id, service: 'demarches.example.org', user: { nameId: 'x', email: 'a@b.fr' } };

  it('is one update whose conditions close every race', async () => {
    expect(await store.cancelUnread(target, cancellationByWorkflow(noon, true, 400), noon)).toEqual({ done: true });
    const input = client.commandCalls(UpdateCommand)[0]?.args[0].input;
    expect(input?.ConditionExpression?.split(' AND ')).toEqual([
      '#kind = :item',
      '#service = :service',
      '(#nameId = :nameId OR (attribute_not_exists(#nameId)',
      '#email = :email))',
      '#state = :waiting',
      '(attribute_not_exists(#lockedUntil) OR #lockedUntil <= :now)',
      'attribute_exists(#url)',
      'attribute_not_exists(#notice)',
      '#dueAt > :noticeAt',
    ]);
    expect(input?.ExpressionAttributeValues).toMatchObject({
      ':set_state': 'cancelled',
      ':set_dueAt': '2026-11-23T12:00:30.000Z',
      ':noticeAt': '2026-11-23T12:00:30.000Z',
    });
  });

  it('leaves dueAt alone when nothing new is owed', async () => {
    await store.cancelUnread(target, cancellationByWorkflow(noon, false, 400), noon);
    expect(client.commandCalls(UpdateCommand)[0]?.args[0].input.UpdateExpression).not.toContain('dueAt');
  });

  it('gives the item as it stands when a condition fails', async () => {
    client.on(UpdateCommand).rejects(failed(rowOf(anItem({ state: 'paid' }))));
    const outcome = await store.cancelUnread(target, cancellationByWorkflow(noon, false, 400), noon);
    expect(outcome).toMatchObject({ done: false, item: { state: 'paid', writeId: anItem().writeId } });
  });

  it.each([
    ['nothing', undefined],
    ['a spent URL', { id: anItem().id, kind: 'spentUrl', writeId: anItem().writeId }],
  ])('gives no item when %s stands there', async (_, row) => {
    client.on(UpdateCommand).rejects(failed(row)).on(GetCommand).resolves({});
    const outcome = await store.cancelUnread(target, cancellationByWorkflow(noon, false, 400), noon);
    expect(outcome).toEqual({ done: false, item: undefined });
  });

  it('decides nothing from a row that is not what this code writes', async () => {
    client.on(UpdateCommand).rejects(failed({ ...rowOf(), amountCents: -1 }));
    const outcome = store.cancelUnread(target, cancellationByWorkflow(noon, false, 400), noon);
    await expect(outcome).rejects.toThrow('Malformed item row: amountCents');
  });
});

describe('replace', () => {
  it('puts the next version, if the version read still stands', async () => {
    expect(await store.replace(anItem({ version: 4 }), anItem({ version: 5 }))).toEqual({ done: true });
    expect(client.commandCalls(PutCommand)[0]?.args[0].input).toMatchObject({
      Item: { version: 5, writeId: anItem().writeId, kind: 'item', dueShard: 'due' },
      ConditionExpression: '#version = :read',
      ExpressionAttributeValues: { ':read': 4 },
    });
  });

  it('gives the item as it stands when somebody was faster', async () => {
    client.on(PutCommand).rejects(failed(rowOf(anItem({ version: 5 }))));
    expect(await store.replace(anItem({ version: 4 }), anItem({ version: 5 }))).toMatchObject({
      done: false,
      item: { version: 5 },
    });
  });
});
