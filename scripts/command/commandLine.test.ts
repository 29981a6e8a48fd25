import { describe, expect, it } from 'vitest';
import { readCommandLine } from './commandLine.ts';
import { CommandProblem } from './commandProblem.ts';
import { type Action, describeProgram, type Program } from './program.ts';

const options = {
  loud: { type: 'boolean', about: 'barks louder' },
  name: { type: 'string', multiple: true, value: '<name>', about: 'calls it by this name' },
  coat: { type: 'string', choices: ['short', 'long', 'wire'], about: 'chooses a coat' },
  age: { type: 'string', value: '<years>', isNeeded: true, about: 'says how old it is' },
} as const;

const plain: Program<typeof options> = { name: 'npm run dog', about: 'Keeps a dog.', options };

const withActions = {
  name: 'npm run dog',
  about: 'Keeps a dog.',
  options,
  actions: {
    walk: { about: 'takes it out', options: ['loud'] },
    groom: { words: ['<brush>', '<comb>'], about: 'makes it pretty', options: ['coat', 'age'] },
  } as Readonly<Record<string, Action>>,
  defaultAction: 'walk',
  notes: 'Dogs are not cats.',
};
const { defaultAction: _, ...withoutDefault } = withActions;

describe('a command without actions', () => {
  it.each([
    ['--age 3', { age: '3' }],
    ['--age=3 --loud', { age: '3', loud: true }],
    ['--age=-3', { age: '-3' }],
    ['--age -', { age: '-' }],
    ['--age 3 --name Rex --name=Max', { age: '3', name: ['Rex', 'Max'] }],
    ['--age 3 --age 4', { age: '4' }],
    ['--age 3 --coat wire', { age: '3', coat: 'wire' }],
    ['--age=', { age: '' }],
  ])('%s', (line, values) => {
    expect(readCommandLine(plain, line.split(' '))).toMatchObject({ words: [], values });
  });

  it.each(['--help', '-h', '--age 3 -h', '--oops --help', 'word --help'])('%s asks for help', (line) => {
    expect(readCommandLine(plain, line.split(' '))).toBeUndefined();
  });

  it.each([
    ['', 'The command needs --age.'],
    ['--age', 'The option --age needs a value.'],
    ['--age -3', 'The option --age needs a value. Write --age=-3 for a value that begins with a hyphen.'],
    ['--age --help', 'The option --age needs a value. Write --age=--help for a value that begins with a hyphen.'],
    ['--age 3 --loud=yes', 'The option --loud takes no value.'],
    ['--age 3 --no-loud', 'The command has no option --no-loud.'],
    ['--age 3 --coat curly', 'The option --coat takes short, long or wire.'],
    ['--age 3 --coat', 'The option --coat needs a value.'],
    ['--age 3 --toString', 'The command has no option --toString.'],
    ['--age 3 --__proto__', 'The command has no option --__proto__.'],
    ['--age 3 -l', 'The command has no option -l.'],
    ['--age 3 walk', 'There is one word too many: walk'],
    ['--age 3 -- --loud', 'There is one word too many: --loud'],
  ])('%s is refused with a sentence and the usage', (line, sentence) => {
    const usage = 'Usage: npm run dog -- [--loud] [--name <name>] [--coat short|long|wire] --age <years>';
    const read = () => readCommandLine(plain, line === '' ? [] : line.split(' '));
    expect(read).toThrow(new CommandProblem(`${sentence}\n${usage}`));
  });
});

describe('a command with actions', () => {
  const { walk, groom } = withActions.actions;

  it.each([
    ['groom a b --age 3', { action: groom, words: ['a', 'b'], values: { age: '3' } }],
    ['--age 3 groom a --coat long b', { action: groom, words: ['a', 'b'], values: { age: '3', coat: 'long' } }],
    ['groom --age=3 -- --a -b', { action: groom, words: ['--a', '-b'], values: { age: '3' } }],
    ['walk --loud', { action: walk, words: [], values: { loud: true } }],
    ['--name Rex', { action: walk, words: [], values: { name: ['Rex'] } }],
  ])('%s', (line, read) => {
    expect(readCommandLine(withActions, line.split(' '))).toEqual(read);
  });

  const groomUsage =
    'Usage: npm run dog -- groom <brush> <comb> [--name <name>] [--coat short|long|wire] --age <years>';
  const walkUsage = 'Usage: npm run dog -- [walk] [--loud] [--name <name>]';
  const usage = `Usage:
  npm run dog -- [walk] [options]                              takes it out
  npm run dog -- groom <brush> <comb> --age <years> [options]  makes it pretty`;

  it.each([
    ['groom a --age 3', '"groom" needs <comb>.', groomUsage],
    ['groom --age 3', '"groom" needs <brush> <comb>.', groomUsage],
    ['groom a b', '"groom" needs --age.', groomUsage],
    ['groom a b --age 3 --loud', 'The option --loud does not go with "groom".', groomUsage],
    ['groom a b c --age 3', 'There is one word too many: c', groomUsage],
    ['--age 3', 'The option --age does not go with "walk".', walkUsage],
    ['feed', 'The command has no action "feed".', usage],
    ['toString', 'The command has no action "toString".', usage],
    ['feed --oops', 'The command has no option --oops.', usage],
    ['groom --oops', 'The command has no option --oops.', groomUsage],
  ])('%s is refused with a sentence and the usage', (line, sentence, expected) => {
    const read = () => readCommandLine(withActions, line.split(' '));
    expect(read).toThrow(new CommandProblem(`${sentence}\n${expected}`));
  });

  it('must have its first word, unless one is meant without it', () => {
    const read = () => readCommandLine(withoutDefault, []);
    expect(read).toThrow('The first word must say what to do.\nUsage:\n  npm run dog -- walk [options] ');
  });
});

describe('the help', () => {
  it('has what the command does, its lines, its options and its notes', () => {
    expect(describeProgram(withActions)).toBe(`Keeps a dog.

Usage:
  npm run dog -- [walk] [options]                              takes it out
  npm run dog -- groom <brush> <comb> --age <years> [options]  makes it pretty

Options:
  --loud                  (walk) barks louder
  --name <name>           calls it by this name
  --coat short|long|wire  (groom) chooses a coat
  --age <years>           (groom) says how old it is
  -h, --help              shows this help

Dogs are not cats.`);
  });

  it('of a command without actions has one line', () => {
    expect(describeProgram(plain)).toContain('\nUsage:\n  npm run dog -- --age <years> [options]\n\nOptions:\n');
    expect(describeProgram({ ...plain, options: {} })).toContain('\nUsage:\n  npm run dog\n\nOptions:\n  -h, --help  ');
  });
});
