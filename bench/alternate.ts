/**
 * Measures several arms side by side, in small blocks whose order is drawn anew each round: a noisy machine hurts all of them,
 * and none always comes after its like, which leaves the processor's caches as it wants them.
 */
import { newChance } from '../lib/platform/random.ts';

/** One thing to measure. What a call needs is made outside the timing. */
export interface Arm<Prepared = unknown> {
  readonly name: string;
  prepare(): Promise<Prepared> | Prepared;
  run(prepared: Prepared): Promise<unknown>;
}

export interface Blocks {
  /** Rounds that are measured; `warmUp` are not. */
  readonly rounds: number;
  readonly warmUp: number;
  readonly callsPerBlock: number;
}

/** @returns by arm, the milliseconds of each call. */
export async function alternate(
  arms: readonly Arm[],
  { rounds, warmUp, callsPerBlock }: Blocks,
): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>(arms.map(({ name }) => [name, []]));
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const order = arms.map((arm) => ({ arm, at: newChance() })).toSorted((a, b) => a.at - b.at);
    for (const { arm } of order) {
      const blockMs = await runBlock(arm, callsPerBlock);
      if (round >= warmUp) samples.get(arm.name)?.push(...blockMs);
    }
  }
  return samples;
}

async function runBlock(arm: Arm, calls: number): Promise<number[]> {
  const prepared: unknown[] = [];
  for (let call = 0; call < calls; call += 1) prepared.push(await arm.prepare());
  const samples: number[] = [];
  for (const input of prepared) {
    const startedMs = performance.now();
    await arm.run(input);
    samples.push(performance.now() - startedMs);
  }
  return samples;
}
