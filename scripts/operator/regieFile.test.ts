import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandProblem } from '../command/commandProblem.ts';
import { readRegieFile } from './regieFile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
});
afterAll(() => rm(folder, { recursive: true }));

const lines = ['id: piscine', 'name: Régie de la piscine', 'bank: sandbox', 'defaultLabel: Entrée', ''];
const good = lines.join('\n');
const read = { id: 'piscine', name: 'Régie de la piscine', bank: 'sandbox', defaultLabel: 'Entrée' };

async function aFile(content: string | Buffer): Promise<string> {
  const path = join(folder, 'regie.yaml');
  await writeFile(path, content);
  return path;
}

/** UTF-16 in the order of bytes of old machines. */
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

/** Each name stands for nine of the one before. */
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghij'.split('').map((name, index) => {
    const before = 'abcdefghi'[index];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  }),
].join('\n');

describe('readRegieFile', () => {
  it.each([
    ['as it is', good],
    ['with the byte order mark and the line ends of Windows', `\uFEFF${lines.join('\r\n')}`],
    ['as one document between its marks', `---\n${good}...\n`],
    ['in JSON', JSON.stringify(read)],
    ['with a name for a text', good.replace('name: Régie', 'name: &name Régie').replace('Entrée', '*name')],
  ])('takes a file %s', async (_, content) => {
    expect(await readRegieFile(await aFile(content))).toMatchObject({ id: 'piscine', name: 'Régie de la piscine' });
  });

  it.each<[string, string | Buffer, string]>([
    ['Latin-1', Buffer.from(good, 'latin1'), 'it must be in UTF-8, and is not.'],
    ['UTF-16, as Notepad wrote it', Buffer.from(`\uFEFF${good}`, 'utf16le'), 'seems to be in UTF-16.'],
    ['UTF-16 the other way round', bigEndian(`\uFEFF${good}`), 'seems to be in UTF-16.'],
    ['UTF-16 without its mark', Buffer.from(good, 'utf16le'), 'seems to be in UTF-16.'],
    ['bytes of a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'it must be in UTF-8'],
    ['a character that is cut', Buffer.from(good).subarray(0, -3), 'it must be in UTF-8, and is not.'],
    ['64 kB and more', `${good}# ${'x'.repeat(64_000)}`, 'it is larger than 64 kB.'],
    ['nothing', '', 'must be object'],
    ['a sentence', 'Régie de la piscine', 'must be object'],
    ['no YAML', 'bank: [', 'not YAML'],
    ['a bomb of aliases', `${good}${bomb}`, 'not YAML'],
    ['an alias of nothing', good.replace('Entrée', '*label'), 'Unresolved alias'],
    ['an alias of itself', `${good}payzen: &own {siteId: *own}`, 'payzen'],
    ['brackets in brackets', `name: ${'['.repeat(5_000)}`, 'not YAML'],
    ['brackets in brackets that are closed', `name: ${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'not YAML'],
    ['lists in lists', `name:\n  ${'- '.repeat(5_000)}x`, 'not YAML'],
    ['a key that comes twice', `${good}id: cantine`, 'Map keys must be unique'],
    ['two documents', `${good}---\n${good}`, 'multiple documents'],
    ['a tag that would run', good.replace('Entrée', '!!js/function "function () {}"'), 'Unresolved tag'],
    ['a tag of somebody', good.replace('Entrée', '!label Entrée'), 'Unresolved tag'],
    ['a YAML to come', `%YAML 3.0\n---\n${good}`, 'Unsupported YAML version'],
    ['a list as a key', `${good}? [a, b]\n: c`, 'must NOT have additional properties'],
    ['a prototype', `${good}__proto__: {bank: payzen}`, 'must NOT have additional properties'],
    ['bytes for a text', good.replace('Entrée', '!!binary RW50cg=='), 'Unresolved tag'],
    ['an ordered map', `${good}triggers: !!omap [paid: regle]\n`, 'Unresolved tag'],
    ['a number for a text', good.replace('Entrée', '12'), 'defaultLabel: must be string'],
  ])('refuses with a sentence: %s', async (_, content, sentence) => {
    const path = await aFile(content);
    const outcome = await readRegieFile(path).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(CommandProblem);
    const { message } = outcome as CommandProblem;
    expect(message.startsWith(`${path}: `)).toBe(true);
    expect(message).toContain(sentence);
  });

  it('leaves out of its sentence what would command the terminal', async () => {
    const path = await aFile('name: "\u001b[2J": [');
    const message = await readRegieFile(path).catch((error: Error) => error.message);
    expect(message).toContain('"�[2J"');
    expect(message).not.toContain('\u001b');
  });

  it.each([
    ['a folder', () => folder, 'it is a folder, where a file is meant.'],
    ['a file that is not there', () => join(folder, 'none.yaml'), 'there is no such file.'],
    ['a file without an end', () => '/dev/zero', 'it is larger than 64 kB.'],
  ])('refuses %s', async (_, path, sentence) => {
    await expect(readRegieFile(path())).rejects.toThrow(new CommandProblem(`${path()}: ${sentence}`));
  });
});
