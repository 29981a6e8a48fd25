/** The official DynamoDB engine, started once for all files that ask for it: it takes seconds, and each has tables of its own. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startDynamodbLocal } from './dynamodbLocal.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the address of the engine, and starts it for whoever asks first. */
    officialEngineUrl: string;
  }
}

/** Run by vitest before the files, in its own process; gives what to run after them. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let engine: ReturnType<typeof startDynamodbLocal> | undefined;
  const server = createServer(async (_, response) => {
    engine ??= startDynamodbLocal();
    response.end((await engine).endpoint);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  provide('officialEngineUrl', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    await (await engine)?.stop();
  };
}
