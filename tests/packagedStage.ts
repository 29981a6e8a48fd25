/** A stage as `serverless package` makes it, in a copy of the project, without credentials: the template and the zips. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly Properties: JsonObject;
}

export interface Template {
  readonly Conditions: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Condition?: string; readonly Value: Json }>>;
}

export interface PackagedStage {
  readonly template: Template;
  /** Bytes by the name of the function. */
  readonly zips: Readonly<Record<string, number>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const serverless = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
const sources = ['serverless.yml', 'infra', 'package.json', 'tsconfig.json', 'functions', 'lib', 'schemas', 'build'];

/** Packaging leaves its work beside `serverless.yml`: each has a copy of its own, so that two do not meet. Gives its folder. */
export async function copyProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  await Promise.all(sources.map((name) => cp(join(root, name), join(folder, name), { recursive: true })));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  // As `npm start` would leave it, if it built where packaging does: too big for any zip.
  const left = join(folder, '.esbuild/.build/functions');
  await mkdir(left, { recursive: true });
  await writeFile(join(left, 'left.mjs'), randomBytes(1_000_000));
  return folder;
}

/** Runs `serverless` there. @throws Error that holds its output, when it fails. */
export async function runServerless(project: string, args: readonly string[]): Promise<void> {
  // A home without credentials, and nothing of this process's environment.
  const env = { PATH: process.env['PATH'], HOME: project };
  await promisify(execFile)(process.execPath, [serverless, ...args], { cwd: project, env });
}

export async function packageStage(project: string, args: readonly string[]): Promise<PackagedStage> {
  await runServerless(project, ['package', ...args]);
  const folder = join(project, '.serverless');
  const template = JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => file.endsWith('.zip'));
  const zips = files.map(async (file) => [file.slice(0, -'.zip'.length), (await stat(join(folder, file))).size]);
  return { template, zips: Object.fromEntries(await Promise.all(zips)) };
}
