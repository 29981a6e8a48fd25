import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEuros, parseAmountCents } from './money.ts';

describe('parseAmountCents', () => {
  it.each<[(string | number)[], number]>([
    [['10.05'], 1005],
    [['10,05'], 1005],
    [['+10.05'], 1005],
    [['10.'], 1000],
    [['.5'], 50],
    [['007'], 700],
    [[10.05], 1005],
    [[0.1, 0.2], 30],
    [[1.005], 101],
    [['1.005'], 101],
    [['1.00499999999999999999999999'], 100],
    [[1e-2], 1],
    [[0.005], 1],
    [['0.0049', '0.0001'], 1],
    [['9999999999.99'], 999_999_999_999],
    [[1e2], 10_000],
    [[-0, 1], 100],
    [['1 000,50'], 100_050],
    [['1\u00A0000,50'], 100_050],
    [['1\u202F000,50'], 100_050],
    [['1 234\u00A0567\u202F890.5'], 123_456_789_050],
    [['+12 345'], 1_234_500],
    [['123 456 €'], 12_345_600],
    [['10,05 €'], 1005],
    [['10,05€'], 1005],
    [['10,05\u00A0€'], 1005],
    [['10.05\u202F€'], 1005],
    [['10, €'], 1000],
    [['.5€'], 50],
    [['1 000 €', '0,50 €', 1], 100_150],
  ])('%j → %d cents', (parts, cents) => {
    expect(parseAmountCents(parts)).toBe(cents);
  });

  it.each<[string, (string | number)[]]>([
    ['invalid-amount', ['']],
    ['invalid-amount', ['.']],
    ['invalid-amount', ['1.2.3']],
    ['invalid-amount', ['1,2.3']],
    ['invalid-amount', ['-1']],
    ['invalid-amount', [-0.01]],
    ['invalid-amount', ['10', -1]],
    ['invalid-amount', [Number.NaN]],
    ['invalid-amount', [Number.POSITIVE_INFINITY]],
    ['invalid-amount', [0]],
    ['invalid-amount', ['0.0049']],
    ['invalid-amount', [5e-324]],
    ...[
      '1.000,50',
      '1,000.50',
      "1'000",
      '1_000',
      '1 00',
      '10 00',
      '10 5',
      '1 0000',
      '1000 000',
      '1 000 50',
      '1 000 00',
      '1 000,50 50',
      '0 100',
      '001 000',
      ' 1 000',
      '1 000 ',
      '1  000',
      '1\t000',
      '1\n000',
      '1\u2009000',
      '1\u3000000',
      '1\u00AD000',
      '1\u3164000',
      '1 000,5 0',
      '1 000 ,50',
      '1 000, 50',
      '+ 1 000',
      '-1 000',
      '€',
      ' €',
      '. €',
      '€10',
      '€ 10',
      '10 € 50',
      '10€50',
      '10 €€',
      '10  €',
      '10\n€',
      '10 EUR',
      '10 $',
      '1 000 $',
      '١ ٠٠٠',
      '1 000\u202E',
    ].map((amount): [string, string[]] => ['invalid-amount', [amount]]),
    ['amount-too-high', ['10 000 000 000']],
    ['amount-too-high', ['9999999999.995']],
    ['amount-too-high', [1e308]],
  ])('%s for %j', (code, parts) => {
    expect(() => parseAmountCents(parts)).toThrow(expect.objectContaining({ code }));
  });

  const cents = fc.integer({ min: 1, max: 99_999_999 });

  it('reads every number of cents, written with a dot, a comma or as a JSON number', () => {
    fc.assert(
      fc.property(cents, (amount) => {
        const text = `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
        expect(parseAmountCents([text])).toBe(amount);
        expect(parseAmountCents([text.replace('.', ',')])).toBe(amount);
        expect(parseAmountCents([JSON.parse(text) as number])).toBe(amount);
      }),
    );
  });

  it('reads every number of cents as it is shown to people, whichever space is typed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999_999 }),
        fc.constantFrom(' ', '\u00A0', '\u202F'),
        (amount, space) => {
          const shown = formatEuros(amount);
          expect(parseAmountCents([shown])).toBe(amount);
          expect(parseAmountCents([shown.replace(/\s/g, space)])).toBe(amount);
          expect(parseAmountCents([shown.replace(/\s?€/, '')])).toBe(amount);
        },
      ),
    );
  });

  it('reads digits with spaces among them only where each space parts thousands', () => {
    const groups = fc.array(fc.stringMatching(/^\d{1,4}$/), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(groups, ([first = '', ...others]) => {
        const isGrouped = first.length <= 3 && !first.startsWith('0') && others.every(({ length }) => length === 3);
        const outcome = attempt(() => parseAmountCents([[first, ...others].join(' ')]));
        if (isGrouped) expect(outcome).toBe(Number([first, ...others].join('')) * 100);
        else expect(outcome).toMatchObject({ code: 'invalid-amount' });
      }),
      { numRuns: 1_000 },
    );
  });

  it('sums like integers, in any order', () => {
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1, maxLength: 20 }), (amounts) => {
        const parts = amounts.map((amount) => amount / 100);
        const sum = amounts.reduce((a, b) => a + b);
        expect(parseAmountCents(parts)).toBe(sum);
        expect(parseAmountCents(parts.toReversed())).toBe(sum);
      }),
    );
  });

  it('rounds to the nearest cent, never further than half a cent away', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 5_000n, max: 10n ** 14n }), (millionths) => {
        const text = `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, '0')}`;
        const distance = BigInt(parseAmountCents([text])) * 10_000n - millionths;
        expect(distance).toBeGreaterThan(-5_000n);
        expect(distance).toBeLessThanOrEqual(5_000n);
      }),
    );
  });

  it('gives a whole positive number or a coded error, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^[+-]?\d*[.,]?\d*$/))), (parts) => {
        const outcome = attempt(() => parseAmountCents(parts));
        if (typeof outcome === 'number') expect(Number.isSafeInteger(outcome) && outcome > 0).toBe(true);
        else expect(outcome).toMatchObject({ name: 'AppError' });
      }),
    );
  });
});

describe('formatEuros', () => {
  it.each([
    [1005, '10,05 €'],
    [5, '0,05 €'],
    [123_456_700, '1 234 567,00 €'],
    [999_999_999_999, '9 999 999 999,99 €'],
  ])('%d → %s', (cents, text) => {
    // French typography has its own white space.
    expect(formatEuros(cents).replace(/\s/g, ' ')).toBe(text);
  });
});

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
