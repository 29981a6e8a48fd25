import { describe, expect, it } from 'vitest';
import { parseSecrets } from './secrets.ts';

describe('parseSecrets', () => {
  it('takes services with keys and aliases, a default service, and link keys', () => {
    const secrets = {
      services: { 'demarches.example.org': { keys: ['a', 'b'], aliases: ['formulaires.example.org'] } },
      defaultService: 'demarches.example.org',
      linkKeys: ['c'],
    };
    expect(parseSecrets(JSON.stringify(secrets))).toEqual(secrets);
  });

  it.each([
    ['{', 'not JSON'],
    ['[]', 'must be object'],
    ['{"linkKeys": ["s3cr3t"]}', 'services'],
    ['{"services": {}}', 'linkKeys'],
    ['{"services": {}, "linkKeys": []}', 'linkKeys'],
    ['{"services": {"a": {"keys": []}}, "linkKeys": ["s3cr3t"]}', 'services.a.keys'],
    ['{"services": {"a": {"keys": [" "]}}, "linkKeys": ["s3cr3t"]}', 'services.a.keys'],
    ['{"services": {}, "defaultService": "a", "linkKeys": ["s3cr3t"]}', 'defaultService'],
    ['{"services": {"a": {"keys": [""]}}, "linkKeys": ["s3cr3t"]}', 'services.a.keys'],
    ['{"services": {"a": {"keys": ["s3cr3t"], "key": "s3cr3t"}}, "linkKeys": ["s3cr3t"]}', 'services.a'],
  ])('refuses %s, names the field and quotes no value', (text, named) => {
    expect(() => parseSecrets(text)).toThrow(named);
    expect(() => parseSecrets(text)).not.toThrow('s3cr3t');
  });
});
