/** The rules of the house: which room may import which, what stays pure, what stands in one file only. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { apiErrors } from '../lib/http/apiErrors.ts';
import { magicAmounts } from '../lib/sandboxBank/magicAmounts.ts';
import { makeOpenapi } from '../scripts/openapi.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
  /** What it imports: paths from the root, or package names. */
  readonly imports: readonly string[];
}

const sources = ['functions', 'lib'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readSource(join(folder, file))),
);

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

describe('directions', () => {
  it('the rooms never import the edge or the functions', () => {
    expect(
      broken(/^lib\/(basket|regie|payment|sandboxBank|notification|publik)\//, /^(lib\/http|functions)\//),
    ).toEqual([]);
  });

  it('nothing in lib imports the functions, and nothing shipped imports the scripts or the tests', () => {
    expect(broken(/^lib\//, /^functions\//)).toEqual([]);
    expect(broken(/^(lib|functions)\//, /^(scripts|tests)\//)).toEqual([]);
  });

  it('pure files import no client, clock instance, environment, chance or logger', () => {
    const pure =
      /\/(item|payment|situation|question|retrySchedule|money|signature|queryString|regie|itemId|message|magicAmounts|base32|calendar|text|plainSpelling)\.ts$/;
    const impure =
      /^(@aws-sdk|@middy|node:(?!crypto)|lib\/(clock|config|dynamodb|logger|random|secrets|cache|stage)\.ts)/;
    expect(broken(pure, impure)).toEqual([]);
  });

  it('only stores, and what makes their client, know DynamoDB', () => {
    const knowing = sources.filter(({ imports }) => imports.some((target) => target.startsWith('@aws-sdk/')));
    for (const { path } of knowing) expect(path).toMatch(/^lib\/(dynamodb\.ts|\w+\/dynamodb\w+\.ts)$/);
  });
});

describe('what stands in one file', () => {
  it.each([
    ['the environment', /process\.env/, ['lib/config.ts']],
    ['the time', /Date\.now\(\)|new Date\(\)/, ['lib/clock.ts']],
    ['chance', /randomUUID\(\)|randomBytes\(|Math\.random\(/, ['lib/random.ts']],
    ['the console', /console\./, []],
    ['log lines', /powertools\/logger/, ['lib/logger.ts']],
    ['figures', /powertools\/metrics/, ['lib/metrics.ts']],
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

describe('the tables of errors', () => {
  it.each(['README.md', 'docs/guide-workflow.fr.md'])('%s has every err_class, with its status', (file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    const documented = lines
      .filter((line) => /^\| \d{3} \|/.test(line))
      .flatMap((row) => {
        const [, status, classes = ''] = row.split('|');
        return Array.from(classes.matchAll(/`([^`]+)`/g), ([, code]) => `${code} ${status?.trim()}`);
      });
    const actual = Object.entries(apiErrors).map(([code, { status }]) => `${code} ${status}`);
    expect(documented.sort()).toEqual(actual.sort());
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

describe('the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');

  it('has every magic amount of the sandbox bank, with its sentence', () => {
    for (const [cents, { sentence }] of Object.entries(magicAmounts)) {
      expect(readme).toContain(`| ${cents.slice(0, -2)},${cents.slice(-2)} € | ${sentence} |`);
    }
  });

  it('has every setting', () => {
    const config = sources.find(({ path }) => path === 'lib/config.ts')?.text ?? '';
    const names = Array.from(config.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g), ([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) expect(readme).toContain(`\`${name}\``);
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
      expect(script).toMatch(/^(node -r \.\/scripts\/requireNode24\.cjs|npm run --silent build)/);
    }
  });
});
