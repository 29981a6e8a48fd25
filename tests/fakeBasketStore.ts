/** A store of items in memory, for tests that take thousands of steps: the port's own rules, without an engine. */
import type { BasketStore } from '../lib/basket/basketStore.ts';
import type { Item } from '../lib/item/item.ts';

export interface FakeBasketStore extends BasketStore {
  /** All that it holds; a test may put back what it was. */
  item: Item;
}

/** Holds one item. What it is not asked for in such tests fails them. */
export function aFakeBasketStore(item: Item): FakeBasketStore {
  const unexpected = () => Promise.reject(new Error('Not a part of this test.'));
  return {
    retentionDays: 400,
    item,
    async read(id) {
      return id === this.item.id ? this.item : undefined;
    },
    async replace(read, next) {
      if (this.item.version !== read.version) return { done: false, item: this.item };
      this.item = next;
      return { done: true };
    },
    async listDue(now) {
      const { id, dueAt } = this.item;
      return { keys: dueAt !== undefined && dueAt <= now.toISOString() ? [{ id, dueAt }] : [] };
    },
    add: unexpected,
    spendSignedUrl: unexpected,
    cancelUnread: unexpected,
    postpone: unexpected,
  };
}
