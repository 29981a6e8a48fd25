import { describe, expect, it, vi } from 'vitest';
import { aMetrics, anAttempt, anItem } from '../../tests/builders.ts';
import { aFakeBasketStore } from '../../tests/fakeBasketStore.ts';
import type { Item } from '../item/item.ts';
import type { Figure } from '../platform/metrics.ts';
import { AppError } from '../values/errors.ts';
import { figuresOf, measuredBasketStore } from './measuredBasketStore.ts';

const open = { payments: { 1: anAttempt() } };
const closedAlert = {
  kind: 'authorisation-unconfirmed',
  raisedAt: '2026-11-20T12:00:00.000Z',
  closedAt: '2026-11-21T12:00:00.000Z',
} as const;
const notice = { trigger: 'paid', tries: 1 } as const;

describe('figuresOf', () => {
  it.each<[string, Partial<Item>, Partial<Item>, Figure[]]>([
    ['nothing that counts', {}, { updatedAt: '2026-11-23T12:00:01.000Z' }, []],
    ['a payment that is opened', {}, open, []],
    [
      'a payment',
      open,
      { state: 'paid', payments: { 1: anAttempt({ state: 'paid' }) } },
      [
        { name: 'ItemsPaid', value: 1, regie: 'cantine' },
        { name: 'CentsPaid', value: 1005, regie: 'cantine' },
        { name: 'AttemptsSettled', value: 1, bank: 'sandbox', outcome: 'paid' },
      ],
    ],
    [
      'a refusal',
      open,
      { payments: { 1: anAttempt({ state: 'refused' }) } },
      [{ name: 'AttemptsSettled', value: 1, bank: 'sandbox', outcome: 'refused' }],
    ],
    ['a payment that the bank is at work on', open, { payments: { 1: anAttempt({ state: 'pending' }) } }, []],
    [
      'a citizen who cancels',
      {},
      { state: 'cancelled', cancelledBy: 'citizen' },
      [{ name: 'ItemsRemoved', value: 1, by: 'citizen' }],
    ],
    [
      'an alert',
      {},
      { alerts: { 1: { kind: 'money-to-refund', raisedAt: '2026-11-23T12:00:00.000Z' } } },
      [{ name: 'MoneyAlerts', value: 1 }],
    ],
    [
      'an alert that was closed, and is raised again',
      { alerts: { 1: closedAlert } },
      { alerts: { 1: { kind: 'authorisation-unconfirmed', raisedAt: '2026-11-23T12:00:00.000Z' } } },
      [{ name: 'MoneyAlerts', value: 1 }],
    ],
    [
      'an alert that is closed',
      { alerts: { 1: { kind: closedAlert.kind, raisedAt: closedAlert.raisedAt } } },
      { alerts: { 1: closedAlert } },
      [],
    ],
    [
      'a form that has heard',
      { notice },
      { notice: { ...notice, end: 'delivered' } },
      [{ name: 'NoticesEnded', value: 1, outcome: 'delivered' }],
    ],
    [
      'a notice that is abandoned',
      { notice },
      { notice: { ...notice, end: 'failed' } },
      [
        { name: 'NoticesEnded', value: 1, outcome: 'failed' },
        { name: 'NoticesFailed', value: 1 },
      ],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(figuresOf(anItem(before), anItem({ ...before, ...after }))).toEqual(expected);
  });
});

describe('measuredBasketStore', () => {
  it('counts an item that it has added, and not one whose URL has served before', async () => {
    const metrics = aMetrics();
    const add = vi.fn().mockResolvedValueOnce(undefined).mockRejectedValueOnce(new AppError('nonce-already-used'));
    const store = measuredBasketStore({ ...aFakeBasketStore(anItem()), add }, metrics);
    await store.add(anItem());
    await expect(store.add(anItem())).rejects.toThrow('nonce-already-used');
    expect(metrics.figures).toEqual([{ name: 'ItemsAdded', value: 1, regie: 'cantine' }]);
  });

  it('counts a change that it has written, and not one that somebody else was quicker with', async () => {
    const metrics = aMetrics();
    const store = measuredBasketStore(aFakeBasketStore(anItem()), metrics);
    const cancelled = anItem({ version: 2, state: 'cancelled', cancelledBy: 'citizen' });
    expect(await store.replace(anItem(), cancelled)).toEqual({ done: true });
    expect(await store.replace(anItem(), cancelled)).toMatchObject({ done: false });
    expect(metrics.figures).toEqual([{ name: 'ItemsRemoved', value: 1, by: 'citizen' }]);
  });
});
