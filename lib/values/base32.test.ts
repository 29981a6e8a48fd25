import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode128Bits } from './base32.ts';

describe('encode128Bits', () => {
  it.each([
    ['00000000000000000000000000000000', '00000000000000000000000000'],
    ['ffffffffffffffffffffffffffffffff', '7zzzzzzzzzzzzzzzzzzzzzzzzz'],
    ['00000000000000000000000000000020', '00000000000000000000000010'],
    // Computed apart, by Python's integers.
    ['0156e1f4a2c3d4e5f60718293a4b5c6d', '01avgz98p3tkjzc1rr54x4pq3d'],
  ])('%s → %s', (hex, text) => {
    expect(encode128Bits(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it('keeps the order of the bytes and tells all of them apart', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [textA, textB] = [encode128Bits(a), encode128Bits(b)];
        expect(textA).toMatch(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/);
        expect(Math.sign(Buffer.compare(a, b))).toBe(textA < textB ? -1 : textA > textB ? 1 : 0);
      }),
    );
  });

  it('takes the first 16 bytes of more', () => {
    expect(encode128Bits(Buffer.alloc(32, 0xff))).toBe('7zzzzzzzzzzzzzzzzzzzzzzzzz');
  });
});
