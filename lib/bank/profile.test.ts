import { describe, expect, it } from 'vitest';
import { defineBank } from './profile.ts';
import { bankProfiles } from './profiles.ts';

const rest = {
  minimumCents: 1,
  maximumCents: 100,
  maximumCaptureDelayDays: 0,
  modeOf: (): 'test' => 'test',
  howToFindOut: '',
} as const;

describe('the times of a bank', () => {
  it.each([
    ['sandbox', 10, 15],
    ['payzen', 40, 45],
    ['payfip', 15, 20],
  ] as const)('%s: a session of %i minutes, and a lock of %i', (bank, sessionMinutes, lockMinutes) => {
    const { sessionMs, lockMs } = bankProfiles[bank];
    expect([sessionMs / 60_000, lockMs / 60_000]).toEqual([sessionMinutes, lockMinutes]);
  });

  it('cannot be written so that a lock ends before the session', () => {
    expect(defineBank({ ...rest, sessionMinutes: 40, lockOutlivesSessionMinutes: 5 }).lockMs).toBe(45 * 60_000);
    // @ts-expect-error A lock that ends first lets a second payment begin beside the first.
    defineBank({ ...rest, sessionMinutes: 40, lockOutlivesSessionMinutes: -10 });
    // @ts-expect-error Nor may it end at the same time.
    defineBank({ ...rest, sessionMinutes: 40, lockOutlivesSessionMinutes: 0 });
  });

  it('cannot be written without saying whether money moves', () => {
    const { modeOf, ...silent } = rest;
    // @ts-expect-error The pages could not say that a regie is in test mode.
    defineBank({ ...silent, sessionMinutes: 40, lockOutlivesSessionMinutes: 5 });
    expect(bankProfiles.sandbox.modeOf({ id: 'r', bank: 'sandbox' })).toBe('test');
    const payzen = { siteId: '12345678', mode: 'production' } as const;
    expect(bankProfiles.payzen.modeOf({ id: 'r', bank: 'payzen', payzen })).toBe('production');
    expect(bankProfiles.payfip.modeOf({ id: 'r', bank: 'payfip' })).toBeUndefined();
  });
});
