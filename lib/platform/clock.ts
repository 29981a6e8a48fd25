/** The clock, passed to whatever needs the time. */

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
