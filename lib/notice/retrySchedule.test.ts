import { describe, expect, it } from 'vitest';
import { nextTry } from './retrySchedule.ts';

const firstTriedAt = '2026-11-23T12:00:00.000Z';
const at = (seconds: number) => new Date(Date.parse(firstTriedAt) + seconds * 1_000);
const secondsAfter = (from: Date, next: string | undefined) =>
  next === undefined ? undefined : (Date.parse(next) - from.getTime()) / 1_000;

describe('nextTry', () => {
  it.each([
    [1, 60],
    [2, 60],
    [3, 300],
    [4, 900],
    [5, 3_600],
    [6, 21_600],
    [12, 21_600],
  ])('after try %i: %i s later, and a tenth more at most', (tries, seconds) => {
    const now = at(10);
    expect(secondsAfter(now, nextTry({ tries, firstTriedAt, now, chance: 0 }))).toBe(seconds);
    expect(secondsAfter(now, nextTry({ tries, firstTriedAt, now, chance: 1 }))).toBeCloseTo(seconds * 1.1, 3);
  });

  it.each([
    ['less than planned changes nothing', 30, 60],
    ['more is honoured', 600, 600],
    ['six hours at most', 1_000_000, 21_600],
  ])('a wish of the form: %s', (_, wished, seconds) => {
    const now = at(10);
    const next = nextTry({ tries: 1, firstTriedAt, retryAfterMs: wished * 1_000, now, chance: 0 });
    expect(secondsAfter(now, next)).toBe(seconds);
  });

  it.each([
    [3 * 86_400 - 21_600, 21_600],
    [3 * 86_400 - 21_599, undefined],
  ])('%i s after the first try: %s', (elapsed, seconds) => {
    const now = at(elapsed);
    expect(secondsAfter(now, nextTry({ tries: 8, firstTriedAt, now, chance: 0 }))).toBe(seconds);
  });

  it.each([
    [0, 21_600 / 3],
    [82 * 60, 38 * 60],
    [2 * 3_600 - 1, 1],
    [2 * 3_600, undefined],
  ])('%i s after the first refusal: %s, so that the last try comes after two hours', (elapsed, seconds) => {
    // It was out of reach for a day before.
    const refusedSince = at(86_400).toISOString();
    const now = at(86_400 + elapsed);
    expect(secondsAfter(now, nextTry({ tries: 8, firstTriedAt, refusedSince, now, chance: 0 }))).toBe(seconds);
  });

  it('goes on for three days: seventeen tries without chance, then the notice is abandoned', () => {
    let now: Date | undefined = new Date(firstTriedAt);
    const times: number[] = [];
    while (now !== undefined) {
      times.push((now.getTime() - Date.parse(firstTriedAt)) / 60_000);
      const next = nextTry({ tries: times.length, firstTriedAt, now, chance: 0 });
      now = next === undefined ? undefined : new Date(next);
    }
    // In minutes.
    expect(times).toEqual([
      0, 1, 2, 7, 22, 82, 442, 802, 1_162, 1_522, 1_882, 2_242, 2_602, 2_962, 3_322, 3_682, 4_042,
    ]);
  });
});
