/** `npm start`: the whole service on a laptop, one process to stop with Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parse } from 'yaml';
import { compileSchemas } from '../build/compileSchemas.ts';
import { bankProfiles } from '../lib/bank/profiles.ts';
import type { BankName } from '../lib/bank/settings.ts';
import { putRegie, type RegieFile } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import type { RegieRegister } from '../lib/regie/regieRegister.ts';
import { startFormServer } from '../standins/forms/server.ts';
import { defineCommand, runCommand, type Terminal } from './command/command.ts';
import { CommandProblem } from './command/commandProblem.ts';
import { type DemoBank, startDemoBank } from './local/demoBank.ts';
import { type Engine, localClient, localCredentials, localRegion } from './local/engine.ts';
import { localPort } from './local/environment.ts';
import {
  allowForms,
  ensureSecrets,
  forgetRunning,
  functionLog,
  introduceOurselves,
  openData,
  readRunning,
  readSiteOptions,
  secretsFile,
  writeRunning,
} from './local/folder.ts';
import { freePort } from './local/freePort.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const serverless = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
/** How long a form runs its own actions after it has called us. */
const formBusyMs = 3_000;

const options = {
  bank: {
    type: 'string',
    choices: Object.keys(bankProfiles),
    about: 'the bank of the default regie; sandbox without it, and a stand-in for the others',
  },
} as const;

/** Where one start is reached. */
interface Address {
  readonly port: number;
  readonly publicUrl: string;
}

export const main = defineCommand(
  {
    name: 'npm start',
    about: 'Runs the whole service on this machine, until Ctrl-C: the basket, DynamoDB, a bank and the forms.',
    options,
    notes: 'The environment variable PORT chooses the port, 3000 without it. The folder .local keeps the data.',
  },
  ({ values }, terminal) => start((values.bank ?? 'sandbox') as BankName, terminal),
);

/** @returns the exit code, once somebody has stopped it. */
async function start(bankName: BankName, terminal: Terminal): Promise<number> {
  const port = localPort();
  const address = { port, publicUrl: `http://localhost:${port}` };
  const { publicUrl } = address;
  await checkPort(address);
  const madeSecrets = await ensureSecrets();
  const engine = await openData();
  const bank = await startDemoBank(bankName, madeSecrets, await choosePort(port + 2));
  const { secrets } = bank;
  await seedRegies(engine, bank);
  await introduceOurselves(secrets, publicUrl);
  const formsPort = await choosePort(port + 1);
  const forms = await startFormServer({ siteOptions: readSiteOptions, port: formsPort, processingMs: formBusyMs });
  await allowForms(secrets, new URL(forms.url).host);
  const formsUrl = forms.url;
  await writeRunning({ pid: process.pid, publicUrl, dynamodbEndpoint: engine.endpoint, formsUrl });
  recompileChangedSchemas(terminal);

  const lambdaPort = await freePort();
  const offline = startOffline({ ...address, engine, lambdaPort, terminal });
  const ended = once(offline, 'exit');
  const stop = () => offline.kill('SIGINT');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  // A SIGTERM to npm ends the shell between it and us, and goes no further.
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop(), 1_000).unref();
  if (await Promise.race([answers(port), ended.then(() => false)])) {
    terminal.print(nextSteps({ publicUrl, engine, formsUrl, bank }));
    for (const name of ['attendItems', 'sandboxBank']) keepInvoking(name, lambdaPort);
  }
  const [code] = await ended;
  await forgetRunning();
  await forms.stop();
  await bank.stop();
  await engine.stop();
  return code ?? 0;
}

async function checkPort({ port, publicUrl }: Address): Promise<void> {
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
  if (!isPort) throw new CommandProblem('PORT must be a number between 1 and 65535.');
  const server = createServer().listen(port, 'localhost');
  try {
    await once(server, 'listening');
  } catch {
    const running = await readRunning();
    if (running?.publicUrl === publicUrl) {
      throw new CommandProblem(`It is already running at ${publicUrl} (process ${running.pid}).`);
    }
    throw new CommandProblem(
      `Port ${port} is in use: stop what uses it, or choose another with "PORT=3010 npm start".`,
    );
  }
  server.close();
  await once(server, 'close');
}

