import { describe, expect, it, vi } from 'vitest';
import { aClock, aLogger, noon } from '../../tests/builders.ts';
import { createCache } from '../platform/cache.ts';
import type { Secrets } from '../platform/secrets.ts';
import { identifyCaller } from './callers.ts';
import { signUrl } from './signature.ts';

const secrets: Secrets = {
  services: { 'a.example': { keys: ['key-a', 'new-key-a'] }, 'b.example': { keys: ['key-b'] } },
  linkKeys: ['link'],
};

function setUp(first: Secrets = secrets) {
  const clock = aClock();
  const load = vi.fn(async () => first);
  const cache = createCache({ name: 'secrets', load, maximumAgeMs: 300_000, clock, logger: aLogger() });
  const identify = identifyCaller({ secrets: cache, clock });
  const call = (query: string, key: string, timestamp = clock.now()) =>
    identify(signUrl(`?${query}`, { key, timestamp, nonce: '1' }).slice(1));
  return { clock, load, call };
}

const deniedFor = (reason: string) => expect.objectContaining({ code: 'access-denied', reason });

describe('identifyCaller', () => {
  it('names the service by the key that signed, old or new', async () => {
    const { call } = setUp();
    expect(await call('orig=a.example', 'key-a')).toMatchObject({ service: 'a.example' });
    expect(await call('orig=a.example', 'new-key-a')).toMatchObject({ service: 'a.example' });
  });

  it.each([
    ["another service's key", 'orig=a.example', 'key-b', 'signature-wrong'],
    ['an unknown service', 'orig=c.example', 'key-a', 'caller-unknown'],
    ['a name that every object has', 'orig=__proto__', 'key-a', 'caller-unknown'],
    ['no orig, no default service', 'NameId=x', 'key-a', 'caller-unknown'],
  ])('refuses %s', async (_, query, key, reason) => {
    await expect(setUp().call(query, key)).rejects.toThrow(deniedFor(reason));
  });

  it('checks a call without orig against the default service', async () => {
    const { call } = setUp({ ...secrets, defaultService: 'b.example' });
    expect(await call('NameId=x', 'key-b')).toMatchObject({ service: 'b.example' });
    await expect(call('NameId=x', 'key-a')).rejects.toThrow(deniedFor('signature-wrong'));
  });

  it('refuses an old call without looking at the secrets', async () => {
    const { call, load } = setUp();
    await expect(call('orig=a.example', 'key-a', new Date(noon.getTime() - 31_000))).rejects.toThrow(
      deniedFor('timestamp-outside-window'),
    );
    expect(load).not.toHaveBeenCalled();
  });

  it('reads the secrets anew for an unknown service, at most every 5 s', async () => {
    const { call, load, clock } = setUp();
    await call('orig=a.example', 'key-a');
    load.mockResolvedValue({ ...secrets, services: { 'new.example': { keys: ['k'] } } });
    expect(await call('orig=new.example', 'k')).toMatchObject({ service: 'new.example' });
    await expect(call('orig=newer.example', 'k')).rejects.toThrow(deniedFor('caller-unknown'));
    expect(load).toHaveBeenCalledTimes(2);
    clock.advance(5_001);
    await expect(call('orig=newer.example', 'k')).rejects.toThrow(deniedFor('caller-unknown'));
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('believes a retired key no longer after a long sleep', async () => {
    const { call, load, clock } = setUp();
    await call('orig=a.example', 'key-a');
    load.mockResolvedValue({ ...secrets, services: { 'a.example': { keys: ['new-key-a'] } } });
    clock.advance(3 * 3_600_000);
    await expect(call('orig=a.example', 'key-a')).rejects.toThrow(deniedFor('signature-wrong'));
    expect(await call('orig=a.example', 'new-key-a')).toMatchObject({ service: 'a.example' });
  });
});
