/** A store that counts its writes: one figure for each transition that a write of ours has made, and for nothing else. */
import type { AttemptState } from '../item/attempt.ts';
import type { Item } from '../item/item.ts';
import type { Figure, Metrics } from '../platform/metrics.ts';
import type { BasketStore } from './basketStore.ts';

const outcomes: readonly AttemptState[] = ['paid', 'refused', 'abandoned', 'expired', 'failed'];

/** A write whose answer was lost is not counted, even if it was done: figures are not accounts. */
export function measuredBasketStore(store: BasketStore, metrics: Metrics): BasketStore {
  return {
    ...store,
    async add(item) {
      await store.add(item);
      metrics.record({ name: 'ItemsAdded', value: 1, regie: item.regieId });
    },
    async cancelUnread(target, change, now) {
      const outcome = await store.cancelUnread(target, change, now);
      if (outcome.done) metrics.record({ name: 'ItemsRemoved', value: 1, by: change.cancelledBy });
      return outcome;
    },
    async replace(read, next) {
      const outcome = await store.replace(read, next);
      if (outcome.done) for (const figure of figuresOf(read, next)) metrics.record(figure);
      return outcome;
    },
  };
}

/** The figures of a change. Pure. */
export function figuresOf(before: Item, after: Item): Figure[] {
  const { regieId: regie, amountCents, notice, cancelledBy = 'workflow' } = after;
  const figures: Figure[] = [];
  if (after.state !== before.state) {
    if (after.state === 'cancelled') figures.push({ name: 'ItemsRemoved', value: 1, by: cancelledBy });
    if (after.state === 'paid') {
      figures.push({ name: 'ItemsPaid', value: 1, regie }, { name: 'CentsPaid', value: amountCents, regie });
    }
  }
  for (const [id, { state, bank }] of Object.entries(after.payments)) {
    const isNew = before.payments[id]?.state !== state;
    if (isNew && outcomes.includes(state)) figures.push({ name: 'AttemptsSettled', value: 1, bank, outcome: state });
  }
  // Compared by time, not by kind: a closed alert may be raised again.
  const alerts = Object.entries(after.alerts ?? {}).filter(
    ([id, { raisedAt }]) => before.alerts?.[id]?.raisedAt !== raisedAt,
  );
  for (const _ of alerts) figures.push({ name: 'MoneyAlerts', value: 1 });
  if (notice?.end !== undefined && notice.end !== before.notice?.end) {
    figures.push({ name: 'NoticesEnded', value: 1, outcome: notice.end });
    if (notice.end === 'failed') figures.push({ name: 'NoticesFailed', value: 1 });
  }
  return figures;
}
