import { describe, expect, it } from 'vitest';
import { formatAmount, formatDay, formatDayAndTime, formatTime } from './formats.ts';

describe('amounts', () => {
  it.each([
    [1005, 'fr', '10,05\u00a0€'],
    [1005, 'en', '€10.05'],
    [123456789, 'fr', '1\u202f234\u202f567,89\u00a0€'],
    [123456789, 'en', '€1,234,567.89'],
  ] as const)('%i cents in %s', (cents, language, written) => {
    expect(formatAmount(cents, language)).toBe(written);
  });
});

describe('days and times', () => {
  it.each([
    ['2026-12-01', '1er décembre 2026', '1 December 2026'],
    ['2026-12-11', '11 décembre 2026', '11 December 2026'],
    ['2028-02-29', '29 février 2028', '29 February 2028'],
  ])('the day %s', (day, french, english) => {
    expect(formatDay(day, 'fr')).toBe(french);
    expect(formatDay(day, 'en')).toBe(english);
  });

  it.each([
    ['2026-11-23T12:05:00.000Z', '13\u00a0h\u00a005', '13:05'],
    ['2026-07-01T22:30:00.000Z', '00\u00a0h\u00a030', '00:30'],
  ])('the time of %s is that of Paris', (instant, french, english) => {
    expect(formatTime(new Date(instant), 'fr')).toBe(french);
    expect(formatTime(new Date(instant), 'en')).toBe(english);
  });

  it('a day with its time is a day of Paris', () => {
    const instant = new Date('2026-11-30T23:30:00.000Z');
    expect(formatDayAndTime(instant, 'fr')).toBe('1er décembre 2026 à 00\u00a0h\u00a030');
    expect(formatDayAndTime(instant, 'en')).toBe('1 December 2026 at 00:30');
  });
});
