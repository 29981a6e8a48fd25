/** Every command of package.json: what it says of itself, and of a line that it does not take. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Command } from '../scripts/command/command.ts';
import { root, runCommand } from './runCommand.ts';

const { scripts } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };
const commands = Object.entries(scripts).flatMap(([name, script]) => {
  const [, file] = /^npm run --silent build && node (\S+\.ts)$/.exec(script) ?? [];
  return file === undefined ? [] : [{ name, file }];
});

/** What it would keep between two starts: nothing here. */
const localFolder = `.local/tests-commands-${process.pid}`;

/** When each file of a folder was written. */
async function writtenIn(folder: string): Promise<Record<string, number>> {
  const files = await readdir(`${root}${folder}`);
  const times = files.map(async (file) => [file, (await stat(`${root}${folder}/${file}`)).mtimeMs]);
  return Object.fromEntries(await Promise.all(times));
}

it('the commands are these', () => {
  expect(commands.map(({ name }) => name).toSorted()).toEqual([
    'bench',
    'demo',
    'item',
    'openapi',
    'regie',
    'secrets',
    'smoke',
    'start',
    'torture',
  ]);
});

describe.each(commands)('$name', ({ name, file }) => {
  const typed = name === 'start' ? 'npm start' : `npm run ${name}`;

  async function run(...args: string[]) {
    const { main } = (await import(`${root}${file}`)) as { main: Command };
    return runCommand(main, args, { env: { LOCAL_FOLDER: localFolder } });
  }

  it.each([['--help'], ['-h'], ['--oops', '--help']])(
    'tells what it does, and does nothing: %s %s',
    async (...args) => {
      const before = await writtenIn('docs');
      const { code, output } = await run(...args.filter((word) => word !== undefined));
      expect(code).toBe(0);
      expect(output).toMatch(
        new RegExp(`^[A-Z][^\\n]+\\.\\n(.+\\n)?\\nUsage:\\n( {2}${typed}\\b.*\\n)+\\nOptions:\\n`),
      );
      expect(output).toContain('  -h, --help ');
      expect(await writtenIn('docs')).toEqual(before);
      expect(existsSync(`${root}${localFolder}`)).toBe(false);
    },
  );

  it.each([
    ['--oops', 'The command has no option --oops.'],
    ['-x', 'The command has no option -x.'],
    ['--oops=--help', 'The command has no option --oops.'],
  ])('says in a line that there is no %s, and how it is used', async (option, sentence) => {
    const { code, output } = await run(option);
    expect(code).toBe(1);
    const [first, second = '', ...others] = output.trimEnd().split('\n');
    expect(first).toBe(sentence);
    expect(second).toMatch(new RegExp(`^Usage:( ${typed}\\b|$)`));
    for (const line of others) expect(line).toMatch(new RegExp(`^ {2}${typed} -- `));
    expect(existsSync(`${root}${localFolder}`)).toBe(false);
  });
});
