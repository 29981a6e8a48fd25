import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readLines } from './typedLines.ts';

const inputOf = (...chunks: (string | Buffer)[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk as string)));

describe('readLines', () => {
  it.each([
    ['a line', ['key\n'], 1, ['key']],
    ['a line without an end', ['key'], 1, ['key']],
    ['the line ends of Windows', ['key\r\npassword\r\n'], 2, ['key', 'password']],
    ['an empty line', ['\n'], 1, ['']],
    ['a line and an empty one', ['key\n\n'], 2, ['key', '']],
    ['one that is missing', ['key\n'], 2, ['key']],
    ['nothing', [], 1, []],
    ['more than is asked for', ['key\npassword\nmore'], 1, ['key']],
    ['a character in two pieces', [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], 1, ['é']],
    ['a byte order mark', ['\uFEFFclé\n'], 1, ['clé']],
  ])('%s', async (_, chunks, count, expected) => {
    expect(await readLines(inputOf(...chunks), count)).toEqual(expected);
  });

  it('waits for no more than it needs, of an input without an end', async () => {
    async function* endless() {
      for (;;) yield Buffer.from('yes\n');
    }
    expect(await readLines(endless(), 2)).toEqual(['yes', 'yes']);
  });

  it.each([
    ['Latin-1', Buffer.from('clé\n', 'latin1'), 'it must be in UTF-8, and is not.'],
    ['UTF-16', Buffer.from('\uFEFFkey\n', 'utf16le'), 'it must be in UTF-8, and seems to be in UTF-16.'],
    ['UTF-16 without its mark', Buffer.from('key\n', 'utf16le'), 'it must be in UTF-8, and seems to be in UTF-16.'],
    ['a line of 2 kB and more', Buffer.from(`${'k'.repeat(2_001)}\n`), 'it is longer than 2 kB.'],
  ])('refuses %s', async (_, chunk, sentence) => {
    await expect(readLines(inputOf(chunk), 1)).rejects.toThrow(sentence);
  });

  it('refuses an input that has no line end, and no end', async () => {
    async function* endless() {
      for (;;) yield Buffer.alloc(65_536);
    }
    await expect(readLines(endless(), 1)).rejects.toThrow('it is longer than 2 kB.');
  });
});
