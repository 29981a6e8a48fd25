import { describe, expect, it } from 'vitest';
import { formatParisTime, maskEmail, maskNameId, parseParisTime, shorten, table } from './terminal.ts';

describe('table', () => {
  it('aligns columns and ends lines without blanks', () => {
    const rows = [
      ['ID', 'NAME', 'STATE'],
      ['a', 'Cantine', ''],
      ['long-id', 'Été', 'active'],
    ];
    expect(table(rows)).toBe('ID       NAME     STATE\na        Cantine\nlong-id  Été      active');
  });

  it.each([
    ['\u001b[2Jgone', '�[2Jgone'],
    ['two\nlines', 'two�lines'],
    ['turned\u202etxt', 'turned�txt'],
    ['l’été à 10,05\u00a0€ 👩‍🎓', 'l’été à 10,05\u00a0€ 👩‍🎓'],
  ])('lets no text give orders to the terminal: %j', (cell, shown) => {
    expect(table([[cell]])).toBe(shown);
  });
});

describe('shorten', () => {
  it.each([
    ['abcd', 'abcd'],
    ['abcde', 'abc…'],
    ['👩👩👩👩', '👩👩👩👩'],
    ['👩👩👩👩👩', '👩👩👩…'],
    ['ab👩‍🎓', 'ab…'],
  ])('cuts %s to four characters', (text, short) => {
    expect(shorten(text, 4)).toBe(short);
  });
});

describe('the time in Paris', () => {
  it.each([
    ['2026-11-23T12:00:00.000Z', '2026-11-23 13:00:00'],
    ['2026-07-14T22:30:15.999Z', '2026-07-15 00:30:15'],
  ])('%s is shown as %s', (instant, shown) => {
    expect(formatParisTime(instant)).toBe(shown);
  });

  it.each([
    ['2026-11-23', '2026-11-22T23:00:00.000Z'],
    ['2026-07-14', '2026-07-13T22:00:00.000Z'],
    ['2026-07-14T09:05', '2026-07-14T07:05:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    // This hour comes twice.
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ])('%s is read as %s', (text, instant) => {
    expect(parseParisTime(text)).toBe(instant);
  });

  it.each([
    '',
    'yesterday',
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '2026-11-23T24:00',
    '2026-11-23T12:60',
    '2026-11-23 12:00',
    '2026-11-23T12:00Z',
    // Clocks go from 02:00 to 03:00 that night.
    '2026-03-29T02:30',
  ])('%j is none', (text) => {
    expect(parseParisTime(text)).toBeUndefined();
  });
});

describe('masks', () => {
  it.each([
    ['ab1c2d3e', 'ab…3e'],
    ['0123456789abcdef0123456789abcdef', '01…ef'],
    ['ab1c2d3', '…'],
    ['x', '…'],
  ])('the NameId %s reads %s', (nameId, masked) => {
    expect(maskNameId(nameId)).toBe(masked);
  });

  it.each([
    ['gerard.lambert@rungis.fr', 'g…@rungis.fr'],
    ['gil@rungis.fr', 'g…@rungis.fr'],
    ['gl@rungis.fr', '…@rungis.fr'],
    ['g@rungis.fr', '…@rungis.fr'],
    ['"a@b"@rungis.fr', '"…@rungis.fr'],
  ])('the email %s reads %s', (email, masked) => {
    expect(maskEmail(email)).toBe(masked);
  });
});
