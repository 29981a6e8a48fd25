/** The DynamoDB-compatible engine of laptops and tests: dynalite, in this process. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { createTables, readTables, type Tables } from './tables.ts';

export interface Engine {
  readonly endpoint: string;
  readonly tables: Tables;
  stop(): Promise<void>;
}

/** Any credentials do, but there must be some: the SDK signs what it sends. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const localRegion = 'eu-west-3';

/**
 * Starts the engine on a free loopback port and makes the tables of the stage `local`.
 *
 * @param path folder where the data stays; in memory without it.
 */
export async function startEngine(path?: string): Promise<Engine> {
  const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const client = localClient(endpoint);
  try {
    const tables = await readTables('local');
    await createTables(client, tables);
    return { endpoint, tables, stop };
  } catch (cause) {
    await stop();
    throw cause;
  } finally {
    client.destroy();
  }
}

export function localClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: localRegion, credentials: localCredentials });
}
