/** Bundles made with the options of `infra/esbuild.yml`: what is measured and tested is what is deployed. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles files of the project, by their paths in it, into a folder. @param change options that differ. */
export async function bundleFiles(
  entryPoints: readonly string[],
  outdir: string,
  change: BuildOptions = {},
): Promise<Metafile> {
  // The options that are esbuild's own; the others are the plugin's.
  const { outputFileExtension, outputWorkFolder, exclude, watch, ...options } = parse(
    await readFile(`${root}infra/esbuild.yml`, 'utf8'),
  ) as Record<string, unknown>;
  const result = await build({
    ...(options as BuildOptions),
    bundle: true,
    platform: 'node',
    absWorkingDir: root,
    entryPoints: [...entryPoints],
    outdir,
    outExtension: { '.js': String(outputFileExtension) },
    metafile: true,
    logLevel: 'silent',
    ...change,
  });
  return result.metafile as Metafile;
}
