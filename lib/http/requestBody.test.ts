import { describe, expect, it } from 'vitest';
import { bodyText, checkBodySize, formText } from './requestBody.ts';

const inBase64 = (bytes: Buffer) => ({ body: bytes.toString('base64'), isBase64Encoded: true });

describe('checkBodySize', () => {
  const limit = 4_194_304;
  it.each([
    ['none', { isBase64Encoded: false }, true],
    ['null', { body: null, isBase64Encoded: null }, true],
    ['null in Base64', { body: null, isBase64Encoded: true }, true],
    ['the limit, in ASCII', { body: 'a'.repeat(limit), isBase64Encoded: false }, true],
    ['one byte more', { body: 'a'.repeat(limit + 1), isBase64Encoded: false }, false],
    ['the limit, in characters of two bytes', { body: 'é'.repeat(limit / 2), isBase64Encoded: false }, true],
    ['two bytes more', { body: 'é'.repeat(limit / 2 + 1), isBase64Encoded: false }, false],
    ['the limit, in Base64', inBase64(Buffer.alloc(limit)), true],
    ['one byte more, in Base64', inBase64(Buffer.alloc(limit + 1)), false],
    ['two bytes more, in Base64', inBase64(Buffer.alloc(limit + 2)), false],
  ])('%s: %s', (_, event, isTaken) => {
    if (isTaken) expect(() => checkBodySize(event)).not.toThrow();
    else expect(() => checkBodySize(event)).toThrow(expect.objectContaining({ code: 'payload-too-large' }));
  });
});

describe('bodyText', () => {
  it.each([
    ['nothing', { isBase64Encoded: false }, '{}'],
    ['nothing at all', {}, '{}'],
    ['null', { body: null, isBase64Encoded: null }, '{}'],
    ['null in Base64', { body: null, isBase64Encoded: true }, '{}'],
    ['text that is not said to be in Base64', { body: '{"a":1}', isBase64Encoded: null }, '{"a":1}'],
    ['an empty text', { body: '', isBase64Encoded: false }, '{}'],
    ['an empty text in Base64', { body: '', isBase64Encoded: true }, '{}'],
    ['text', { body: '{"a":1}', isBase64Encoded: false }, '{"a":1}'],
    ['text in Base64', inBase64(Buffer.from('{"a":"é"}')), '{"a":"é"}'],
    ['a byte order mark in text', { body: '\uFEFF{}', isBase64Encoded: false }, '{}'],
    ['a byte order mark', inBase64(Buffer.from('\uFEFF{}')), '{}'],
  ])('%s', (_, event, text) => {
    expect(bodyText(event)).toBe(text);
  });

  it('invalid-json: bytes that are not UTF-8', () => {
    const latin1 = inBase64(Buffer.from('{"a":"é"}', 'latin1'));
    expect(() => bodyText(latin1)).toThrow(expect.objectContaining({ code: 'invalid-json' }));
  });
});

describe('formText', () => {
  it.each([
    ['nothing', {}, ''],
    ['null', { body: null, isBase64Encoded: null }, ''],
    ['null in Base64', { body: null, isBase64Encoded: true }, ''],
    ['text', { body: 'a=1', isBase64Encoded: false }, 'a=1'],
    ['text that is not said to be in Base64', { body: 'a=1' }, 'a=1'],
    ['text in Base64', inBase64(Buffer.from('a=é')), 'a=é'],
  ])('%s', (_, event, text) => {
    expect(formText(event)).toBe(text);
  });
});
