import { describe, expect, it, vi } from 'vitest';
import { aClock, anItem } from '../../tests/builders.ts';
import type { BasketStore, WriteOutcome } from './basketStore.ts';
import { removeItem } from './removeItem.ts';

const caller = { service: 'demarches.example.org', mac: Buffer.alloc(32), query: [] };
const request = { itemId: anItem().id, user: { nameId: 'ab1c2d3e' }, notify: true };

/** A store whose writes end as the test says, in turn. */
function aStore(...outcomes: WriteOutcome[]) {
  const next = async () => outcomes.shift() ?? { done: true as const };
  return {
    retentionDays: 400,
    read: vi.fn<BasketStore['read']>(),
    listDue: vi.fn<BasketStore['listDue']>(),
    postpone: vi.fn<BasketStore['postpone']>(),
    add: vi.fn<BasketStore['add']>(),
    spendSignedUrl: vi.fn<BasketStore['spendSignedUrl']>(async () => undefined),
    cancelUnread: vi.fn<BasketStore['cancelUnread']>(next),
    replace: vi.fn<BasketStore['replace']>(next),
  };
}

const remove = (store: BasketStore) => removeItem({ store, clock: aClock() })(caller, request);
const found = (change = {}): WriteOutcome => ({ done: false, item: anItem(change) });

describe('removeItem', () => {
  it('spends the URL, then cancels', async () => {
    const store = aStore();
    await remove(store);
    expect(store.spendSignedUrl.mock.invocationCallOrder[0]).toBeLessThan(
      store.cancelUnread.mock.invocationCallOrder[0] ?? 0,
    );
    expect(store.replace).not.toHaveBeenCalled();
  });

  it('changes nothing when the URL was spent before', async () => {
    const store = aStore();
    store.spendSignedUrl.mockRejectedValue(new Error('spent'));
    await expect(remove(store)).rejects.toThrow('spent');
    expect(store.cancelUnread).not.toHaveBeenCalled();
  });

  it('decides from the item read when the single write could not be', async () => {
    const store = aStore(found({ dueAt: '2026-11-23T12:00:10.000Z', lockedUntil: '2026-11-23T12:00:00.000Z' }));
    await remove(store);
    expect(store.replace).toHaveBeenCalledWith(
      expect.anything(),
      expect.objectContaining({ state: 'cancelled', version: 2, dueAt: '2026-11-23T12:00:00.000Z' }),
    );
  });

  it('tries again from what changed meanwhile, five times', async () => {
    const store = aStore(found(), found({ version: 2 }), found({ version: 3 }));
    await remove(store);
    expect(store.replace).toHaveBeenLastCalledWith(
      expect.objectContaining({ version: 3 }),
      expect.objectContaining({ version: 4 }),
    );

    const busy = aStore(found(), found(), found(), found(), found(), found());
    await expect(remove(busy)).rejects.toMatchObject({ code: 'temporarily-unavailable' });
    expect(busy.replace).toHaveBeenCalledTimes(5);
  });

  it.each([
    ['unknown-item', { service: 'autre.example.org' }],
    ['unknown-item', { nameId: 'autre' }],
    ['unknown-item', { service: 'autre.example.org', state: 'paid' }],
    ['already-paid', { state: 'paid' }],
    ['payment-in-progress', { lockedUntil: '2026-11-23T12:45:00.000Z' }],
  ])('%s for %j', async (code, change) => {
    const store = aStore(found(change));
    await expect(remove(store)).rejects.toMatchObject({ code });
    expect(store.replace).not.toHaveBeenCalled();
  });

  it('is a success, and changes nothing, when another removal was faster', async () => {
    const store = aStore(found(), found({ state: 'cancelled', version: 2 }));
    await remove(store);
    expect(store.replace).toHaveBeenCalledTimes(1);
  });
});
