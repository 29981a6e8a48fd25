/** What time it is: the clock that is passed to whoever needs one. */

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
