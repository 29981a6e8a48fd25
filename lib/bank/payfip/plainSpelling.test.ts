import anyAscii from 'any-ascii';
import { describe, expect, it } from 'vitest';
import { spellPlainly } from './plainSpelling.ts';

const latin = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => /\p{Script=Latin}/u.test(character));

describe('spellPlainly', () => {
  it('spells every letter of the Latin script that Unicode does not take apart as any-ascii does', () => {
    const whole = latin.filter((letter) => letter.normalize('NFKD') === letter);
    const spelledByThem = whole.filter((letter) => /[A-Za-z0-9]/.test(anyAscii(letter)));
    expect(spelledByThem.length).toBeGreaterThan(650);
    for (const letter of spelledByThem) {
      // Some of its spellings end with a dot, for an abbreviation.
      expect(spellPlainly(letter), letter).toBe(anyAscii(letter).replace(/[^A-Za-z0-9]/g, ''));
    }
  });

  it('loses no letter of the Latin script but those that have no plain spelling: glottal stops, clicks, old numerals', () => {
    const known = 'ƸƹɁɂʔʕʡʢʭˤᴤᴥᵜↀↁↂↇↈꜢꜣꜤꜥꝪꝫꝮꝯꝰꞋꞌꞏ\uA7CE\uA7CF𐞁𐞂𐞳𐞴';
    const lost = latin.filter((letter) => !/^ ?[A-Za-z0-9]+ ?$/.test(spellPlainly(letter)) && !known.includes(letter));
    expect(lost).toEqual([]);
  });

  it.each([
    ['Œ Œuvre CŒUR ŒUVRE cœur', 'Oe Oeuvre COEUR OEUVRE coeur'],
    ['ﬀ ﬁ ſ K Å', 'ff fi s K A'],
    ['ABC 123 !', 'ABC 123 !'],
    ['я', ' '],
    ['2½ ½¼ 10² 10¹²', '2 1 2 1 2 1 4 10 2 10 12'],
    ['①② ①½ ⓫⑫ ²½', '1 2 1 1 2   12 2 1 2'],
    ['Tarif① ③e m² H₂O', 'Tarif1 3e m2 H2O'],
  ])('%j is %j', (text, plain) => {
    expect(spellPlainly(text)).toBe(plain);
  });
});
