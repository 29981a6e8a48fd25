/** What is deployed: each function bundled with the options of `serverless.yml`. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
let metafile: Metafile;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  const template = parse(await readFile(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'error' });
  // The options that are esbuild's own; the others are the plugin's.
  const { outputFileExtension, outputWorkFolder, exclude, watch, ...options } = template.custom.esbuild as Record<
    string,
    unknown
  >;
  const result = await build({
    ...(options as BuildOptions),
    bundle: true,
    platform: 'node',
    absWorkingDir: root,
    entryPoints: (await readdir(join(root, 'functions'))).map((file) => `functions/${file}`),
    outdir: folder,
    outExtension: { '.js': String(outputFileExtension) },
    metafile: true,
    logLevel: 'silent',
  });
  metafile = result.metafile as Metafile;
});
afterAll(() => rm(folder, { recursive: true }));

const bundles = () =>
  Object.entries(metafile.outputs)
    .filter(([path]) => path.endsWith('.mjs'))
    .map(([path, output]) => ({ path: join(root, path), ...output }));

describe('each bundle', () => {
  it('is at most 350 kB for the documented calls, which w.c.s. waits for, and 430 kB for the others', () => {
    expect(bundles()).toHaveLength(6);
    for (const { path, bytes } of bundles()) {
      expect(bytes, path).toBeLessThanOrEqual(/BasketItem\.mjs$/.test(path) ? 350_000 : 430_000);
    }
  });

  it('holds no schema compiler, no chain of credential providers, no test and no script', () => {
    for (const { inputs } of bundles()) {
      const surplus = Object.keys(inputs).filter((path) =>
        /^node_modules\/(ajv|@aws-sdk\/credential-provider-|@aws-sdk\/nested-clients|@smithy\/credential-provider-imds)|^(scripts|tests)\//.test(
          path,
        ),
      );
      expect(surplus).toEqual([]);
    }
  });

  it('loads by itself, and exports its handler', () => {
    for (const { path } of bundles()) {
      const script = `const { handler } = await import(${JSON.stringify(path)}); console.log(typeof handler);`;
      // Nothing of this process's environment: a stage is read at the first call, not at the start.
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: {},
        encoding: 'utf8',
      });
      expect(output.trim()).toBe('function');
    }
  });
});
