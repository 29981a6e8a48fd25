/** The processes of a benchmark: the engine, and what is measured, each apart, so that none spends another's time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { localCredentials } from '../scripts/local/engine.ts';
import type { Tables } from '../scripts/local/tables.ts';
import { isJavaThere, startDynamodbLocal } from '../tests/dynamodbLocal.ts';

export interface BenchEngine {
  readonly name: string;
  readonly endpoint: string;
  readonly tables: Tables;
  stop(): Promise<void>;
}

/** dynalite, in a process of its own, in memory. */
export async function startDynalite(): Promise<BenchEngine> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('engineProcess.ts', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const started = (await messageOf(child)) as Pick<BenchEngine, 'endpoint' | 'tables'>;
  return { ...started, name: 'dynalite', stop: () => end(child) };
}

/** The official engine, whose consumed capacity is AWS's own arithmetic; dynalite where there is no Java. */
export async function startMeteredEngine(): Promise<BenchEngine> {
  if (!isJavaThere()) return startDynalite();
  return { ...(await startDynamodbLocal()), name: 'DynamoDB Local' };
}

export interface Worker {
  /** What it says first. */
  readonly message: unknown;
  stop(): Promise<void>;
}

/**
 * Runs a bundled script with some input. Its standard output, where the log lines go, is a pipe as on Lambda, with a
 * reader that throws everything away; what it has to say comes by `process.send`.
 */
export async function runWorker(script: string, input: object): Promise<Worker> {
  const child = spawn('sh', ['-c', '"$0" "$@" | cat >/dev/null', process.execPath, script, JSON.stringify(input)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      POWERTOOLS_SERVICE_NAME: 'publik-basket',
      POWERTOOLS_LOG_LEVEL: 'INFO',
    },
  });
  return { message: await messageOf(child), stop: () => end(child) };
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`A process of the benchmark ended with ${code} before it had its figures.`);
    }),
  ]);
  return message;
}

/** They end by themselves once nobody listens any more. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  if (child.connected) child.disconnect();
  await once(child, 'exit');
}
