import { expect, it } from 'vitest';
import { aClock, aLogger, aMetrics, anAttempt, anItem, aRegie } from '../../tests/builders.ts';
import { aFakeBasketStore } from '../../tests/fakeBasketStore.ts';
import { attendPayments } from './attendPayments.ts';

it('does not close an attempt whose opening is answered while it decides: somebody may be paying', async () => {
  const opening = anItem({
    payments: { '1': anAttempt() },
    lockedBy: '1',
    lockedUntil: '2026-11-23T12:02:00.000Z',
  });
  const opened = anAttempt({
    redirect: { method: 'GET', url: 'https://bank.example/1' },
    sessionEndsAt: '2026-11-23T12:00:20.000Z',
    askAt: '2026-11-23T12:00:20.000Z',
    askFrom: '2026-11-23T12:00:20.000Z',
    asks: 0,
  });
  const recorded = { payments: { '1': opened }, lockedUntil: '2026-11-23T12:05:20.000Z' };
  const store = aFakeBasketStore({ ...opening, ...recorded, version: 2 });
  const attend = attendPayments({
    store,
    metrics: aMetrics(),
    clock: aClock(new Date('2026-11-23T12:03:00.000Z')),
    logger: aLogger(),
    regies: { get: async () => ({ regies: [aRegie()], names: {}, version: 1 }), refresh: () => Promise.reject() },
    providerOf: () => Promise.reject(new Error('The bank is not asked yet.')),
  });

  await attend(opening);

  expect(store.item.payments['1']).toEqual(opened);
});
