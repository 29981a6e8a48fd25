import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileSecrets, parseSecrets } from './secrets.ts';
import { UnreadableText } from './textFile.ts';

describe('parseSecrets', () => {
  it('takes services with keys and aliases, a default service, and link keys', () => {
    const secrets = {
      services: { 'demarches.example.org': { keys: ['a', 'b'], aliases: ['formulaires.example.org'] } },
      defaultService: 'demarches.example.org',
      linkKeys: ['c'],
    };
    expect(parseSecrets(JSON.stringify(secrets))).toEqual(secrets);
  });

  it.each([
    ['{', 'not JSON'],
    ['[]', 'must be object'],
    ['{"linkKeys": ["s3cr3t"]}', 'services'],
    ['{"services": {}}', 'linkKeys'],
    ['{"services": {}, "linkKeys": []}', 'linkKeys'],
    ['{"services": {"a": {"keys": []}}, "linkKeys": ["s3cr3t"]}', 'services.a.keys'],
    ['{"services": {"a": {"keys": [" "]}}, "linkKeys": ["s3cr3t"]}', 'services.a.keys'],
    ['{"services": {}, "defaultService": "a", "linkKeys": ["s3cr3t"]}', 'defaultService'],
    ['{"services": {"a": {"keys": [""]}}, "linkKeys": ["s3cr3t"]}', 'services.a.keys'],
    ['{"services": {"a": {"keys": ["s3cr3t"], "key": "s3cr3t"}}, "linkKeys": ["s3cr3t"]}', 'services.a'],
  ])('refuses %s, names the field and quotes no value', (text, named) => {
    expect(() => parseSecrets(text)).toThrow(named);
    expect(() => parseSecrets(text)).not.toThrow('s3cr3t');
  });
});

describe('fileSecrets', () => {
  const text = '{"services": {"a": {"keys": ["s3cr3t-é"]}}, "linkKeys": ["s3cr3t"]}';
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
    path = join(folder, 'secrets.json');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['as it is', text],
    ['with a byte order mark', `\uFEFF${text}`],
  ])('reads a file %s', async (_, content) => {
    await writeFile(path, content);
    expect(await fileSecrets(path).load()).toMatchObject({ services: { a: { keys: ['s3cr3t-é'] } } });
  });

  it.each([
    ['Latin-1', Buffer.from(text, 'latin1'), 'it must be in UTF-8, and is not.'],
    ['UTF-16', Buffer.from(`\uFEFF${text}`, 'utf16le'), 'it must be in UTF-8, and seems to be in UTF-16.'],
    ['1 MB and more', Buffer.alloc(1_000_001, ' '), 'it is larger than 1000 kB.'],
  ])('refuses %s, names the file and quotes nothing of it', async (_, content, sentence) => {
    await writeFile(path, content);
    await expect(fileSecrets(path).load()).rejects.toThrow(new UnreadableText(`${path}: ${sentence}`));
  });

  it('refuses brackets in brackets without a trace of what it read', async () => {
    await writeFile(path, `{"services": ${'['.repeat(400_000)}s3cr3t`);
    await expect(fileSecrets(path).load()).rejects.toThrow(new Error('Malformed secrets: not JSON.'));
  });

  it.each([
    ['a folder', () => folder, { message: 'it is a folder, where a file is meant.', isMissing: false }],
    [
      'a file that is not there',
      () => join(folder, 'none.json'),
      { message: 'there is no such file.', isMissing: true },
    ],
  ])('refuses %s', async (_, wrong, { message, isMissing }) => {
    const problem = new UnreadableText(`${wrong()}: ${message}`, { isMissing });
    await expect(fileSecrets(wrong()).load()).rejects.toThrow(problem);
  });
});
