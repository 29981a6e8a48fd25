/** The rules of the house: which room may import which, what stays pure, what stands in one file only. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { makeOpenapi } from '../build/openapi.ts';
import { apiErrors } from '../lib/http/apiErrors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
  /** What it imports: paths from the root, or package names. */
  readonly imports: readonly string[];
}

const sources = ['functions', 'lib'].flatMap(readFolder);

function readFolder(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readSource(join(folder, file)));
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = Array.from(text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g), ([, specifier = '']) => specifier);
  const imports = specifiers.map((specifier) =>
    specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier,
  );
  return { path, text, imports };
}

/** Every import of some sources that the pattern forbids, as a sentence. */
function broken(from: RegExp, forbidden: RegExp): string[] {
  const importers = sources.filter(({ path }) => from.test(path));
  expect(importers.length).toBeGreaterThan(0);
  return importers.flatMap(({ path, imports }) =>
    imports.filter((target) => forbidden.test(target)).map((target) => `${path} imports ${target}`),
  );
}

function filesHolding(pattern: RegExp): string[] {
  return sources.filter(({ text }) => pattern.test(withoutComments(text))).map(({ path }) => path);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** The modules of a circle: each imports itself by way of others. */
function inCircles(modules: readonly Source[]): string[] {
  const importsOf = new Map(modules.map(({ path, imports }) => [path, imports]));
  return modules.map(({ path }) => path).filter((path) => reachedFrom(path, importsOf).has(path));
}

function reachedFrom(path: string, importsOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const next = [...(importsOf.get(path) ?? [])];
  for (let target = next.pop(); target !== undefined; target = next.pop()) {
    if (reached.has(target)) continue;
    reached.add(target);
    next.push(...(importsOf.get(target) ?? []));
  }
  return reached;
}

/** The rooms of lib/, lowest first: each may import those below it, and none above. ADR 14 says why they lie so. */
const floors = [
  'values',
  'platform',
  'publik',
  'bank',
  'regie',
  'item',
  'basket',
  'payment',
  'notice',
  'sandboxBank',
  'composition',
  'http',
];

const roomOf = (path: string) => /^lib\/(\w+)\//.exec(path)?.[1];

/** Values in, values or a domain error out: two rooms whole, and every file whose first sentence says so. */
const pureSources = sources.filter(({ path, text }) => {
  const [opening = ''] = /^\/\*\*[\s\S]*?\*\//.exec(text) ?? [];
  return /^lib\/(values|item)\//.test(path) || /\bPure\b/.test(opening);
});

describe('directions', () => {
  it('every file of lib is in a room, and every room has its floor', () => {
    const rooms = sources.filter(({ path }) => path.startsWith('lib/')).map(({ path }) => roomOf(path) ?? path);
    expect([...new Set(rooms)].sort()).toEqual([...floors].sort());
  });

  it.each(floors)('%s imports only what is below it', (room) => {
    const above = floors.slice(floors.indexOf(room) + 1);
    expect(
      broken(new RegExp(`^lib/${room}/`), new RegExp(`^(lib/(${above.join('|') || 'none'})/|functions/)`)),
    ).toEqual([]);
  });

  it('nothing shipped imports what is not', () => {
    expect(broken(/^(lib|functions)\//, /^(scripts|standins|bench|torture|build|tests)\//)).toEqual([]);
  });

  it('no stand-in shares a line with what it stands in for', () => {
    const imports = readFolder('standins').flatMap(({ imports: targets }) => targets);
    expect(imports.filter((target) => /^(lib|functions)\//.test(target))).toEqual([]);
  });

  it.each(['functions', 'lib', 'scripts', 'standins', 'bench', 'torture', 'build', 'tests'])(
    'no two modules of %s import each other, directly or by way of others',
    (folder) => {
      const modules = readFolder(folder);
      expect(modules.length).toBeGreaterThan(0);
      expect(inCircles(modules).sort()).toEqual([]);
    },
  );

  it.each(pureSources)('$path is pure: no client, clock, environment, chance or logger', ({ imports }) => {
    expect(imports.filter((target) => /^(@aws-sdk|@middy|node:(?!crypto))/.test(target))).toEqual([]);
    // Types alone tell nothing of the world.
    const platform = imports.filter((target) => target.startsWith('lib/platform/'));
    expect(platform).toEqual([]);
  });

  it('a bank is compared by name in its own folder only', () => {
    const all = ['lib', 'functions', 'scripts', 'bench', 'torture'].flatMap(readFolder);
    const others = all.filter(({ path }) => !path.startsWith('lib/bank/'));
    const comparing = others.filter(({ text }) => /[!=]== '(payzen|payfip)'/.test(text)).map(({ path }) => path);
    expect(comparing).toEqual([]);
  });

  it('only stores, and what makes their client, know DynamoDB', () => {
    const knowing = sources.filter(({ imports }) => imports.some((target) => target.startsWith('@aws-sdk/')));
    for (const { path } of knowing) expect(path).toMatch(/^lib\/(\w+\/)+dynamodb\w*\.ts$/);
  });
});

describe('what stands in one file', () => {
  it.each([
    ['the environment', /process\.env/, ['lib/platform/config.ts']],
    ['the time', /Date\.now\(\)|new Date\(\)/, ['lib/platform/clock.ts']],
    ['chance', /randomUUID\(\)|randomBytes\(|Math\.random\(/, ['lib/platform/random.ts']],
    ['the console', /console\./, []],
    // It keeps connections, which are dead after a freeze: ADR 12.
    ['fetch', /\bfetch\(/, []],
    ['log lines', /powertools\/logger/, ['lib/platform/logger.ts']],
    ['figures', /powertools\/metrics/, ['lib/platform/metrics.ts']],
  ])('%s', (_, pattern, files) => {
    expect(filesHolding(pattern)).toEqual(files);
  });
});

describe('functions', () => {
  it.each(sources.filter(({ path }) => path.startsWith('functions/')))('$path only wires', ({ text, imports }) => {
    expect(text.split('\n').length).toBeLessThan(40);
    expect(withoutComments(text)).not.toMatch(/\b(try|catch|process)\b/);
    expect(imports.filter((target) => target.startsWith('@aws-sdk/'))).toEqual([]);
  });
});

describe('docs/openapi.yaml', () => {
  const document = readFileSync(join(root, 'docs/openapi.yaml'), 'utf8');

  it('is what `npm run openapi` makes', async () => {
    expect(document).toBe(await makeOpenapi());
  });

  it('has every err_class, and every field that the schemas of the requests read', () => {
    for (const code of Object.keys(apiErrors)) expect(document).toContain(`\`${code}\``);
    for (const call of ['add', 'remove']) {
      const schema = readFileSync(join(root, `schemas/${call}BasketItemRequest.schema.json`), 'utf8');
      for (const field of Object.keys(JSON.parse(schema).properties)) {
        expect(document).toMatch(new RegExp(`- name: ${field}\\n|  ${field}:\\n`));
      }
    }
  });

  it('satisfies the linter, to its last warning', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const problems = await lintFromString({ source: document, config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });
});

describe('package.json', () => {
  it('runs every script behind the check of the Node version', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const { fix, package: packaging, deploy, ...others } = scripts;
    // The formatter is a program of its own; the plugin of serverless.yml checks for packaging and deploying.
    expect([fix, packaging, deploy]).toEqual(['biome check --write', 'serverless package', 'serverless deploy']);
    for (const script of Object.values(others)) {
      expect(script).toMatch(/^(node -r \.\/build\/requireNode24\.cjs|npm run --silent build)/);
    }
  });
});
