/** What was done, counted: operations and faults by kind. */

export interface Tally {
  count(kind: string, by?: number): void;
  /** In the order in which they first came. */
  readonly counts: ReadonlyMap<string, number>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    counts,
    count(kind, by = 1) {
      counts.set(kind, (counts.get(kind) ?? 0) + by);
    },
  };
}
