import { describe, expect, it } from 'vitest';
import { toParameters, toSecrets } from './secretParameters.ts';
import type { Secrets } from './secrets.ts';

const secrets: Secrets = {
  services: {
    'demarches.example.org': { keys: ['a', 'b'], aliases: ['formulaires.example.org'] },
    'autre.example.org': { keys: ['c'], outgoing: { orig: 'paiement.example.org' } },
  },
  defaultService: 'autre.example.org',
  linkKeys: ['d', 'e'],
  banks: { cantine: { payzen: { test: { key: 'f', restPassword: 'g' } } } },
  sandboxKey: 'h',
};

const parameters = {
  'callers/services/demarches.example.org': { keys: ['a', 'b'], aliases: ['formulaires.example.org'] },
  'callers/services/autre.example.org': { keys: ['c'], outgoing: { orig: 'paiement.example.org' } },
  'callers/default-service': 'autre.example.org',
  'links/keys': ['d', 'e'],
  'banks/regies/cantine': { payzen: { test: { key: 'f', restPassword: 'g' } } },
  'banks/sandbox-key': 'h',
};

describe('the secrets as parameters', () => {
  it('have a name for each thing that changes by itself', () => {
    expect(toParameters(secrets)).toEqual(parameters);
  });

  it('make the same secrets again', () => {
    expect(toSecrets(parameters)).toEqual(secrets);
  });

  it.each<[string, RegExp, Secrets]>([
    ['no part', /^$/, { services: {} }],
    ['the callers', /^callers\//, { services: secrets.services, defaultService: 'autre.example.org' }],
    ['the links', /^links\//, { services: {}, linkKeys: ['d', 'e'] }],
    ['the banks', /^banks\//, { services: {}, banks: secrets.banks ?? {}, sandboxKey: 'h' }],
  ])('make what a function that reads %s needs', (_, part, expected) => {
    const read = Object.fromEntries(Object.entries(parameters).filter(([name]) => part.test(name)));
    expect(toSecrets(read)).toEqual(expected);
  });

  it.each([
    [{ 'callers/services/a': { keys: ['s3cr3t'], key: 's3cr3t' } }, 'services.a'],
    [{ 'callers/services/a': 's3cr3t' }, 'services.a'],
    [{ 'callers/default-service': 's3cr3t' }, 'defaultService'],
    [{ 'links/keys': 's3cr3t' }, 'linkKeys'],
    [{ 'banks/regies/a': { payzen: { test: 's3cr3t' } } }, 'banks.a'],
  ])('refuse %j, name the field and quote no value', (odd, named) => {
    expect(() => toSecrets(odd)).toThrow(named);
    expect(() => toSecrets(odd)).not.toThrow('s3cr3t');
  });
});
