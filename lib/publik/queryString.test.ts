import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFormValue, parseQueryString } from './queryString.ts';

describe('parseQueryString', () => {
  it.each([
    ['', []],
    [
      'a=1&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    ['a=b=c', [['a', 'b=c']]],
    [
      'a&b=&=c',
      [
        ['a', ''],
        ['b', ''],
        ['', 'c'],
      ],
    ],
    ['&&a=1&', [['a', '1']]],
    ['a=x+y%20z%2B', [['a', 'x y z+']]],
    ['%61=%c3%A9~*/', [['a', 'é~*/']]],
    [
      'a=%FF&b=%zz&%FF=c',
      [
        ['a', null],
        ['b', null],
        [null, 'c'],
      ],
    ],
  ])('%s', (raw, expected) => {
    expect(parseQueryString(raw).map(({ name, value }) => [name, value])).toEqual(expected);
  });
});

describe('encodeFormValue', () => {
  it.each([
    ['a b', 'a+b'],
    ['gerard.lambert@rungis.fr', 'gerard.lambert%40rungis.fr'],
    ["a~b*c(d)'!", 'a~b%2Ac%28d%29%27%21'],
    ['2026-11-23T12:00:00Z', '2026-11-23T12%3A00%3A00Z'],
    ['https://idp/x?a=b&c', 'https%3A%2F%2Fidp%2Fx%3Fa%3Db%26c'],
    ['é+', '%C3%A9%2B'],
  ])('%s → %s', (text, encoded) => {
    expect(encodeFormValue(text)).toBe(encoded);
  });

  it('is read back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, value) => {
        const raw = `${encodeFormValue(name)}=${encodeFormValue(value)}`;
        expect(parseQueryString(raw)).toEqual([{ name, value }]);
      }),
    );
  });
});
