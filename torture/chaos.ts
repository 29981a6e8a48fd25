/** The scene of part 2: the stack in a process of its own, faults on each of its ways to others, and a record of them all. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Config } from '../lib/platform/config.ts';
import { secretsParts } from '../lib/platform/secretParameters.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { localClient, localRegion } from '../scripts/local/engine.ts';
import type { Tables } from '../scripts/local/tables.ts';
import { type FormServer, startFormServer } from '../standins/forms/server.ts';
import { formatSiteOptions } from '../standins/forms/siteOptions.ts';
import { regies, secrets, service, serviceKey } from '../tests/testBasket.ts';
import type { Chance } from './chance.ts';
import { type FaultKind, type MetFault, startFaultyProxy } from './faultyProxy.ts';
import { type Stack, startEngineProcess, startStack } from './processes.ts';
import type { Tally } from './tally.ts';

const engineFaults: readonly FaultKind[] = [
  'latency',
  'latency',
  'latency',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'InternalServerError',
  'reset-before',
  'reset-after',
  'reset-after',
  'truncated',
  'silence',
];

/** Between callers, citizens and banks on one side and the stack on the other. */
const edgeFaults: readonly FaultKind[] = [
  'latency',
  'latency',
  'reset-before',
  'reset-after',
  'truncated',
  'unavailable-503',
  'bad-gateway-502',
  'silence',
];

export interface ChaosOptions {
  readonly chance: Chance;
  readonly tally: Tally;
  /** On each way. */
  readonly silences: number;
}

export interface Chaos {
  /** Where all but the engine reach the stack. */
  readonly edgeUrl: string;
  /** The forms are at several hosts, each of which is told by turns. */
  formsOf(form: string): FormServer;
  /** By the clock of the stack. */
  now(): Date;
  beFaulty(isFaulty: boolean): void;
  passTime(milliseconds: number): Promise<void>;
  /** SIGKILL of the stack, and a start. */
  killAndStart(): Promise<void>;
  /** Until attendItems has nothing more to do. */
  rest(): Promise<void>;
  scan(table: 'items' | 'bank'): Promise<Record<string, unknown>[]>;
  /** What happened between two calls to a form for an item, and kept the first answer from being written down, if anything did. */
  disturbanceBetween(itemId: string, first: Date, second: Date): string | undefined;
  /** What the stack itself calls a defect. */
  readonly defects: readonly string[];
  stop(): Promise<void>;
}

const formHosts = 8;

/** From the beginning of a kill, or of a fault, to what comes of it. */
const claimMs = 300;

