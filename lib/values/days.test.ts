import { describe, expect, it } from 'vitest';
import { daysBetween, daysLater, isRealDay, laterInstant, parisDay, readDay } from './days.ts';

describe('parisDay', () => {
  it.each([
    ['2026-11-23T22:59:59Z', '2026-11-23'],
    ['2026-11-23T23:00:00Z', '2026-11-24'],
    ['2026-07-14T21:59:59Z', '2026-07-14'],
    ['2026-07-14T22:00:00Z', '2026-07-15'],
    ['2018-10-02T23:50:00Z', '2018-10-03'],
  ])('%s is %s in Paris', (instant, day) => {
    expect(parisDay(new Date(instant))).toBe(day);
  });
});

describe('isRealDay', () => {
  it.each(['2026-11-23', '2028-02-29', '0001-01-01', '9999-12-31'])('%s', (day) => {
    expect(isRealDay(day)).toBe(true);
  });
  it.each(['2027-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '2026-01-32'])('not %s', (day) => {
    expect(isRealDay(day)).toBe(false);
  });
});

describe('readDay', () => {
  it.each([
    ['2026-12-24', '2026-12-24'],
    ['24/12/2026', '2026-12-24'],
    ['01/02/2026', '2026-02-01'],
    ['29/02/2028', '2028-02-29'],
  ])('%s is %s', (text, day) => {
    expect(readDay(text)).toBe(day);
  });

  it.each([
    '29/02/2027',
    '31/04/2026',
    '12/24/2026',
    '00/12/2026',
    '24/00/2026',
    '24/12/26',
    '4/2/2026',
    '24-12-2026',
    '24.12.2026',
    '24 12 2026',
    '2026/12/24',
    '2026-12-24T00:00:00',
    '24/12/2026 00:00',
    ' 24/12/2026',
    '24/12/2026\n',
    '٢٤/١٢/٢٠٢٦',
    '24122026',
    '',
  ])('%j is none', (text) => {
    expect(readDay(text)).toBeUndefined();
  });
});

describe('daysBetween', () => {
  it.each([
    ['2026-11-23', '2026-11-23', 0],
    ['2026-11-23', '2026-11-24', 1],
    ['2026-11-23', '2026-11-22', -1],
    ['2026-11-23', '2027-11-23', 365],
    // Over the night of 23 hours.
    ['2027-03-27', '2027-03-29', 2],
  ])('%s to %s: %d', (from, to, days) => {
    expect(daysBetween(from, to)).toBe(days);
  });
});

describe('later instants', () => {
  it('are text that sorts as time', () => {
    const start = new Date('2026-12-31T23:59:59.999Z');
    expect(laterInstant(start, 1)).toBe('2027-01-01T00:00:00.000Z');
    expect(daysLater(start, 1)).toBe('2027-01-01T23:59:59.999Z');
  });
});
