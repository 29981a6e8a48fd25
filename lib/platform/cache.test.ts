import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aClock, aLogger } from '../../tests/builders.ts';
import { type Cache, createCache } from './cache.ts';

const clock = aClock();
let logger = aLogger();
let load = vi.fn<() => Promise<string>>();
let cache: Cache<string>;

beforeEach(() => {
  logger = aLogger();
  load = vi.fn(async () => 'first');
  cache = createCache({ name: 'test', load, maximumAgeMs: 60_000, clock, logger });
});

describe('get', () => {
  it('loads once while the value is fresh', async () => {
    await cache.get();
    clock.advance(60_000);
    expect(await cache.get()).toBe('first');
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('loads anew before use once the value is past its age, however long the container slept', async () => {
    await cache.get();
    load.mockResolvedValue('second');
    clock.advance(60_001);
    expect(await cache.get()).toBe('second');
    clock.advance(24 * 3_600_000);
    load.mockResolvedValue('third');
    expect(await cache.get()).toBe('third');
  });

  it('shares a load under way between concurrent calls', async () => {
    await Promise.all([cache.get(), cache.get(), cache.refresh(), cache.get()]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('uses the old value for 15 minutes when loading fails, and says so', async () => {
    await cache.get();
    load.mockRejectedValue(new Error('out of reach'));
    clock.advance(15 * 60_000);
    expect(await cache.get()).toBe('first');
    expect(logger.lines).toEqual([
      {
        level: 'WARN',
        message: 'refresh failed, the old value is used',
        fields: expect.objectContaining({ cache: 'test', ageSeconds: 900 }),
      },
    ]);
    clock.advance(1);
    await expect(cache.get()).rejects.toThrow('out of reach');
  });

  it('tries again at most every 5 s while loading fails', async () => {
    await cache.get();
    load.mockRejectedValue(new Error('out of reach'));
    clock.advance(61_000);
    await cache.get();
    clock.advance(5_000);
    await cache.get();
    expect(load).toHaveBeenCalledTimes(2);
    clock.advance(1);
    await cache.get();
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('throws the cause when nothing was ever loaded, and tries again at the next call', async () => {
    load.mockRejectedValueOnce(new Error('out of reach'));
    await expect(cache.get()).rejects.toThrow('out of reach');
    expect(await cache.get()).toBe('first');
  });

  it('trusts no value from the future: the clock was set back', async () => {
    await cache.get();
    clock.advance(-10_000);
    await cache.get();
    expect(load).toHaveBeenCalledTimes(2);
  });
});

describe('refresh', () => {
  it('loads a fresh value, but at most every 5 s', async () => {
    await cache.get();
    load.mockResolvedValue('second');
    expect(await cache.refresh()).toBe('second');
    load.mockResolvedValue('third');
    clock.advance(5_000);
    expect(await cache.refresh()).toBe('second');
    clock.advance(1);
    expect(await cache.refresh()).toBe('third');
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('throws when loading fails, and until it is tried again: the old value lacks something', async () => {
    await cache.get();
    load.mockRejectedValue(new Error('out of reach'));
    clock.advance(6_000);
    await expect(cache.refresh()).rejects.toThrow('out of reach');
    clock.advance(5_000);
    await expect(cache.refresh()).rejects.toThrow('out of reach');
    expect(load).toHaveBeenCalledTimes(2);
    expect(await cache.get()).toBe('first');
    load.mockResolvedValue('second');
    clock.advance(1);
    expect(await cache.refresh()).toBe('second');
  });
});