export async function startChaos({ chance, tally, silences }: ChaosOptions): Promise<Chaos> {
  const engine = await startEngineProcess();
  const client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
  const register = dynamodbRegieRegister(client, engine.tables.regiesTable);
  for (const regie of regies) await putRegie(register, regie);
  const time = createChaosTime();
  const losses: { readonly atMs: number; readonly body: string }[] = [];
  const kills: number[] = [];
  const defects: string[] = [];
  let stack: Stack | undefined;
  let wantedOffsetMs = 0;

  const lose = (where: string) => (fault: MetFault) => {
    tally.count(`${where}: ${fault.kind}`);
    if (fault.kind !== 'latency') losses.push({ atMs: Date.now(), body: fault.body.toString('latin1') });
  };
  const [toEngine, edge] = await Promise.all([
    startFaultyProxy({
      target: () => engine.endpoint,
      chance: chance.fork(),
      kinds: engineFaults,
      share: () => 0.05,
      silences,
      onFault: lose('DynamoDB'),
    }),
    startFaultyProxy({
      target: () => stack?.url ?? 'http://127.0.0.1:9',
      chance: chance.fork(),
      kinds: edgeFaults,
      share: (path) => (isBetweenBankAndUs(path) ? 0.25 : 0.05),
      silences,
      onFault: ({ kind, path }) => tally.count(`${wayOf(path)}: ${kind}`),
    }),
  ]);
  const siteOptions = async () => formatSiteOptions(new URL(edge.url).hostname, serviceKey);
  const hosts = await Promise.all(
    Array.from({ length: formHosts }, () => startFormServer({ siteOptions, now: time.now })),
  );
  const folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  const secretsFile = join(folder, 'secrets.json');
  const known = { keys: [serviceKey], aliases: hosts.map(({ url }) => new URL(url).host) };
  await writeFile(secretsFile, JSON.stringify({ ...secrets, services: { [service]: known } }));
  const config = configOf({
    tables: engine.tables,
    endpoint: toEngine.url,
    edgeUrl: edge.url,
    secretsFile,
  });
  const start = () =>
    startStack({ config, offsetMs: wantedOffsetMs, isAttended: true, onDefect: (what) => defects.push(what) });
  stack = await start();
  const running = () => {
    if (stack === undefined) throw new Error('The stack is not running.');
    return stack;
  };

  return {
    edgeUrl: edge.url,
    formsOf(form) {
      const host = hosts[Number(form.slice(1)) % formHosts];
      if (host === undefined) throw new Error(`There is no form ${form}.`);
      return host;
    },
    defects,
    now: time.now,
    beFaulty(isFaulty) {
      toEngine.beFaulty(isFaulty);
      edge.beFaulty(isFaulty);
    },
    async passTime(milliseconds) {
      wantedOffsetMs += milliseconds;
      // One that is killed meanwhile is started with the new time.
      await running()
        .setOffset(wantedOffsetMs)
        .catch(() => undefined);
      time.set(wantedOffsetMs);
    },
    async killAndStart() {
      tally.count('SIGKILL of the whole stack');
      kills.push(Date.now());
      await running().kill();
      const startedAtMs = wantedOffsetMs;
      stack = await start();
      // Time may have passed meanwhile.
      if (wantedOffsetMs !== startedAtMs) await stack.setOffset(wantedOffsetMs);
    },
    rest: () => running().rest(120_000),
    scan: (table) => scanWhole(client, table === 'items' ? engine.tables.itemsTable : engine.tables.sandboxTable),
    disturbanceBetween(itemId, first, second) {
      const [fromMs, toMs] = [time.systemMsOf(first) - claimMs, time.systemMsOf(second)];
      const isBetween = (atMs: number) => atMs > fromMs && atMs < toMs;
      if (losses.some(({ atMs, body }) => isBetween(atMs) && body.includes(itemId))) return 'a write was lost';
      return kills.some(isBetween) ? 'the stack was killed' : undefined;
    },
    async stop() {
      await stack?.kill();
      await Promise.all([edge.stop(), toEngine.stop(), ...hosts.map((host) => host.stop())]);
      client.destroy();
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function isBetweenBankAndUs(path: string): boolean {
  return wayOf(path) === 'to the bank' || wayOf(path) === 'from the bank';
}

/** Who is on the other side of a path of the stack. */
function wayOf(path: string): string {
  if (path.startsWith('/sandbox/payments')) return 'to the bank';
  if (path.startsWith('/payment-notification/')) return 'from the bank';
  return path.startsWith('/sandbox') ? 'citizen at the bank' : 'callers and citizens';
}

interface ConfigParts {
  readonly tables: Tables;
  /** Of the engine, or of what stands before it. */
  readonly endpoint: string;
  /** Where citizens and banks reach the stack. */
  readonly edgeUrl: string;
  readonly secretsFile: string;
}

/** The settings of a stack that has its own bank. */
export function configOf({ tables, endpoint, edgeUrl, secretsFile }: ConfigParts): Config {
  const { itemsTable, regiesTable, sandboxTable } = tables;
  return {
    itemsTable,
    regiesTable,
    sandboxTable,
    region: localRegion,
    publicUrl: edgeUrl,
    sandboxUrl: `${edgeUrl}/sandbox`,
    allowHttp: true,
    allowPrivateForms: true,
    language: 'fr',
    resultWord: 'succes',
    retentionDays: 400,
    recordDays: 3_653,
    secretsFile,
    secretsParts,
    metricsNamespace: 'publik-basket-torture',
    dynamodbEndpoint: endpoint,
  };
}

/** The system's time and an offset that only grows, with its history. */
function createChaosTime() {
  const history = [{ sinceMs: 0, offsetMs: 0 }];
  const offsetMs = () => history.at(-1)?.offsetMs ?? 0;
  return {
    offsetMs,
    now: () => new Date(Date.now() + offsetMs()),
    set: (next: number) => {
      history.push({ sinceMs: Date.now(), offsetMs: next });
    },
    /** When a clock that is told the offset showed this. */
    systemMsOf(at: Date): number {
      const then = history.findLast((entry) => at.getTime() - entry.offsetMs >= entry.sinceMs);
      return at.getTime() - (then?.offsetMs ?? 0);
    },
  };
}

export async function scanWhole(client: DynamoDBDocumentClient, table: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const scan: ScanCommand = new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: after });
    const page = await client.send(scan);
    rows.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
  } while (after !== undefined);
  return rows;
}
