/** The secrets of a stage on AWS, over HTTP: what a function reads, and what it makes of a store that fails. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentClient } from '../lib/platform/dynamodb.ts';
import { parameterSecrets } from '../lib/platform/parameterStore.ts';
import { type SecretsPart, secretsParts } from '../lib/platform/secretParameters.ts';
import { localRegion } from '../scripts/local/engine.ts';
import { type ParameterStoreServer, startParameterStore } from './parameterStoreServer.ts';

const path = '/publik-basket/prod';
let store: ParameterStoreServer;

beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';
  store = await startParameterStore();
});
afterAll(() => store.stop());
beforeEach(() => {
  store.parameters.clear();
  store.calls.length = 0;
  store.faults.length = 0;
  put('callers/services/demarches.example.org', { keys: ['shared-key'] });
  put('links/keys', ['link-key']);
  put('banks/regies/cantine', { payzen: { test: { key: 'bank-key' } } });
  put('banks/sandbox-key', 'sandbox-key');
  // Of other stages, and for people.
  put('public-url', 'https://paiement.example.org');
  store.parameters.set('/publik-basket/prod2/links/keys', { value: '["other"]', type: 'SecureString', version: 1 });
});

function put(name: string, value: unknown): void {
  store.parameters.set(`${path}/${name}`, { value: JSON.stringify(value), type: 'SecureString', version: 1 });
}

function load(parts: readonly SecretsPart[] = secretsParts) {
  const client = createDocumentClient({ region: localRegion });
  return parameterSecrets(client.config, { path, parts, endpoint: store.endpoint }).load();
}

describe('secrets in Parameter Store', () => {
  it('are read decrypted, by calls that AWS would take for signed', async () => {
    expect(await load()).toEqual({
      services: { 'demarches.example.org': { keys: ['shared-key'] } },
      linkKeys: ['link-key'],
      banks: { cantine: { payzen: { test: { key: 'bank-key' } } } },
      sandboxKey: 'sandbox-key',
    });
  });

  it('are read in the parts that a function may read, one call each', async () => {
    expect(await load(['callers', 'links'])).toEqual({
      services: { 'demarches.example.org': { keys: ['shared-key'] } },
      linkKeys: ['link-key'],
    });
    expect(store.calls.toSorted()).toEqual([
      'GetParametersByPath /publik-basket/prod/callers',
      'GetParametersByPath /publik-basket/prod/links',
    ]);
  });

  it('are read to the end, ten parameters a call', async () => {
    for (let n = 0; n < 25; n += 1) put(`callers/services/demarches${n}.example.org`, { keys: [`key-${n}`] });
    const { services } = await load(['callers']);
    expect(Object.keys(services)).toHaveLength(26);
    expect(services['demarches24.example.org']).toEqual({ keys: ['key-24'] });
    expect(store.calls).toHaveLength(3);
  });

  it.each([['throttled'], ['failed'], ['reset']] as const)(
    'are read at the second try when a call is %s',
    async (fault) => {
      store.faults.push(fault);
      expect(await load(['links'])).toEqual({ services: {}, linkKeys: ['link-key'] });
      expect(store.calls).toHaveLength(2);
    },
  );

  it.each([
    ['throttled', 4],
    ['failed', 4],
    ['reset', 2],
  ] as const)('are temporarily unavailable when every call is %s', async (fault, tries) => {
    store.faults.push(fault, fault, fault, fault);
    await expect(load(['links'])).rejects.toMatchObject({ code: 'temporarily-unavailable' });
    expect(store.calls).toHaveLength(tries);
  });

  it('are asked for once where they are refused, and what AWS says of the role is not repeated', async () => {
    store.faults.push('denied');
    await expect(load(['links'])).rejects.toThrow(/^Parameter Store refused to tell the secrets \(400\)/);
    expect(store.calls).toHaveLength(1);
  });

  it('that are not JSON are named, not quoted', async () => {
    store.parameters.set(`${path}/links/keys`, { value: 's3cr3t', type: 'SecureString', version: 1 });
    await expect(load()).rejects.toThrow(
      'Malformed secrets: the parameter /publik-basket/prod/links/keys is not JSON.',
    );
  });
});
