import { describe, expect, it } from 'vitest';
import { nextQuestion } from './question.ts';

describe('nextQuestion', () => {
  const askFrom = '2026-11-23T12:00:00.000Z';

  it.each([
    [1, '2026-11-23T12:00:10.000Z', '2026-11-23T12:01:10.000Z'],
    [2, '2026-11-23T12:01:10.000Z', '2026-11-23T12:06:10.000Z'],
    [3, '2026-11-23T12:06:10.000Z', '2026-11-23T12:21:10.000Z'],
    [4, '2026-11-23T12:21:10.000Z', '2026-11-23T13:21:10.000Z'],
    [5, '2026-11-23T13:21:10.000Z', '2026-11-23T19:21:10.000Z'],
    [31, '2026-11-30T05:21:10.000Z', '2026-11-30T11:21:10.000Z'],
    [32, '2026-11-30T11:21:10.000Z', undefined],
  ])('after question %i, put at %s: %s', (asks, now, expected) => {
    expect(nextQuestion(askFrom, asks, new Date(now))).toBe(expected);
  });

  it('puts 32 questions in seven days, and then no more', () => {
    let now: string | undefined = askFrom;
    let asks = 0;
    while (now !== undefined) {
      asks += 1;
      now = nextQuestion(askFrom, asks, new Date(now));
    }
    expect(asks).toBe(32);
  });
});
