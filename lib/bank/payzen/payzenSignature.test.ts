import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFormValue, parseQueryString } from '../../publik/queryString.ts';
import { type Fields, readSignedFields, type SigningKey, signFields } from './payzenSignature.ts';

interface Vector {
  readonly name: string;
  readonly key: string;
  readonly fields: Fields;
  readonly sha1: string;
  readonly hmacSha256: string;
}

const { vectors } = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/payzen.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] };

function encode(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encodeFormValue(name)}=${encodeFormValue(value)}`)
    .join('&');
}

describe('the vectors of the gateway', () => {
  it('are all here', () => {
    expect(vectors).toHaveLength(5);
  });

  it.each(vectors)('$name: signed alike', ({ key, fields, sha1, hmacSha256 }) => {
    expect(signFields(fields, { algorithm: 'sha1', key })).toEqual({ ...fields, signature: sha1 });
    expect(signFields(fields, { algorithm: 'hmac-sha256', key })).toEqual({ ...fields, signature: hmacSha256 });
  });

  it.each(vectors)('$name: believed, with either algorithm, in any order', ({ key, fields, sha1, hmacSha256 }) => {
    const reversed = Object.fromEntries(Object.entries(fields).toReversed());
    const inHex = parseQueryString(encode({ signature: sha1, ...reversed }));
    expect(readSignedFields(inHex, { algorithm: 'sha1', key })).toEqual(fields);
    const inBase64 = parseQueryString(encode({ signature: hmacSha256, ...reversed }));
    expect(readSignedFields(inBase64, { algorithm: 'hmac-sha256', key })).toEqual(fields);
  });
});

describe('readSignedFields', () => {
  const signingKey: SigningKey = { algorithm: 'hmac-sha256', key: '1122334455667788' };
  // The vector "a return, paid", as eopayment's tests have it in a query string.
  const sent =
    'vads_amount=1042&vads_auth_mode=FULL&vads_auth_number=3feadf&vads_auth_result=00&vads_capture_delay=0' +
    '&vads_card_brand=CB&vads_result=00&vads_card_number=497010XXXXXX0000' +
    '&vads_payment_certificate=582ba2b725057618706d7a06e9e59acdbf69ff53&vads_ctx_mode=TEST&vads_currency=978' +
    '&vads_effective_amount=1042&vads_site_id=70168983&vads_trans_date=20161013101355&vads_trans_id=226787' +
    '&vads_trans_uuid=4b5053b3b1fe4b02a07753e7a&vads_effective_creation_date=20200330162530' +
    '&signature=Wbz3bP6R6wDvAwb2HnSiH9%2FiUUoRVCxK7mdLtCMz8Xw%3D';

  const read = (raw: string, key = signingKey) => readSignedFields(parseQueryString(raw), key);

  it('gives the signed fields only', () => {
    const fields = read(`${sent}&fbclid=abc`);
    expect(fields).toMatchObject({ vads_amount: '1042', vads_trans_uuid: '4b5053b3b1fe4b02a07753e7a' });
    expect(fields).not.toHaveProperty('signature');
    expect(fields).not.toHaveProperty('fbclid');
  });

  it.each([
    ['repeated', 'a=1&a=2'],
    ['not UTF-8', 'utm_source=%FF&%C3=%28'],
    ['like ours, and not', 'vads=1&vads=2&Vads_amount=1&Signature=x&xvads_amount=7'],
    ['without a name or a value', '=&&=1&b'],
  ])('does not mind what else is in the address, though it is %s', (_, others) => {
    const fields = read(sent);
    expect(fields).toHaveProperty('vads_amount', '1042');
    expect(read(`${sent}&${others}`)).toEqual(fields);
    expect(read(`${others}&${sent}`)).toEqual(fields);
  });

  it.each(['', 'x', 'signature=abc', 'vads=1', 'a=1&a=1', '%FF=%FE'])('finds nothing in %j', (raw) => {
    expect(read(raw)).toBeUndefined();
  });

  it.each([
    ['has no signature', sent.replace(/&signature=.*/, ''), 'signature-missing'],
    ['has an empty signature', sent.replace(/signature=.*/, 'signature='), 'signature-wrong'],
    ['has another signature', sent.replace('Wbz3', 'Wbz4'), 'signature-wrong'],
    ['has an amount changed', sent.replace('vads_amount=1042', 'vads_amount=1043'), 'signature-wrong'],
    ['has a space added to a value', sent.replace('vads_auth_mode=FULL', 'vads_auth_mode=FULL+'), 'signature-wrong'],
    ['has an unknown field more', `${sent}&vads_other=1`, 'signature-wrong'],
    ['has an empty field more', `${sent}&vads_other=`, 'signature-wrong'],
    ['has one field less', sent.replace('vads_card_brand=CB&', ''), 'signature-wrong'],
    ['repeats a field', `${sent}&vads_amount=1042`, 'message-malformed'],
    ['repeats a field, though alike, beside others', `a=1&a=1&${sent}&vads_currency=978`, 'message-malformed'],
    ['repeats the signature', `${sent}&signature=a`, 'message-malformed'],
    ['is not UTF-8', `${sent}&vads_other=%FF`, 'message-malformed'],
  ])('refuses a message that %s', (_, raw, reason) => {
    expect(() => read(raw)).toThrow(expect.objectContaining({ code: 'bank-message-refused', reason }));
  });

  it.each<[string, SigningKey]>([
    ['another key', { algorithm: 'hmac-sha256', key: '8877665544332211' }],
    ['the other algorithm', { algorithm: 'sha1', key: '1122334455667788' }],
  ])('refuses a message signed with %s', (_, key) => {
    expect(() => read(sent, key)).toThrow(expect.objectContaining({ reason: 'signature-wrong' }));
  });

  it('takes a sha1 signature in small letters only, as the gateway writes it', () => {
    const key: SigningKey = { algorithm: 'sha1', key: '1122334455667788' };
    const inHex = sent.replace(/signature=.*/, 'signature=c17fab393f94dc027dc029510c85d5fc46c4710f');
    expect(read(inHex, key)).toMatchObject({ vads_amount: '1042' });
    const inCapitals = sent.replace(/signature=.*/, 'signature=C17FAB393F94DC027DC029510C85D5FC46C4710F');
    expect(() => read(inCapitals, key)).toThrow(expect.objectContaining({ reason: 'signature-wrong' }));
  });
});
