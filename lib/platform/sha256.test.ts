import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, it } from 'vitest';
import { Sha256 } from './sha256.ts';

it('signs as the hash that the SDK comes with', async () => {
  const { sha256: own } = new DynamoDBClient({ region: 'eu-west-3' }).config;
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const headers = { host: 'dynamodb.eu-west-3.amazonaws.com', 'content-type': 'application/x-amz-json-1.0' };
  const request = new HttpRequest({ method: 'POST', path: '/', headers, body: '{"TableName":"items"}' });
  const signWith = async (sha256: typeof own) => {
    const signer = new SignatureV4({ service: 'dynamodb', region: 'eu-west-3', credentials, sha256 });
    return (await signer.sign(request, { signingDate: new Date('2026-11-24T12:00:00Z') })).headers;
  };
  const signed = await signWith(Sha256);
  expect(signed['authorization']).toMatch(/Signature=[0-9a-f]{64}$/);
  expect(signed).toEqual(await signWith(own));
});

it.each([
  ['without a key', undefined, '6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b'],
  ['with a text', 'clé', undefined],
  ['with bytes', Buffer.from('clé'), undefined],
])('begins again, %s', async (_, key, known) => {
  const hash = new Sha256(key);
  const digest = async (text: string) => {
    hash.reset();
    hash.update(Buffer.from(text));
    return Buffer.from(await hash.digest()).toString('hex');
  };
  const first = await digest('1');
  expect(await digest('2')).not.toBe(first);
  expect(await digest('1')).toBe(first);
  if (known !== undefined) expect(first).toBe(known);
});
