/** One run of all measurements, in their order. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Config, defaultDays } from '../lib/platform/config.ts';
import { secretsParts } from '../lib/platform/secretParameters.ts';
import type { Secrets } from '../lib/platform/secrets.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { localClient, localRegion } from '../scripts/local/engine.ts';
import { benchKey, benchService } from './benchStage.ts';
import { bundleFiles } from './bundles.ts';
import type { GrowthFigures } from './growthWorker.ts';
import { type ImportFigures, measureImports } from './imports.ts';
import { type LoadFigures, measureLoad } from './load.ts';
import { type BenchEngine, runWorker, startDynalite, startMeteredEngine } from './processes.ts';
import type { WarmFigures } from './warmWorker.ts';

export interface AllFigures {
  readonly warm: WarmFigures;
  readonly imports: ImportFigures;
  readonly load: readonly LoadFigures[];
  readonly growth: GrowthFigures;
  /** Names of the engines: of what is timed, and of what is counted. */
  readonly timedOn: string;
  readonly countedOn: string;
}

const whole = {
  importRounds: 30,
  connections: [1, 8, 64, 256],
  secondsPerLoad: 6,
  sizes: [1_000, 10_000, 100_000],
  dueCounts: [0, 10, 100, 1_000, 10_000],
} as const;

/** For the structure of the report and the counts: too short for a time. */
const quick = {
  importRounds: 1,
  connections: [1, 8],
  secondsPerLoad: 1,
  sizes: [20, 200],
  dueCounts: [0, 10, 100],
} as const;

export async function measureAll(isQuick: boolean, say: (what: string) => void): Promise<AllFigures> {
  const plan = isQuick ? quick : whole;
  const folder = await mkdtemp(join(tmpdir(), 'publik-basket-bench-'));
  try {
    await bundleWorkers(folder);
    say('imports');
    const imports = await measureImports(folder, plan.importRounds);
    const timed = await withEngine(startDynalite, folder, async (config, engine) => {
      say(`handlers beside bare writes, on ${engine}`);
      const warm = (await runWorker(join(folder, 'warmWorker.mjs'), { config, isQuick })).message as WarmFigures;
      say(`load, on ${engine}`);
      return { warm, load: await loadServer(join(folder, 'serverWorker.mjs'), config, plan), timedOn: engine };
    });
    const counted = await withEngine(startMeteredEngine, folder, async (config, engine) => {
      say(`growth, on ${engine}`);
      const input = { config, isQuick, sizes: plan.sizes, dueCounts: plan.dueCounts };
      const { message } = await runWorker(join(folder, 'growthWorker.mjs'), input);
      return { growth: message as GrowthFigures, countedOn: engine };
    });
    return { imports, ...timed, ...counted };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As the functions are deployed, save that the loopback gateway needs the whole of `node:http`: that costs at load only. */
async function bundleWorkers(folder: string): Promise<void> {
  const entries = ['warm', 'server', 'growth'].map((name) => `bench/${name}Worker.ts`);
  await bundleFiles(entries, folder, {
    alias: { '@aws-sdk/credential-provider-node': './lib/platform/lambda/credentials.ts' },
  });
}

async function withEngine<Result>(
  start: () => Promise<BenchEngine>,
  folder: string,
  measure: (config: Config, engine: string) => Promise<Result>,
): Promise<Result> {
  const engine = await start();
  try {
    return await measure(await prepareStage(engine, folder), engine.name);
  } finally {
    await engine.stop();
  }
}

/** Secrets and a regie, as a stage has them. */
async function prepareStage({ endpoint, tables }: BenchEngine, folder: string): Promise<Config> {
  const secretsFile = join(folder, 'secrets.json');
  const secrets: Secrets = {
    services: { [benchService]: { keys: [benchKey] } },
    linkKeys: ['bench-link-key'],
    sandboxKey: 'bench-sandbox-key',
  };
  await writeFile(secretsFile, JSON.stringify(secrets));
  const client = localClient(endpoint);
  const register = dynamodbRegieRegister(DynamoDBDocumentClient.from(client), tables.regiesTable);
  await putRegie(register, {
    id: 'cantine',
    name: 'Cantine',
    bank: 'sandbox',
    defaultLabel: 'Cantine',
    default: true,
  });
  client.destroy();
  return {
    itemsTable: tables.itemsTable,
    regiesTable: tables.regiesTable,
    region: localRegion,
    publicUrl: 'https://paiement.example.org',
    sandboxUrl: 'https://paiement.example.org/sandbox',
    allowHttp: false,
    allowPrivateForms: false,
    language: 'fr',
    resultWord: 'succes',
    retentionDays: defaultDays.retention,
    recordDays: defaultDays.record,
    secretsFile,
    secretsParts,
    metricsNamespace: 'publik-basket-bench',
    dynamodbEndpoint: endpoint,
  };
}

async function loadServer(
  script: string,
  config: Config,
  { connections, secondsPerLoad }: typeof whole | typeof quick,
): Promise<LoadFigures[]> {
  const server = await runWorker(script, { config, isQuick: false });
  const url = String(server.message);
  const figures: LoadFigures[] = [];
  try {
    // Not counted: the first calls load and compile.
    await measureLoad(url, 8, Math.min(3, secondsPerLoad));
    for (const count of connections) figures.push(await measureLoad(url, count, secondsPerLoad));
  } finally {
    await server.stop();
  }
  return figures;
}
