import { describe, expect, it } from 'vitest';
import { formatSiteOptions, readSiteOption } from './siteOptions.ts';

const keyOf = (text: string, name: string) => readSiteOption(text, 'api-secrets', name);

// What Python 3.11 makes of the same lines: configparser.ConfigParser(interpolation=None).
describe('readSiteOption', () => {
  it.each([
    ['=', '[api-secrets]\nlocalhost = k1\n', 'localhost', 'k1'],
    [':', '[api-secrets]\nlocalhost: k1\n', 'localhost', 'k1'],
    ['nothing around it', '[api-secrets]\nlocalhost=k1', 'localhost', 'k1'],
    ['capitals in the file', '[api-secrets]\nLocalHost = K1\n', 'localhost', 'K1'],
    ['capitals in the question', '[api-secrets]\nlocalhost = k1\n', 'LOCALHOST', 'k1'],
    ['more delimiters', '[api-secrets]\na = k2=x:y\n', 'a', 'k2=x:y'],
    ['what is no comment', '[api-secrets]\na = k1 ; half\n', 'a', 'k1 ; half'],
    ['what is no interpolation', '[api-secrets]\na = 100%sure\n', 'a', '100%sure'],
    ['a second line', '[api-secrets]\na = k1\n  more\nb = k2\n', 'a', 'k1\nmore'],
    ['everything indented', '  [api-secrets]\n  a = k\n  b = l\n', 'b', 'l'],
    ['comments and other sections', '# c\n[options]\nx = y\n\n[api-secrets]\n; d\na = k\n', 'a', 'k'],
    ['lines of Windows', '[api-secrets]\r\na = k\r\n', 'a', 'k'],
    ['no value', '[api-secrets]\na =\n', 'a', ''],
  ])('reads %s', (_, text, name, expected) => {
    expect(keyOf(text, name)).toBe(expected);
  });

  it('knows no name with a colon, however it is written', () => {
    const text = '[api-secrets]\nlocalhost:3900 = k1\n';
    expect(keyOf(text, 'localhost:3900')).toBeUndefined();
    expect(keyOf(text, 'localhost')).toBe('3900 = k1');
    expect(keyOf('[api-secrets]\n[::1] = k1\n', '[::1]')).toBeUndefined();
    expect(keyOf('[api-secrets]\n::1 = k1\n', '::1')).toBeUndefined();
  });

  it.each([
    ['another section', '[wscall-secrets]\na = k\n'],
    ['a section in capitals', '[API-SECRETS]\na = k\n'],
    ['no section', 'a = k\n'],
    ['a line without a delimiter', '[api-secrets]\na = k\nb\n'],
    ['the same name twice', '[api-secrets]\na = k\nA = l\n'],
    ['the same section twice', '[api-secrets]\na = k\n[api-secrets]\nb = l\n'],
    ['an empty file', ''],
  ])('knows nothing from %s', (_, text) => {
    expect(keyOf(text, 'a')).toBeUndefined();
  });
});

describe('formatSiteOptions', () => {
  it('writes what is read', () => {
    const text = formatSiteOptions('paiement.example.org', 's3cr3t');
    expect(readSiteOption(text, 'wscall-secrets', 'paiement.example.org')).toBe('s3cr3t');
    expect(keyOf(text, 'paiement.example.org')).toBe('s3cr3t');
  });
});
