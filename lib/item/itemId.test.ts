import { describe, expect, it } from 'vitest';
import { isItemId, rowId } from './itemId.ts';

const mac = Buffer.from('a+AtXvPe2+3eDAKXitVbXtHGTJZ+q66XFq7vMMEUMvs=', 'base64');

describe('rowId', () => {
  it('is made of the service and the MAC (value computed apart, by Python)', () => {
    expect(rowId({ service: 'demarches.example.org', mac })).toBe('11esx90qbaacw9t2ee8dyk70s8');
  });

  it('differs by service: two services may share a key', () => {
    expect(rowId({ service: 'a', mac })).not.toBe(rowId({ service: 'b', mac }));
  });

  it('has the form of an id', () => {
    expect(isItemId(rowId({ service: 'a', mac }))).toBe(true);
  });
});

describe('isItemId', () => {
  it.each([
    '',
    '12',
    '7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
    '8zzzzzzzzzzzzzzzzzzzzzzzzz',
    '7zzzzzzzzzzzzzzzzzzzzzzzzi',
    '7zzzzzzzzzzzzzzzzzzzzzzzzz\n',
  ])('refuses %j', (text) => expect(isItemId(text)).toBe(false));
});
