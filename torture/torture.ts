/** `npm run torture`: what the basket survives, measured; `--short` for a minute, `--seed N` to do the same again. */
import { writeFile } from 'node:fs/promises';
import type { Item } from '../lib/item/item.ts';
import { defineCommand, runCommand, type Terminal } from '../scripts/command/command.ts';
import type { Values } from '../scripts/command/commandLine.ts';
import { CommandProblem } from '../scripts/command/commandProblem.ts';
import { runFaultsPart } from './faultsPart.ts';
import { runHostilePart } from './hostilePart.ts';
import { describeMachine } from './machine.ts';
import { runModelPart } from './modelPart.ts';
import { composeReport, type PartReport, renderTable } from './report.ts';
import { createTally, type Tally } from './tally.ts';
import { addVerdicts, type BankRow, judge, noVerdict, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

const options = {
  short: { type: 'boolean', about: 'takes about a minute, instead of about ten' },
  seed: {
    type: 'string',
    value: '<n>',
    about: 'does the same again: what a failure printed. Processes meet as they like, so part 2 may take several runs',
  },
  path: { type: 'string', value: '<p>', about: 'runs one sequence of part 1, and makes it shorter' },
  part: {
    type: 'string',
    choices: ['1', '2', '3'],
    about: 'runs this part: 1 the model, 2 faults and kills, 3 hostile requests',
  },
} as const;

/** How much of each part; a part ends by itself when its time is over. */
const sizes = {
  short: {
    sequences: 60,
    modelMs: 15_000,
    chaosMs: 12_000,
    callers: 8,
    silences: 1,
    hostileRequests: 6_000,
    hostileMs: 30_000,
  },
  long: {
    sequences: 350,
    modelMs: 400_000,
    chaosMs: 140_000,
    callers: 16,
    silences: 8,
    hostileRequests: 100_000,
    hostileMs: 200_000,
  },
} as const;

/** What one run is to do. */
interface Plan {
  readonly seed: number;
  readonly size: (typeof sizes)[keyof typeof sizes];
  readonly path: string | undefined;
}

/** What a part has shown: what it did, and what must not have happened. */
interface PartResult {
  readonly verdict: Verdict;
  readonly odd: readonly string[];
  readonly facts?: readonly string[];
}

type Part = readonly [title: string, run: (plan: Plan, tally: Tally) => Promise<PartResult>];

const parts: readonly Part[] = [
  ['The model: sequences of commands over HTTP', runModel],
  ['Faults and kills', runFaults],
  ['Hostile requests', runHostile],
];

async function runModel({ seed, path, size }: Plan, tally: Tally): Promise<PartResult> {
  let verdict = noVerdict;
  const judgeWorld = async ({ basket, ids, forms }: World) => {
    const items = (await basket.items()) as Item[];
    const payments = (await basket.sandboxPayments()) as unknown as BankRow[];
    const additions = ids.map((id, index) => ({ label: `item ${index}`, ids: [id] }));
    const journals = ids.map((_, index) => {
      return { url: forms.formUrl(`f${index}`), heard: forms.heard(`f${index}`), isLost: () => false };
    });
    verdict = addVerdicts(verdict, judge({ items, payments, additions, journals }));
  };
  const { sequences, modelMs: limitMs } = size;
  try {
    await runModelPart({ seed, path, sequences, limitMs, tally, judge: judgeWorld });
    return { verdict, odd: [] };
  } catch (error) {
    const { message, cause } = error as Error;
    return { verdict, odd: [`${message}\n${(cause as Error | undefined)?.stack ?? ''}`] };
  }
}

async function runFaults({ seed, size }: Plan, tally: Tally): Promise<PartResult> {
  const { chaosMs, callers, silences } = size;
  const { evidence, odd } = await runFaultsPart({ seed, chaosMs, callers, silences, tally });
  return { verdict: judge(evidence), odd };
}

async function runHostile({ seed, size }: Plan, tally: Tally): Promise<PartResult> {
  const { hostileRequests: requests, hostileMs: limitMs } = size;
  const { broken, slowestMs, heapMegabytes } = await runHostilePart({ seed, requests, limitMs, tally });
  const [atStart, ...quarters] = heapMegabytes.map((megabytes) => megabytes.toFixed(1));
  return {
    verdict: noVerdict,
    odd: broken,
    facts: [
      `slowest answer: ${Math.round(slowestMs)} ms`,
      `heap of the stack after a collection: ${atStart} MB at the start, then ${quarters.join(', ')} MB at each quarter`,
    ],
  };
}

async function runPart([title, run]: Part, plan: Plan, { print, warn }: Terminal): Promise<PartReport> {
  const { seed } = plan;
  print(`\n${title} (seed ${seed})`);
  const tally = createTally();
  const startedMs = performance.now();
  const result = await run(plan, tally);
  const report = { title, seconds: Math.round((performance.now() - startedMs) / 1_000), tally, facts: [], ...result };
  print(renderTable(report));
  for (const sentence of result.odd.slice(0, 10)) warn(`BROKEN (seed ${seed}): ${sentence}`);
  return report;
}

export const main = defineCommand(
  {
    name: 'npm run torture',
    about:
      'Tries to break the basket with random sequences, faults, kills and hostile requests, and says what it survived.',
    options,
    notes: 'A whole run writes docs/reliability.md.',
  },
  ({ values }, terminal) => torture(values, terminal),
);

async function torture({ short = false, seed: given, path, part }: Values<typeof options>, terminal: Terminal) {
  const { print, warn } = terminal;
  const seed = given === undefined ? Math.floor(Math.random() * 2_000_000_000) : parseSeed(given);
  const plan = { seed, path, size: short ? sizes.short : sizes.long };
  const chosen = path === undefined ? part : '1';
  const reports: PartReport[] = [];
  for (const [index, each] of parts.entries()) {
    if (chosen === undefined || chosen === String(index + 1)) reports.push(await runPart(each, plan, terminal));
  }
  const date = new Date().toISOString().slice(0, 10);
  const report = composeReport({ reports, seed, machine: describeMachine(), date });
  print(`\n${report.verdict}`);
  for (const sentence of report.broken) warn(`BROKEN (seed ${seed}): ${sentence}`);
  if (report.broken.length > 0) {
    warn(`\nAgain: npm run torture -- ${short ? '--short ' : ''}--seed ${seed}`);
    return 1;
  }
  if (!short && chosen === undefined) {
    await writeFile(new URL('../docs/reliability.md', import.meta.url), report.markdown);
    print('Written to docs/reliability.md.');
  }
  return 0;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new CommandProblem('The seed must be a whole number, as a failure prints it.');
}

if (import.meta.main) {
  await runCommand(main);
  // Sockets that nobody will answer any more.
  process.exit();
}
