/** The rules of the documentation: its tables are those of the code, its links and the files that it names exist. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { apiErrors } from '../lib/http/apiErrors.ts';
import { defaultDays } from '../lib/platform/config.ts';
import { magicAmounts } from '../lib/sandboxBank/magicAmounts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Markdown of the project, from its root. */
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

/** The text outside of blocks and spans of code. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '').replace(/`[^`\n]+`/g, '');
}

/** The targets of its links and pictures that lead to a file or a heading of this project. */
function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown);
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/<img src="([^"]+)"/g)];
  return targets.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

/** The fragments that lead to its headings, as GitHub makes them. */
function anchorsOf(markdown: string): string[] {
  const headings = markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  const slugs = Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** Every link of a page that leads nowhere. */
function brokenLinks(page: string): string[] {
  return linksOf(read(page)).filter((target) => {
    const [path = '', fragment] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, file))) return true;
    return fragment !== undefined && !anchorsOf(read(file)).includes(decodeURIComponent(fragment));
  });
}

/** The lines of the tables below a heading, without their heads. */
function rowsBelow(markdown: string, heading: string): string[] {
  const [, section = ''] = markdown.split(`\n${heading}\n`);
  const [rows = ''] = section.split(/\n#{1,6} /);
  const [, ...lines] = rows.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('| ---'));
  return lines;
}

describe('every page', () => {
  it.each(pages)('%s links to what is there', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it.each(pages)('%s names files that are there', (page) => {
    const folders = 'functions|lib|schemas|infra|scripts|standins|bench|torture|build|tests|docs';
    const named = read(page).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'));
    const missing = Array.from(named, ([, path = '']) => path).filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });
});

describe('the README', () => {
  it('is short', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(150);
  });

  it('has pictures that load at once', () => {
    const pictures = linksOf(read('README.md')).filter((target) => target.endsWith('.png'));
    expect(pictures).toEqual(['docs/images/payment-page.png', 'docs/images/paid-page.png']);
    for (const picture of pictures) expect(statSync(join(root, picture)).size).toBeLessThanOrEqual(40_000);
  });
});

describe('docs/README.md', () => {
  const index = read('docs/README.md');

  it('lists every page of docs', () => {
    const listed = linksOf(rowsBelow(index, '## Pages').join('\n')).map((target) => join('docs', target));
    const own = ['README.md', 'docs/README.md', ...pages.filter((page) => page.startsWith('docs/adr/'))];
    const wanted = pages.filter((page) => !own.includes(page));
    expect(listed).toEqual(expect.arrayContaining([...wanted, 'docs/openapi.yaml', 'docs/adr/README.md']));
  });

  it('says which file to open for twenty changes and more', () => {
    const changes = rowsBelow(index, '## To change X, open Y');
    expect(changes.length).toBeGreaterThanOrEqual(20);
    for (const change of changes) expect(linksOf(change).length, change).toBeGreaterThan(0);
  });
});

describe('docs/adr/README.md', () => {
  it('lists every decision once, in order', () => {
    const decisions = readdirSync(join(root, 'docs/adr')).filter((file) => /^\d{3}-/.test(file));
    expect(linksOf(read('docs/adr/README.md'))).toEqual(decisions.sort());
  });
});

describe('the tables of errors', () => {
  it.each(['docs/api.md', 'docs/guide-workflow.fr.md'])('%s has every err_class, with its status', (page) => {
    const documented = read(page)
      .split('\n')
      .filter((line) => /^\| \d{3} \| `/.test(line))
      .flatMap((row) => {
        const [, status, classes = ''] = row.split('|');
        return Array.from(classes.matchAll(/`([^`]+)`/g), ([, code]) => `${code} ${status?.trim()}`);
      });
    const actual = Object.entries(apiErrors).map(([code, { status }]) => `${code} ${status}`);
    expect(documented.sort()).toEqual(actual.sort());
  });
});

describe('docs/regies.md', () => {
  const page = read('docs/regies.md');

  it('has every magic amount of the sandbox bank, with its sentence', () => {
    const rows = Object.entries(magicAmounts).map(
      ([cents, { sentence }]) => `| ${cents.slice(0, -2)},${cents.slice(-2)} € | ${sentence} |`,
    );
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });

  it('has every field of the file of a regie', () => {
    const { properties } = readSchema('regieFile');
    const names = Object.entries(properties).flatMap(([field, inner]) => [
      field,
      ...Object.keys(inner.properties ?? {}),
    ]);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  it('says of every alarm what to do', () => {
    const alarms = read('infra/alarms.yml').matchAll(/^ {2}(\w+):\n {4}Type: AWS::CloudWatch::Alarm$/gm);
    const names = Array.from(alarms, ([, name = '']) => name);
    const documented = rowsBelow(read('docs/operations.md'), '## An alarm').join('\n');
    expect(names.length).toBeGreaterThan(5);
    expect([...names, '…Errors', '…Throttles'].filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('docs/settings.md', () => {
  const page = read('docs/settings.md');

  it('has the days of retention that a stage has, and that the code takes without one', () => {
    const { default: params } = parse(read('serverless.yml'), { logLevel: 'error' }).params;
    expect(params).toMatchObject({ retentionDays: '400', recordDays: '3653' });
    expect(defaultDays).toEqual({ retention: 400, record: 3653 });
    for (const [name, days] of [
      ['RETENTION_DAYS', 400],
      ['RECORD_DAYS', 3653],
    ]) {
      expect(page).toContain(`| \`${name}\` | no | \`${days}\` |`);
    }
  });

  it('has every setting', () => {
    const names = Array.from(read('lib/platform/config.ts').matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g), ([, name]) => name);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('has every field of the secrets', () => {
    const fields = Object.keys(readSchema('secrets').properties);
    expect(fields.filter((field) => !page.includes(`| \`${field}\` |`))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  const page = read('CONTRIBUTING.md');

  it('has every command of package.json that a person runs', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const { prepare, build, ...commands } = scripts;
    const names = Object.keys(commands);
    expect(names.filter((name) => !new RegExp(`\\| \`npm (run )?${name}[ \`]`).test(page))).toEqual([]);
  });

  it('has every room of lib', () => {
    const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' });
    const rooms = new Set(files.filter((file) => file.endsWith('.ts')).map((file) => file.split('/')[0]));
    expect([...rooms].filter((room) => !page.includes(`<b>${room}</b>`))).toEqual([]);
  });
});

interface Properties {
  readonly properties: Readonly<Record<string, Partial<Properties>>>;
}

function readSchema(name: string): Properties {
  return JSON.parse(read(`schemas/${name}.schema.json`));
}
