import { describe, expect, it } from 'vitest';
import { languages } from './languages.ts';

const french = languages.fr.formats;
const english = languages.en.formats;

describe('amounts', () => {
  it.each([
    [1005, 'fr', '10,05\u00a0€'],
    [1005, 'en', '€10.05'],
    [123456789, 'fr', '1\u202f234\u202f567,89\u00a0€'],
    [123456789, 'en', '€1,234,567.89'],
  ] as const)('%i cents in %s', (cents, language, written) => {
    expect(languages[language].formats.amount(cents)).toBe(written);
  });
});

describe('days and times', () => {
  it.each([
    ['2026-12-01', '1er décembre 2026', '1 December 2026'],
    ['2026-12-11', '11 décembre 2026', '11 December 2026'],
    ['2028-02-29', '29 février 2028', '29 February 2028'],
  ])('the day %s', (day, inFrench, inEnglish) => {
    expect(french.day(day)).toBe(inFrench);
    expect(english.day(day)).toBe(inEnglish);
  });

  it.each([
    ['2026-11-23T12:05:00.000Z', 'jusqu’à 13\u00a0h\u00a005', 'until 13:05'],
    ['2026-07-01T22:30:00.000Z', 'jusqu’au 2 juillet 2026 à 00\u00a0h\u00a030', 'until 2 July 2026 at 00:30'],
  ])('until %s, by the clocks of Paris, with the day unless it is today', (instant, inFrench, inEnglish) => {
    const now = new Date('2026-11-23T08:00:00.000Z');
    expect(french.until(new Date(instant), now)).toBe(inFrench);
    expect(english.until(new Date(instant), now)).toBe(inEnglish);
  });

  it('a day with its time is a day of Paris', () => {
    const instant = new Date('2026-11-30T23:30:00.000Z');
    expect(french.dayAndTime(instant)).toBe('1er décembre 2026 à 00\u00a0h\u00a030');
    expect(english.dayAndTime(instant)).toBe('1 December 2026 at 00:30');
  });
});
