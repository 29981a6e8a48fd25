import { describe, expect, it } from 'vitest';
import { createModelItem, type ModelAttempt, wouldMissNews } from './model.ts';

const item = createModelItem(
  { index: 0, amountCents: 90009, cancellable: true, regieId: 'cantine', hasForm: true, owner: {}, keyNumber: 1 },
  0,
);
const anAttempt = (change: Partial<ModelAttempt>): ModelAttempt => ({
  ...{ state: 'expired', keyNumber: 1, isAccepted: false, askFromMs: 0, asks: 3 },
  bank: { amountCents: 90009, sessionEndsAtMs: 20_000, button: 'paid', decidedAtMs: 30_000, notifyAtMs: 35_000 },
  ...change,
});

describe('wouldMissNews', () => {
  it.each([
    ['news at an address that the next rotation closes', {}, 2, true],
    ['news at an address that stays good', {}, 1, false],
    ['no news', { bank: { amountCents: 90009, sessionEndsAtMs: 20_000 } }, 2, false],
    ['news that a question will find too', { askAtMs: 40_000 }, 2, false],
  ])('%s', (_, change, keyNumber, expected) => {
    expect(wouldMissNews({ ...item, attempts: [anAttempt(change)] }, { keyNumber })).toBe(expected);
  });
});
