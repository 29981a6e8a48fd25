/** `npm start`: the whole service on a laptop, one process to stop with Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parse } from 'yaml';
import { putRegie, type RegieFile } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { compileSchemas } from './compileSchemas.ts';
import { type Engine, localClient, localCredentials, localRegion } from './local/engine.ts';
import { port } from './local/environment.ts';
import {
  ensureSecrets,
  forgetRunning,
  LocalProblem,
  openData,
  readRunning,
  secretsFile,
  writeRunning,
} from './local/folder.ts';
import { freePort } from './local/freePort.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const serverless = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
const publicUrl = `http://localhost:${port}`;

async function main(): Promise<void> {
  await checkPort();
  await ensureSecrets();
  const engine = await openData();
  await seedDemoRegie(engine);
  await writeRunning({ pid: process.pid, publicUrl, dynamodbEndpoint: engine.endpoint });
  recompileChangedSchemas();

  const offline = await startOffline(engine);
  const ended = once(offline, 'exit');
  const stop = () => offline.kill('SIGINT');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // A SIGTERM to npm ends the shell between it and us, and goes no further.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop(), 1_000).unref();
  if (await Promise.race([answers(), ended.then(() => false)])) console.log(nextSteps(engine));
  const [code] = await ended;
  await forgetRunning();
  await engine.stop();
  process.exit(code ?? 0);
}

async function checkPort(): Promise<void> {
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
  if (!isPort) throw new LocalProblem('PORT must be a number between 1 and 65535.');
  const server = createServer().listen(port, 'localhost');
  try {
    await once(server, 'listening');
  } catch {
    const running = await readRunning();
    if (running?.publicUrl === publicUrl) {
      throw new LocalProblem(`It is already running at ${publicUrl} (process ${running.pid}).`);
    }
    throw new LocalProblem(`Port ${port} is in use: stop what uses it, or choose another with "PORT=3001 npm start".`);
  }
  server.close();
  await once(server, 'close');
}

/** At the first start only: later, the regies are the developer's. */
async function seedDemoRegie({ endpoint, tables }: Engine): Promise<void> {
  const register = dynamodbRegieRegister(DynamoDBDocumentClient.from(localClient(endpoint)), tables.regiesTable);
  const { regies } = await register.load();
  if (regies.length > 0) return;
  const file = await readFile(new URL('local/demoRegie.yaml', import.meta.url), 'utf8');
  await putRegie(register, parse(file) as RegieFile);
}

/** serverless-esbuild reloads the handlers when a source changes; a schema becomes a source here. */
function recompileChangedSchemas(): void {
  let pause: NodeJS.Timeout | undefined;
  watch(new URL('../schemas', import.meta.url), (_, file) => {
    if (!file?.endsWith('.schema.json')) return;
    // Editors and git replace a file in several steps, and several files at once.
    clearTimeout(pause);
    pause = setTimeout(() => {
      compileSchemas().catch((error: Error) => console.error(`The schemas were not compiled: ${error.message}`));
    }, 200);
  });
}

async function startOffline({ endpoint }: Engine): Promise<ChildProcess> {
  const options = ['--stage', 'local', '--httpPort', String(port), '--lambdaPort', String(await freePort())];
  return spawn(process.execPath, [serverless, 'offline', 'start', ...options], {
    cwd: root,
    // A group of its own: Ctrl-C comes to this process, which ends the child first and the engine after it. The pipe
    // closes when this process is killed, and the child ends then too (see serverlessPlugin.cjs).
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PUBLIC_URL: publicUrl,
      STOP_WITH_PARENT: 'true',
      SECRETS_FILE: secretsFile,
      DYNAMODB_ENDPOINT: endpoint,
      AWS_REGION: localRegion,
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      SLS_NOTIFICATIONS_MODE: 'off',
      SLS_TELEMETRY_DISABLED: '1',
    },
  });
}

/** True once the routes answer. */
async function answers(): Promise<boolean> {
  for (;;) {
    const connection = createConnection(port, 'localhost');
    const isUp = await once(connection, 'connect').then(
      () => true,
      () => false,
    );
    connection.destroy();
    if (isUp) return true;
    await sleep(100);
  }
}

function nextSteps({ endpoint }: Engine): string {
  return `
The basket is ready at ${publicUrl} (DynamoDB engine: ${endpoint}). Ctrl-C stops it.

In another terminal:
  npm run demo                      add an item to pay, as a workflow does
  npm run demo -- --help            every parameter
  npm run demo -- remove <id>       take it back
  npm run regie -- list             the payment regies
`;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof LocalProblem)) throw error;
  console.error(error.message);
  process.exit(1);
}
