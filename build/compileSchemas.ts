/**
 * Compiles each `schemas/<name>.schema.json` to a validating function, `schemas/compiled/<name>.js`, so that no bundle
 * carries ajv and no cold start compiles a schema (it would cost 44 ms and 122 kB).
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const schemasFolder = new URL('../schemas/', import.meta.url);
const compiledFolder = new URL('compiled/', schemasFolder);

const declaration = `import type { CompiledSchema } from '../../lib/values/validation.ts';
declare const validate: CompiledSchema;
export default validate;
`;

/**
 * Reads all schemas, compiles them, and writes a module and its declaration for each. Throws on an invalid schema.
 *
 * @returns the names of the schemas.
 */
export async function compileSchemas(): Promise<readonly string[]> {
  const suffix = '.schema.json';
  const names = (await readdir(schemasFolder))
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length));
  const schemas = await Promise.all(names.map(readSchema));

  // No coercion and no defaults: w.c.s.'s spellings are read by our own code, where a test sees them.
  const options = { strict: true, code: { source: true, esm: true } };
  const ajv = new Ajv2020({ ...options, schemas, inlineRefs: false });
  // What only we write needs no sentences, and one copy of what it repeats: half the code, in every function.
  const rowAjv = new Ajv2020({ ...options, schemas, messages: false, inlineRefs: false });

  // No schema here asks what another part of it has looked at, nor refers dynamically: the code need not keep account of it.
  for (const each of [ajv, rowAjv]) Object.assign(each.opts, { unevaluated: false, dynamicRef: false });

  await mkdir(compiledFolder, { recursive: true });
  await Promise.all(
    names.map(async (name, index) => {
      const compiler = name.endsWith('Row') ? rowAjv : ajv;
      const validate = compiler.getSchema(schemas[index]?.$id ?? '');
      if (validate === undefined) throw new Error(`schemas/${name}${suffix} has no $id.`);
      const findings = name.endsWith('Row') ? withoutAllowedValues : withoutSchemaPaths;
      const code = await selfContained(findings(standaloneCode.default(compiler, validate)));
      await replaceIfChanged(`${name}.js`, code);
      await replaceIfChanged(`${name}.d.ts`, declaration);
    }),
  );
  return names;

  async function readSchema(name: string): Promise<AnySchemaObject> {
    const text = await readFile(new URL(`${name}${suffix}`, schemasFolder), 'utf8');
    // ajv puts schemas whole into its code, with what is written in them for people.
    const isForPeople = (key: string, value: unknown) => /^(description|title)$/.test(key) && typeof value === 'string';
    if (/"(unevaluated|\$dynamic)/.test(text)) throw new Error(`${name}: a keyword that is switched off above.`);
    return JSON.parse(text, (key, value) => (isForPeople(key, value) ? undefined : value));
  }
}

/** Where in the schema each error arose is read by nobody, and weighs a tenth of the code. */
function withoutSchemaPaths(code: string): string {
  return code.replace(/schemaPath:"(?:[^"\\]|\\.)*",/g, '');
}

/** To name the words that it would take, a finding keeps the text of the whole schema: in what only we write, it need not. */
function withoutAllowedValues(code: string): string {
  return withoutSchemaPaths(code).replaceAll(/params:\{allowedValues: ?[\w.[\]"]+\}/g, 'params:{}');
}

/** ajv's ESM output still calls `require` for its own run-time pieces, which plain ESM has not: they are put inside. */
async function selfContained(code: string): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(schemasFolder), loader: 'js' },
    bundle: true,
    format: 'esm',
    write: false,
    legalComments: 'none',
  });
  return result.outputFiles[0]?.text ?? '';
}

/** In one step and only if need be: while `npm start` runs, each file written makes it bundle the functions again. */
async function replaceIfChanged(file: string, text: string): Promise<void> {
  const url = new URL(file, compiledFolder);
  const before = await readFile(url, 'utf8').catch(() => undefined);
  if (before === text) return;
  const written = new URL(`${file}.${process.pid}`, compiledFolder);
  await writeFile(written, text);
  await rename(written, url);
}

/** Takes away what is left of schemas that are gone. */
async function removeOthers(names: readonly string[]): Promise<void> {
  const expected = new Set(names.flatMap((name) => [`${name}.js`, `${name}.d.ts`]));
  const stale = (await readdir(compiledFolder)).filter((file) => /\.(js|ts)$/.test(file) && !expected.has(file));
  await Promise.all(stale.map((file) => rm(new URL(file, compiledFolder), { force: true })));
}

if (import.meta.main) await removeOthers(await compileSchemas());
