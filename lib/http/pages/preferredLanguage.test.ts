import { describe, expect, it } from 'vitest';
import { preferredLanguage } from './preferredLanguage.ts';

describe('the language of a page', () => {
  it.each([
    [undefined, 'fr'],
    ['', 'fr'],
    ['fr', 'fr'],
    ['fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7', 'fr'],
    ['en', 'en'],
    ['EN-gb', 'en'],
    ['en-US,en;q=0.9', 'en'],
    ['en-US,en;q=0.9,fr;q=0.8', 'en'],
    ['fr;q=0.5, en', 'en'],
    ['en;q=0.5, fr-CA', 'fr'],
    ['en, fr', 'fr'],
    ['de, en;q=0.5', 'en'],
    ['de', 'fr'],
    ['*', 'fr'],
    ['en, *;q=0.5', 'en'],
    ['fr;q=0, *', 'en'],
    ['en;q=0', 'fr'],
    ['eng', 'fr'],
    [';;;,,,=";q="', 'fr'],
    ['en;q="', 'en'],
    ['\u0000\ud800,en;q=banana', 'en'],
  ] as const)('%j is answered in %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language);
  });

  it.each([
    ['commas', ','.repeat(8192)],
    ['spaces', ' '.repeat(8192)],
    ['spaces after each range', `en${' '.repeat(60)},`.repeat(130)],
    ['quotes', 'en;a="'.repeat(1365)],
    ['backslashes', `en;a="${'\\'.repeat(8180)}`],
    ['parameters', `en${';q=1'.repeat(2000)}`],
    ['ranges', 'en;q=0.1,'.repeat(910)],
  ])('8 kB of %s are read to the end', (_, header) => {
    expect(['fr', 'en']).toContain(preferredLanguage(header));
  });
});
