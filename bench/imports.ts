/** Measures what a cold start loads: bundles imported in fresh processes, whole and with one dependency left out. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile, Plugin } from 'esbuild';
import { bundleFiles, root } from './bundles.ts';
import { median, type Summary, summarize } from './figures.ts';

const entry = 'functions/addBasketItem.ts';

export interface ImportFigures {
  readonly bytes: { readonly handler: number; readonly client: number; readonly empty: number };
  readonly handler: Summary;
  /** The same with the flag that reads the source map, as on Lambda. */
  readonly mapped: Summary;
  readonly client: Summary;
  readonly empty: Summary;
  readonly dependencies: readonly Dependency[];
}

export interface Dependency {
  readonly name: string;
  /** Of its own files in the bundle. */
  readonly ownBytes: number;
  /** What the bundle loses without it, and without all that only it needs. */
  readonly bytes: number;
  readonly medianMs: number;
}

interface Bundle {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly metafile: Metafile;
  /** Of Node. */
  readonly flags?: readonly string[];
}

export async function measureImports(folder: string, rounds: number): Promise<ImportFigures> {
  const whole = await makeBundle(folder, 'handler', entry);
  const mapped = { ...whole, name: 'mapped', flags: ['--enable-source-maps'] };
  const client = await makeBundle(folder, 'client', await writeEntry(folder, 'client', clientAlone));
  const empty = await makeBundle(folder, 'empty', await writeEntry(folder, 'empty', emptyHandler));
  const names = dependenciesOf(whole.metafile);
  const without = await Promise.all(names.map((name) => makeBundle(folder, name, entry)));
  const samples = await importAll([whole, mapped, client, empty, ...without], rounds);
  const summaryOf = ({ name }: Bundle) => summarize(samples.get(name) ?? []);
  const wholeMs = samples.get(whole.name) ?? [];
  return {
    bytes: { handler: whole.bytes, client: client.bytes, empty: empty.bytes },
    handler: summaryOf(whole),
    mapped: summaryOf(mapped),
    client: summaryOf(client),
    empty: summaryOf(empty),
    dependencies: without.map((bundle) => ({
      name: bundle.name,
      ownBytes: ownBytes(whole.metafile, bundle.name),
      bytes: whole.bytes - bundle.bytes,
      // Round by round, so that what slows one round down slows both.
      medianMs: median(wholeMs.map((ms, round) => ms - (samples.get(bundle.name)?.[round] ?? Number.NaN))),
    })),
  };
}

/** As the SDK comes: without the aliases of `infra/esbuild.yml`. */
const clientAlone = `export { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';`;
const emptyHandler = 'export const handler = async () => ({ statusCode: 200 });';

async function writeEntry(folder: string, name: string, source: string): Promise<string> {
  const path = join(folder, `${name}.entry.mjs`);
  await writeFile(path, source);
  return path;
}

/** A bundle named after a dependency is made without it. */
async function makeBundle(folder: string, name: string, entryPoint: string): Promise<Bundle> {
  const outdir = join(folder, name.replaceAll('/', '-'));
  const alone = { alias: {}, nodePaths: [join(root, 'node_modules')] };
  const isWhole = entryPoint === entry;
  const change = !isWhole ? alone : name === 'handler' ? {} : { plugins: [leaveOut(name)] };
  const metafile = await bundleFiles([entryPoint], outdir, change);
  const [output] = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('.mjs'));
  if (output === undefined) throw new Error(`There is no bundle ${name}.`);
  return { name, path: join(root, output[0]), bytes: output[1].bytes, metafile };
}

/** Stands for whatever a package exports: whatever is asked of it, it is itself again. Good for loading, not for running. */
const nothing = `const nothing = new Proxy(function () {}, {
  get: (target, name) =>
    name === 'prototype' ? target.prototype : name === Symbol.toPrimitive ? () => '' : nothing,
  apply: () => nothing,
  construct: () => nothing,
});`;

function leaveOut(name: string): Plugin {
  return {
    name: 'leave-out',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}(/|$)`) }, ({ path }) => ({ path, namespace: 'left-out' }));
      onLoad({ filter: /.*/, namespace: 'left-out' }, async ({ path }) => {
        const names = Object.keys(await import(path)).map((exported) => `nothing as ${JSON.stringify(exported)}`);
        return { contents: `${nothing} export { ${names.join(', ')} };`, loader: 'js' };
      });
    },
  };
}

/** The packages that our own files import, without those that are only loaded by others. */
function dependenciesOf({ inputs }: Metafile): string[] {
  const ours = Object.entries(inputs).filter(([path]) => !path.includes('node_modules/'));
  const names = ours.flatMap(([, { imports }]) => imports.map(({ path }) => packageOf(path)));
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

function packageOf(path: string): string | undefined {
  return /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1];
}

function ownBytes({ outputs }: Metafile, name: string): number {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.reduce((sum, [path, { bytesInOutput }]) => sum + (packageOf(path) === name ? bytesInOutput : 0), 0);
}

/** Each in turn, and the turns shifted; a first round, which reads the files from the disk, is thrown away. */
async function importAll(bundles: readonly Bundle[], rounds: number): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>(bundles.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    const shift = (round + 1) % bundles.length;
    for (const bundle of [...bundles.slice(shift), ...bundles.slice(0, shift)]) {
      const ms = await importOnce(bundle);
      if (round >= 0) samples.get(bundle.name)?.push(ms);
    }
  }
  return samples;
}

async function importOnce({ path, flags = [] }: Bundle): Promise<number> {
  const script = `const startedMs = performance.now(); await import(${JSON.stringify(path)}); console.log(performance.now() - startedMs);`;
  // Nothing of this process's environment: a stage is read at the first call, not at the start.
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '-e', script], {
    env: {},
  });
  return Number(stdout);
}
