/** Chance that a seed decides: the same seed draws the same again. */

export interface Chance {
  /** From 0 to 1, 1 excluded. */
  fraction(): number;
  /** From 0 to `limit`, the limit excluded. */
  below(limit: number): number;
  among<Value>(values: readonly Value[]): Value;
  /** Another source, whose draws are its own. */
  fork(): Chance;
}

/** Mulberry32 (public domain, Tommy Ettinger): short, and even enough to choose with. */
export function createChance(seed: number): Chance {
  let state = seed | 0;
  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    among<Value>(values: readonly Value[]): Value {
      const index = below(values.length);
      if (index >= values.length) throw new Error('There is nothing to choose from.');
      return values[index] as Value;
    },
    fork: () => createChance(below(4_294_967_296)),
  };
}
