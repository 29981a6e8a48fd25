import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, dropUnseen, readableText, tidyName, tidyText, turnsWriting } from './text.ts';

/** Every code point that Unicode calls a format character, or lets programs ignore. */
const unseen = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(character));

const family = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}';
const student = '\u{1F469}\u{1F3FD}\u200D\u{1F393}';
const burningHeart = '\u2764\uFE0F\u200D\u{1F525}';
const three = '3\uFE0F\u20E3';
const persian = '\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645';
const sinhala = '\u0DC1\u0DCA\u200D\u0DBB\u0DD3';

describe('tidyText', () => {
  it.each([
    ['a soft hyphen', 'can\u00ADtine', 'cantine'],
    ['a space of no width', 'can\u200Btine', 'cantine'],
    ['a byte order mark', '\uFEFFCantine\uFEFF de mai', 'Cantine de mai'],
    ['joiners between letters of the Latin script', 'a\u200Cb\u200Dc', 'abc'],
    ['what turns a title round', 'Cantine \u202E€ 05,01', 'Cantine € 05,01'],
    ['isolates and marks of direction', '\u2067\u200Fabc\u2069\u061C', 'abc'],
    ['a variation of a letter', 'a\uFE0Fb\u{E0100}', 'ab'],
    ['tags', 'a\u{E0041}\u{E007F}', 'a'],
    ['a place for an object', 'a\uFFFCb', 'ab'],
    ['blank letters, each of them a space', 'a\u3164b\u2800c\u115Fd\u1160e\uFFA0f\u{1D159}g', 'a b c d e f g'],
    ['white space', ' a\r\n\t\u00A0b\u2028\u3000c ', 'a b c'],
    ['white space between what shows nothing', 'a \u200B \u00AD b', 'a b'],
    ['accents that stand apart', 'e\u0301le\u0300ve', 'e\u0301le\u0300ve'],
    ['pictograms made of several', `${family}${student} ${burningHeart}`, `${family}${student} ${burningHeart}`],
    ['key caps', `${three}\uFE0F`, three],
    ['a joiner that joins nothing', `\u200D\u{1F468}\u200D a\u200D\u{1F469}`, '\u{1F468} a\u{1F469}'],
    ['joiners that shape words', `${persian} ${sinhala}`, `${persian} ${sinhala}`],
    ['the same, before white space', `${persian}\u200C `, persian],
    ['an ordinary label', 'L’été à l’école, 10,05 € (n° 2)', 'L’été à l’école, 10,05 € (n° 2)'],
  ])('%s', (_, text, tidy) => {
    expect(tidyText(text)).toBe(tidy);
  });

  it('takes a text of one character that shows nothing for a blank one', () => {
    expect(unseen.length).toBeGreaterThan(4_000);
    const blank = [...unseen, '\u2800', '\uFFFC', '\u{1D159}', '\u{13441}', '\u{13442}', '\u{16FE4}', '\u3000'];
    expect(blank.filter((character) => tidyText(character) !== '')).toEqual([]);
    expect(blank.filter((character) => tidyName(character) !== '')).toEqual([]);
  });

  const anyText = fc
    .array(
      fc.oneof(
        fc.constantFrom(...unseen.filter((character) => character < '\uD800'), '\u2800', ' ', '\n'),
        fc.constantFrom('a', 'é', '1', '\u{1F468}', '\u{1F3FD}', '\u2764', '\u20E3', '\u0628', '\u0915', '\u094D'),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
    )
    .map((parts) => parts.join(''));

  it('leaves nothing that is not seen, but inside a pictogram or a word that it shapes, and never a blank text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tidy = tidyText(text);
        const inPlace =
          /(?<=\p{Extended_Pictographic}.?)[\uFE0F\u200D]|\uFE0F(?=\u20E3)|(?<=[\p{L}\p{M}])[\u200C\u200D](?=[\p{L}\p{M}])/gu;
        expect(tidy.replace(inPlace, '')).not.toMatch(/[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u);
        expect(tidy).toBe(tidy.trim());
        expect(tidyText(tidy)).toBe(tidy);
        expect(tidy === '').toBe(tidyName(text) === '');
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves everything that is seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const seen = (given: string) =>
          Array.from(given).filter((character) => /[\p{L}\p{N}\p{P}]/u.test(character) && !unseen.includes(character));
        expect(seen(tidyText(text))).toEqual(
          seen(text).filter((character) => !/[\u{13441}\u{13442}]/u.test(character)),
        );
      }),
    );
  });
});

describe('readableText', () => {
  it('leaves white space as French typography has it', () => {
    expect(readableText('Une\u00ADquestion\u202F? 01\u00A023 ')).toBe('Unequestion\u202F? 01\u00A023 ');
    expect(readableText('\u3164')).toBe(' ');
  });
});

describe('tidyName', () => {
  it.each([
    ['gerard@rungis.fr\u200B', 'gerard@rungis.fr'],
    ['ger\u00ADard@rungis\u2060.fr', 'gerard@rungis.fr'],
    ['\u2764\uFE0F@rungis.fr', '\u2764@rungis.fr'],
    [`${persian}@rungis.fr`, `${persian.replace('\u200C', '')}@rungis.fr`],
    ['gerard\u3164@rungis.fr', 'gerard @rungis.fr'],
    [' Jean \n Dupont ', 'Jean Dupont'],
    ['9f3c2e1a0b4d4c7e8a6f5d3b2c1e0f9a', '9f3c2e1a0b4d4c7e8a6f5d3b2c1e0f9a'],
  ])('%j is %j', (text, name) => {
    expect(tidyName(text)).toBe(name);
  });

  it('makes one name of two that differ by what shows nothing', () => {
    const parts = fc.array(
      fc.tuple(fc.constantFrom('a', 'é', '@', '.', '\u0628', '\u2764'), fc.constantFrom(...unseen)),
    );
    const fillers = /[\u115F\u1160\u3164\uFFA0]/;
    fc.assert(
      fc.property(parts, (pairs) => {
        const noisy = pairs.map(([seen, hidden]) => (fillers.test(hidden) ? seen : seen + hidden)).join('');
        expect(tidyName(noisy)).toBe(pairs.map(([seen]) => seen).join(''));
      }),
    );
  });
});

describe('dropUnseen and turnsWriting', () => {
  it.each([
    ['1\u00AD000', '1000', false],
    ['\uFEFF10,05 \u200B', '10,05 ', false],
    ['1\u202E0', '10', true],
    ['\u200F10', '10', true],
    ['10 \u0661', '10 \u0661', false],
  ])('%j is %j, and that it turns the writing is %j', (text, without, turns) => {
    expect(dropUnseen(text)).toBe(without);
    expect(turnsWriting(text)).toBe(turns);
  });
});

describe('cutText', () => {
  it.each([
    ['abcd', 4, 'abcd'],
    ['abcde', 4, 'abcd'],
    ['e\u0301e\u0301', 3, 'e\u0301'],
    [`a${family}`, 5, 'a'],
    [`a${family}`, 6, `a${family}`],
    ['\u{1F1EB}\u{1F1F7}\u{1F1EB}\u{1F1F7}', 3, '\u{1F1EB}\u{1F1F7}'],
    ['\u{1F3CA}'.repeat(3), 2, '\u{1F3CA}'.repeat(2)],
  ])('%j to %d is %j', (text, maximum, cut) => {
    expect(cutText(text, maximum)).toBe(cut);
  });
});
