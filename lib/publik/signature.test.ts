import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkWindow, readSignedQuery, signUrl, verifyMac } from './signature.ts';

interface Vector {
  readonly name: string;
  readonly url: string;
  readonly key: string;
  readonly algo: 'sha256' | 'sha512' | 'sha1';
  readonly timestamp: string;
  readonly nonce: string;
  readonly signedUrl: string;
}

/** URLs signed by w.c.s.'s own signer; origin and date are in the file. */
const { vectors } = JSON.parse(
  readFileSync(new URL('../../tests/vectors/signature.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] };
const [refused, accepted] = [
  vectors.filter(({ algo }) => algo === 'sha1'),
  vectors.filter(({ algo }) => algo !== 'sha1'),
];

const now = new Date('2026-11-23T12:00:00Z');
const key = 's3cr3t';
const queryOf = (url: string): string => url.slice(url.indexOf('?') + 1);
const sign = (query: string): string =>
  queryOf(signUrl(`https://x.example/?${query}`, { key, timestamp: now, nonce: 'abc123' }));
const verify = (raw: string, keys: readonly string[] = [key]): Buffer => {
  const query = readSignedQuery(raw);
  checkWindow(query, now);
  return verifyMac(query, keys, 'caller');
};
const deniedFor = (reason: string) => expect.objectContaining({ code: 'access-denied', reason });

describe('the vectors of the w.c.s. signer', () => {
  it('are all here', () => {
    expect(vectors).toHaveLength(14);
    expect(refused).toHaveLength(1);
  });

  it.each(accepted)('signUrl makes the same text: $name', (vector) => {
    const options = { key: vector.key, timestamp: new Date(vector.timestamp), nonce: vector.nonce };
    const algorithm = vector.algo === 'sha512' ? { algorithm: vector.algo } : {};
    expect(signUrl(vector.url, { ...options, ...algorithm })).toBe(vector.signedUrl);
  });

  it.each(accepted)('verifies: $name', (vector) => {
    const query = readSignedQuery(queryOf(vector.signedUrl));
    checkWindow(query, new Date(vector.timestamp));
    const signature = new URL(vector.signedUrl).searchParams.get('signature');
    expect(verifyMac(query, ['other', vector.key], 'caller').toString('base64')).toBe(signature);
    expect(() => verifyMac(query, ['other', `${vector.key} `], 'caller')).toThrow(deniedFor('signature-wrong'));
  });

  it.each(refused)('refuses: $name', (vector) => {
    expect(() => readSignedQuery(queryOf(vector.signedUrl))).toThrow(deniedFor('algorithm-unknown'));
  });
});

describe('readSignedQuery: where it is stricter than w.c.s.', () => {
  const good = sign('NameId=x&orig=y');
  const [signed = '', signature = ''] = good.split('&signature=');

  it('reads a good one', () => {
    expect(readSignedQuery(good)).toMatchObject({ orig: 'y', algorithm: 'sha256', signedText: signed });
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'signature-missing'],
    ['no signature', signed, 'signature-missing'],
    ['a parameter after the signature', `${good}&cancellable=no`, 'signature-not-last'],
    ['an empty parameter after the signature', `${good}&`, 'signature-not-last'],
    ['the signature first', `signature=${signature}&${signed}`, 'signature-not-last'],
    ['the signature alone', `signature=${signature}`, 'signature-not-last'],
    ['two signatures', `${good}&signature=${signature}`, 'signature-repeated'],
    ['a second signature, its name encoded', `sign%61ture=x&${good}`, 'signature-repeated'],
    ['a signature whose name is encoded', `${signed}&sign%61ture=${signature}`, 'signature-not-last'],
    ['a blank signature', `${signed}&signature=`, 'signature-malformed'],
    ['a signature that is not UTF-8', `${signed}&signature=%FF`, 'signature-malformed'],
    ['no padding', `${signed}&signature=${signature.replace('%3D', '')}`, 'signature-malformed'],
    ['too much padding', `${signed}&signature=${signature}%3D`, 'signature-malformed'],
    ['a raw plus, which is a space', `${signed}&signature=${'+'.repeat(43)}%3D`, 'signature-malformed'],
    ['white space in the signature', `${signed}&signature=%20${signature}`, 'signature-malformed'],
    [
      'the length of another algorithm',
      `${signed.replace('sha256', 'sha512')}&signature=${signature}`,
      'signature-malformed',
    ],
    ['URL-safe Base64', `${signed}&signature=${'_-'.repeat(21)}_%3D`, 'signature-malformed'],
    ['loose last bits', `${signed}&signature=${`${'A'.repeat(42)}B`}%3D`, 'signature-malformed'],
    ['orig twice', sign('orig=y&orig=y'), 'parameter-repeated'],
    ['orig twice, once blank', sign('orig=&orig=y'), 'parameter-repeated'],
    ['orig twice, once encoded', sign('%6Frig=z&orig=y'), 'parameter-repeated'],
    ['orig that is not UTF-8', sign('orig=%FF'), 'parameter-malformed'],
    ['algo twice', sign('algo=sha256'), 'parameter-repeated'],
    ['timestamp twice', sign('timestamp=2026-11-23T12%3A00%3A00Z'), 'parameter-repeated'],
    ['nonce twice', sign('nonce=abc'), 'parameter-repeated'],
    ['no algo', good.replace('algo=sha256&', ''), 'parameter-missing'],
    ['no timestamp', good.replace(/timestamp=[^&]+&/, ''), 'parameter-missing'],
    ['no nonce', good.replace('&nonce=abc123', ''), 'parameter-missing'],
    ['a blank nonce', good.replace('nonce=abc123', 'nonce=+'), 'parameter-missing'],
    ['md5', good.replace('sha256', 'md5'), 'algorithm-unknown'],
    ['SHA256', good.replace('sha256', 'SHA256'), 'algorithm-unknown'],
    ['an algorithm that every object has', good.replace('sha256', 'toString'), 'algorithm-unknown'],
    ...[
      '2026-11-23T12:00:00',
      '2026-11-23 12:00:00Z',
      '2026-11-23T12:00:00.000Z',
      '2026-11-23T13:00:00+01:00',
      '1795435200',
      '2026-02-30T12:00:00Z',
      '2026-11-23T24:00:00Z',
      'x',
    ].map((text): [string, string, string] => [
      `timestamp ${text}`,
      good.replace(/timestamp=[^&]+/, `timestamp=${encodeURIComponent(text)}`),
      'timestamp-malformed',
    ]),
  ])('%s', (_, raw, reason) => {
    expect(() => readSignedQuery(raw)).toThrow(deniedFor(reason));
  });

  it('reads a blank orig as none', () => {
    expect(readSignedQuery(sign('orig='))).not.toHaveProperty('orig');
  });
});

describe('checkWindow', () => {
  const query = readSignedQuery(sign('orig=y'));
  it.each([
    [-30_000, true],
    [-30_001, false],
    [0, true],
    [30_000, true],
    [30_999, true],
    [31_000, false],
    [-3_600_000, false],
    [3_600_000, false],
  ])('%d ms after the timestamp: %s', (milliseconds, isIn) => {
    const check = () => checkWindow(query, new Date(now.getTime() + milliseconds));
    if (isIn) expect(check).not.toThrow();
    else expect(check).toThrow(deniedFor('timestamp-outside-window'));
  });
});

describe('verifyMac', () => {
  it('gives the same MAC for every spelling of one signature', () => {
    const raw = sign('NameId=x&orig=y&n=5');
    const [signed = '', signature = ''] = raw.split('&signature=');
    const text = decodeURIComponent(signature);
    const spellings = [
      text.replaceAll('+', '%2B'),
      encodeURIComponent(text),
      encodeURIComponent(text).toLowerCase() === encodeURIComponent(text)
        ? text
        : encodeURIComponent(text).replace(/%../g, (hex) => hex.toLowerCase()),
      Array.from(text, (character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
    ];
    const macs = spellings.map((spelling) => verify(`${signed}&signature=${spelling}`).toString('hex'));
    expect(new Set(macs).size).toBe(1);
  });

  it('believes no key when there is none', () => {
    expect(() => verify(sign('orig=y'), [])).toThrow(deniedFor('signature-wrong'));
  });

  it('refuses every single-character change of what is signed', () => {
    const raw = sign('NameId=ab1c2d3e&amount=10.05&orig=y');
    const end = raw.indexOf('&signature=');
    fc.assert(
      fc.property(fc.nat({ max: end - 1 }), fc.constantFrom(...'abcXYZ019&=%+.'), (position, character) => {
        fc.pre(raw[position] !== character);
        const altered = raw.slice(0, position) + character + raw.slice(position + 1);
        expect(() => verify(altered)).toThrow(expect.objectContaining({ code: 'access-denied' }));
      }),
    );
  });

  it('verifies whatever the signer signed, and only with its key', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, fc.constantFrom('sha256', 'sha512'), (value, signingKey, algorithm) => {
        const url = signUrl(`/x?a=${encodeURIComponent(value)}`, {
          key: signingKey,
          timestamp: now,
          nonce: '1',
          algorithm,
        });
        expect(verify(queryOf(url), ['another key', signingKey])).toBeInstanceOf(Buffer);
        expect(() => verify(queryOf(url), [`${signingKey}x`])).toThrow(deniedFor('signature-wrong'));
      }),
    );
  });

  it('lets only the coded refusal out, whatever the query string', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('signature=', 'algo=sha256', 'timestamp=2026-11-23T12:00:00Z', 'nonce=1', 'orig=y'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(() => verify(parts.join('&'))).toThrow(expect.objectContaining({ code: 'access-denied' }));
      }),
    );
  });
});
