/** Part 1: sequences of commands on the whole basket over HTTP, each in a basket of its own, judged by the model. */
import fc from 'fast-check';
import { anyCommand } from './commands.ts';
import type { ModelItem } from './model.ts';
import type { Tally } from './tally.ts';
import { checkItem, createModel, passTime, startWorld, type World } from './world.ts';

export interface ModelPartOptions {
  readonly seed: number;
  /** Of one sequence, as a failure prints it: only that one is run, and made shorter. */
  readonly path?: string | undefined;
  readonly sequences: number;
  readonly limitMs: number;
  /** Looks at the basket when a sequence has ended and all has come to rest. */
  readonly judge: (world: World) => Promise<void>;
  readonly tally: Tally;
}

/** @throws Error of fast-check, with the sequence that failed, its seed and its path. */
export async function runModelPart(options: ModelPartOptions): Promise<void> {
  const { seed, path, sequences, limitMs, judge, tally } = options;
  const commands = fc.commands([anyCommand], { maxCommands: 90, size: 'max' });
  const property = fc.asyncProperty(commands, async (sequence) => {
    const model = createModel();
    const world = await startWorld(tally);
    tally.count('sequences');
    try {
      await fc.asyncModelRun(() => ({ model, real: world }), sequence);
      await passTime({ model, world }, 16 * 60_000);
      await passTime({ model, world }, 9 * 86_400_000);
      for (const item of model.items) {
        await checkItem({ model, world }, item.index);
        for (const kind of whatItReached(item)) tally.count(`items ${kind}`);
      }
      await judge(world);
    } finally {
      await world.stop();
    }
  });
  await fc.assert(property, {
    seed,
    numRuns: sequences,
    // What fails is first of all told; with its path it is run again, and made shorter.
    endOnFailure: path === undefined,
    ...(path === undefined ? { interruptAfterTimeLimit: limitMs } : { path }),
  });
}

/** What became of an item, so that a reader sees how much of the ground was covered. */
function whatItReached({ state, cancelledBy, alerts, attempts, heard, isErased }: ModelItem): string[] {
  return [
    cancelledBy === undefined ? state : `cancelled by ${cancelledBy}`,
    ...new Set(alerts.values()),
    ...new Set(attempts.map((attempt) => `with an attempt ${attempt.state}`)),
    ...heard.map((trigger) => `whose form heard ${trigger}`),
    ...(isErased ? ['erased'] : []),
  ];
}
