import { describe, expect, it } from 'vitest';
import { triggerUrl } from './formAddress.ts';

const rules = {
  service: 'demarches.example.org',
  aliases: ['Formulaires.example.org', 'demarches.example.org:8443', 'port.example.org:443', 'démarches.fr'],
  allowHttp: false,
};
const given = (url: string, change: Partial<typeof rules> = {}) =>
  String(triggerUrl(url, 'paid', { ...rules, ...change }));

describe('triggerUrl', () => {
  it.each([
    ['https://demarches.example.org/cantine/14/', 'https://demarches.example.org/cantine/14/jump/trigger/paid'],
    ['https://demarches.example.org/cantine/14', 'https://demarches.example.org/cantine/14/jump/trigger/paid'],
    ['https://demarches.example.org/14/?a=1#b', 'https://demarches.example.org/14/jump/trigger/paid'],
    ['https://demarches.example.org', 'https://demarches.example.org/jump/trigger/paid'],
    ['https://DEMARCHES.example.org:443/14/', 'https://demarches.example.org/14/jump/trigger/paid'],
    ['https://demarches.example.org:8443/14/', 'https://demarches.example.org:8443/14/jump/trigger/paid'],
    [
      'https://demarches.example.org//evil.example:8443/14/',
      'https://demarches.example.org//evil.example:8443/14/jump/trigger/paid',
    ],
    [
      'https://demarches.example.org/\\\\evil.example/14/',
      'https://demarches.example.org///evil.example/14/jump/trigger/paid',
    ],
    [
      'https://demarches.example.org/a/..//evil.example/',
      'https://demarches.example.org//evil.example/jump/trigger/paid',
    ],
    ['https://demarches.example.org//[/', 'https://demarches.example.org//[/jump/trigger/paid'],
    ['https://port.example.org/14/', 'https://port.example.org/14/jump/trigger/paid'],
    ['https://démarches.fr/14/', 'https://xn--dmarches-b1a.fr/14/jump/trigger/paid'],
    ['https://formulaires.example.org/14/', 'https://formulaires.example.org/14/jump/trigger/paid'],
    ['https://demarches.example.org/été/', 'https://demarches.example.org/%C3%A9t%C3%A9/jump/trigger/paid'],
    ['https://demarches.example.org/a/../../b/', 'https://demarches.example.org/b/jump/trigger/paid'],
  ])('%s', (url, expected) => {
    expect(given(url)).toBe(expected);
  });

  it.each([
    ['https://autre.example.org/14/', 'foreign-host'],
    ['https://demarches.example.org:8444/14/', 'foreign-host'],
    ['https://demarches.example.org.evil.example/14/', 'foreign-host'],
    ['https://sub.demarches.example.org/14/', 'foreign-host'],
    ['https://demarches.example.org@evil.example/14/', 'bad-address'],
    ['https://a:b@demarches.example.org/14/', 'bad-address'],
    ['http://demarches.example.org/14/', 'not-https'],
    ['ftp://demarches.example.org/14/', 'not-https'],
    ['javascript:alert(1)', 'not-https'],
    ['/14/', 'bad-address'],
    ['', 'bad-address'],
  ])('%s: %s', (url, expected) => {
    expect(given(url)).toBe(expected);
  });

  it('takes http where the stage does, at its own usual port', () => {
    expect(given('http://demarches.example.org/14/', { allowHttp: true })).toBe(
      'http://demarches.example.org/14/jump/trigger/paid',
    );
    expect(given('http://demarches.example.org:443/14/', { allowHttp: true })).toBe('foreign-host');
  });
});
