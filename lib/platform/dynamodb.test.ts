import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createDocumentClient } from './dynamodb.ts';

let heard: IncomingHttpHeaders = {};
const server = createServer((request, response) => {
  heard = request.headers;
  response.end('{}');
});
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => server.close());

/** A release of the SDK that renames a step, or moves one elsewhere, is to be looked at. */
it('sends what DynamoDB reads, and nothing for anybody else', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  // With these the SDK would mark the call.
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'add');
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-5759e988-bd862e3fe1be46a994272793');
  const { port } = server.address() as AddressInfo;
  const client = createDocumentClient({ region: 'eu-west-3', dynamodbEndpoint: `http://127.0.0.1:${port}` });
  await client.send(new GetCommand({ TableName: 'items', Key: { id: '1' } }));
  client.destroy();
  vi.unstubAllEnvs();
  expect(Object.keys(heard).toSorted()).toEqual([
    'amz-sdk-invocation-id',
    'amz-sdk-request',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'x-amz-content-sha256',
    'x-amz-date',
    'x-amz-target',
  ]);
});

it('has these steps of its own, and no other', () => {
  const client = createDocumentClient({ region: 'eu-west-3' });
  expect(client.middlewareStack.identify().map((step) => step.split(' ')[0])).toEqual([
    'serializerMiddleware',
    'contentLengthMiddleware',
    'hostHeaderMiddleware',
    'retryMiddleware',
    'httpSigningMiddleware',
    'deserializerMiddleware',
  ]);
  client.destroy();
});