/** One near ours, so that the addresses in old items still lead somewhere; any other when somebody has it. */
async function choosePort(wanted: number): Promise<number> {
  if (wanted > 65_535) return freePort();
  const server = createServer().listen(wanted, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return wanted;
}

async function seedRegies({ endpoint, tables }: Engine, bank: DemoBank): Promise<void> {
  const register = dynamodbRegieRegister(DynamoDBDocumentClient.from(localClient(endpoint)), tables.regiesTable);
  await seedDemoRegie(register);
  await bank.putRegie(register);
}

/** At the first start only: later, the regies are the developer's. */
async function seedDemoRegie(register: RegieRegister): Promise<void> {
  const { regies } = await register.load();
  if (regies.length > 0) return;
  const file = await readFile(new URL('local/demoRegie.yaml', import.meta.url), 'utf8');
  await putRegie(register, parse(file) as RegieFile);
}

/** serverless-esbuild reloads the handlers when a source changes; a schema becomes a source here. */
function recompileChangedSchemas({ warn }: Terminal): void {
  let pause: NodeJS.Timeout | undefined;
  watch(new URL('../schemas', import.meta.url), (_, file) => {
    if (!file?.endsWith('.schema.json')) return;
    // Editors and git replace a file in several steps, and several files at once.
    clearTimeout(pause);
    pause = setTimeout(() => {
      compileSchemas().catch((error: Error) => warn(`The schemas were not compiled: ${error.message}`));
    }, 200);
  });
}

/** What AWS does every minute is done every two seconds here: nobody wants to wait at a desk. One run at a time. */
async function keepInvoking(name: string, lambdaPort: number): Promise<void> {
  const url = `http://localhost:${lambdaPort}/2015-03-31/functions/publik-basket-local-${name}/invocations`;
  for (;;) {
    await sleep(2_000);
    // It fails while a change is being built, or when everything stops; a failure of the function itself is in its log.
    await fetch(url, { method: 'POST', body: JSON.stringify({ source: 'aws.events' }) }).catch(() => undefined);
  }
}

interface OfflineParts extends Address {
  readonly engine: Engine;
  readonly lambdaPort: number;
  readonly terminal: Terminal;
}

function startOffline({ port, publicUrl, engine, lambdaPort, terminal }: OfflineParts): ChildProcess {
  const options = ['--stage', 'local', '--httpPort', String(port), '--lambdaPort', String(lambdaPort)];
  const offline = spawn(process.execPath, [serverless, 'offline', 'start', ...options], {
    cwd: root,
    // A group of its own: Ctrl-C comes to this process, which ends the child first and the engine after it. The pipe
    // closes when this process is killed, and the child ends then too (see serverlessPlugin.cjs).
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
      ...process.env,
      PUBLIC_URL: publicUrl,
      STOP_WITH_PARENT: 'true',
      SECRETS_FILE: secretsFile(),
      DYNAMODB_ENDPOINT: engine.endpoint,
      AWS_REGION: localRegion,
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      SLS_NOTIFICATIONS_MODE: 'off',
      SLS_TELEMETRY_DISABLED: '1',
    },
  });
  const log = createWriteStream(functionLog(), { mode: 0o600 });
  for (const [from, write] of [
    [offline.stdout, terminal.print],
    [offline.stderr, terminal.warn],
  ] as const) {
    createInterface({ input: from }).on('line', (line) => {
      if (timerNoise.test(line) || line.startsWith(figure)) return;
      write(line);
      // The functions' own, as CloudWatch has them; the rest is of the stand-in for Lambda.
      if (line.startsWith('{')) log.write(`${line}\n`);
    });
  }
  return offline;
}

/** serverless-offline reports every run; those of the timer would bury the rest. What a function logs itself is shown. */
const timerNoise = /\(λ: (attendItems|sandboxBank)\) RequestId/;

/** How a line for CloudWatch's metrics begins: one comes with every run, and would bury the others here. */
const figure = '{"_aws"';

/** True once the routes answer. */
async function answers(port: number): Promise<boolean> {
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

interface Started {
  readonly publicUrl: string;
  readonly engine: Engine;
  readonly formsUrl: string;
  readonly bank: DemoBank;
}

function nextSteps({ publicUrl, engine, formsUrl, bank }: Started): string {
  return `
The basket is ready at ${publicUrl} (DynamoDB engine: ${engine.endpoint}). Ctrl-C stops it.
The forms of a workflow that asks for payments, and hears of them: ${formsUrl}
${bank.description}

In another terminal:
  npm run demo                      add an item to pay, as a workflow does; its address opens in a browser
  npm run demo -- --help            every parameter
  npm run demo -- remove <id>       take it back
  npm run item -- show <id>         the whole story of an item: where is this payment?
  npm run regie -- list             the payment regies
`;
}

if (import.meta.main) {
  await runCommand(main);
  // What watches and what invokes has no end of its own.
  process.exit();
}
