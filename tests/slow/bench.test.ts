/** `npm run bench -- --quick`: what it writes and what it counts. How long anything takes is never looked at. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../bench/bench.ts';
import { type Run, runCommand } from '../runCommand.ts';

let folder: string;
let ended: Run;
let report: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  ended = await runCommand(main, ['--quick', '--out', folder]);
  expect(ended.code, ended.output).toBe(0);
  report = await readFile(join(folder, 'benchmarks.md'), 'utf8');
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

/** The cells of a table's rows, below its head, from the part of the report with this title. */
function rowsUnder(title: string, head: string): string[][] {
  const part = report.split('\n## ').find((text) => text.startsWith(title)) ?? '';
  const lines = part.slice(part.indexOf(`\n| ${head}`) + 1).split('\n');
  const [, , ...rows] = lines.slice(0, lines.indexOf('') < 0 ? undefined : lines.indexOf(''));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('a quick run', () => {
  it('holds every bound on counts, and says nothing of those on times', () => {
    const verdicts = rowsUnder('Bounds', 'what').map(([what, , , verdict]) => [what, verdict]);
    expect(verdicts).toEqual([
      ['DynamoDB calls of add', 'held'],
      ['DynamoDB calls of remove', 'held'],
      ['add: calls and units, largest table ÷ smallest', 'held'],
      ['remove: calls and units, largest table ÷ smallest', 'held'],
      ['page: calls and units, largest table ÷ smallest', 'held'],
      ['attendItems, equally many due: the same', 'held'],
    ]);
  });

  it('measures each arm of each call equally often', () => {
    const arms = rowsUnder('Handler', 'call').map((row) => [row[0], row[1], row.at(-1)]);
    expect(arms).toEqual(
      ['add', 'remove'].flatMap((call) =>
        [
          'bare write',
          'the same again',
          'bare write by our client',
          'whole handler',
          'the same, without its lines',
        ].map((arm) => [call, arm, '15']),
      ),
    );
  });

  it('imports the three bundles, ours with and without its source map, and one without each dependency', () => {
    expect(rowsUnder('Import', 'bundle').map(([name]) => name)).toEqual([
      'addBasketItem',
      'the same with its source map read, as on Lambda',
      'DynamoDB client alone',
      'empty handler',
    ]);
    const dependencies = rowsUnder('Import', 'dependency').map(([name]) => name);
    expect(dependencies).toContain('@middy/core');
    expect(dependencies).toContain('@aws-sdk/client-dynamodb');
    expect(dependencies).not.toContain('hono');
  });

  it('puts the server under load, which answers every call', () => {
    const rows = rowsUnder('Load', 'connections');
    expect(rows.map(([connections]) => connections)).toEqual(['1', '8']);
    for (const [, , , , , answered, failed] of rows) {
      expect(Number(answered)).toBeGreaterThan(0);
      expect(failed).toBe('0');
    }
  });

  it.each([
    ['add', 0, 1],
    ['remove', 0, 2],
    ['page', 1, 0],
  ])('counts what %s asks of the engine, at each size of the table', (call, reads, writes) => {
    const rows = rowsUnder('Growth', 'call').filter(([name]) => name === call);
    expect(rows.map((row) => row.slice(1, 4).map(Number))).toEqual([
      [20, reads, writes],
      [200, reads, writes],
    ]);
  });

  it('counts what a run of attendItems asks for what is due: a read of the index, and a read and a write each', () => {
    const rows = rowsUnder('Growth', 'rows').map((row) => row.slice(0, 5).map(Number));
    expect(rows).toEqual([
      [20, 0, 1, 1, 0],
      [20, 10, 1, 11, 10],
      [200, 0, 1, 1, 0],
      [200, 10, 1, 11, 10],
      [200, 100, 1, 102, 100],
    ]);
  });

  it('draws its plots, a line each', async () => {
    expect(await readdir(folder)).toEqual(['benchmarks-latency.svg', 'benchmarks-throughput.svg', 'benchmarks.md']);
    const lines = async (name: string) => (await readFile(join(folder, name), 'utf8')).match(/<polyline/g)?.length;
    expect(await lines('benchmarks-latency.svg')).toBe(3);
    expect(await lines('benchmarks-throughput.svg')).toBe(1);
  });
});
