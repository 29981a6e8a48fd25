/** The engines that a store is tested on. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { localClient, startEngine } from '../scripts/local/engine.ts';
import { createTables, readTables, type Tables } from '../scripts/local/tables.ts';
import { isJavaThere } from './dynamodbLocal.ts';

export interface TestEngine {
  readonly endpoint: string;
  readonly tables: Tables;
  stop(): Promise<void>;
}

/** Names, and how to start each: the embedded one always, the official one where there is Java to run it. */
export const engines: [name: string, start: () => Promise<TestEngine>][] = [['dynalite', () => startEngine()]];
if (isJavaThere()) engines.push(['DynamoDB Local', joinOfficialEngine]);
else console.warn('There is no Java here: the official DynamoDB Local is not tested.');

/** On the engine of all files, the tables of a stage that is this file's own. */
async function joinOfficialEngine(): Promise<TestEngine> {
  const endpoint = await (await fetch(inject('officialEngineUrl'))).text();
  const tables = await readTables(`test-${randomUUID()}`);
  const client = localClient(endpoint);
  await createTables(client, tables);
  client.destroy();
  // It ends after the last file.
  return { endpoint, tables, stop: async () => undefined };
}
