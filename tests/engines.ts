/** The engines that a store is tested on. */
import { startEngine } from '../scripts/local/engine.ts';
import type { Tables } from '../scripts/local/tables.ts';
import { isJavaThere, startDynamodbLocal } from './dynamodbLocal.ts';

export interface TestEngine {
  readonly endpoint: string;
  readonly tables: Tables;
  stop(): Promise<void>;
}

/** Names, and how to start each: the embedded one always, the official one where there is Java to run it. */
export const engines: [name: string, start: () => Promise<TestEngine>][] = [['dynalite', () => startEngine()]];
if (isJavaThere()) engines.push(['DynamoDB Local', startDynamodbLocal]);
else console.warn('There is no Java here: the official DynamoDB Local is not tested.');
