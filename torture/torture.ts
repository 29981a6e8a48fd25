/** `npm run torture`: what the basket survives, measured; `--short` for a minute, `--seed N` to do the same again. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { Item } from '../lib/item/item.ts';
import { defineCommand, runCommand, type Terminal } from '../scripts/command/command.ts';
import type { Values } from '../scripts/command/commandLine.ts';
import { CommandProblem } from '../scripts/command/commandProblem.ts';
import { shorten } from '../scripts/operator/terminal.ts';
import { runFaultsPart } from './faultsPart.ts';
import { runHostilePart } from './hostilePart.ts';
import { describeMachine } from './machine.ts';
import { runModelPart } from './modelPart.ts';
import { keepOutput, outputPath } from './outputFile.ts';
import { brokenIn, composeReport, type PartReport, renderTable } from './report.ts';
import { drawnSeeds } from './seeds.ts';
import { createTally, type Tally } from './tally.ts';
import { addVerdicts, type BankRow, judge, noVerdict, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

const options = {
  short: { type: 'boolean', about: 'takes about a minute, instead of about ten' },
  seed: {
    type: 'string',
    value: '<n>',
    about: 'does again what a failure printed; processes meet as they like, so part 2 may take several runs',
  },
  path: { type: 'string', value: '<p>', about: 'runs one sequence of part 1, and makes it shorter' },
  part: {
    type: 'string',
    choices: ['1', '2', '3'],
    about: 'runs one part: 1 the model, 2 faults and kills, 3 hostile requests',
  },
  seeds: { type: 'boolean', about: 'runs part 1 with each seed of docs/reliability.md, in about twenty minutes' },
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

const modelPart: Part = ['The model: sequences of commands over HTTP', runModel];
const parts: readonly Part[] = [modelPart, ['Faults and kills', runFaults], ['Hostile requests', runHostile]];

async function runModel({ seed, path, size }: Plan, tally: Tally): Promise<PartResult> {
  let verdict = noVerdict;
  const judgeWorld = async ({ basket, ids, forms }: World) => {
    const items = (await basket.items()) as Item[];
    const payments = (await basket.sandboxPayments()) as unknown as BankRow[];
    const additions = ids.map((id, index) => ({ label: `item ${index}`, ids: [id] }));
    const journals = ids.map((_, index) => {
      return { url: forms.formUrl(`f${index}`), heard: forms.heard(`f${index}`), isLost: () => false };
    });
    const found = judge({ items, payments, additions, journals });
    verdict = addVerdicts(verdict, found);
    // So that the sequence is told, with its path.
    assert.deepStrictEqual(found, noVerdict);
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

export const main = defineCommand(
  {
    name: 'npm run torture',
    about:
      'Tries to break the basket with random sequences, faults, kills and hostile requests, and says what it survived.',
    options,
    notes: 'A whole run writes docs/reliability.md.',
  },
  async ({ values }, terminal) => {
    const plan = planOf(values);
    keepOutput(`npm run torture, seed ${values.seeds ? drawnSeeds.join(', ') : plan.seed}`);
    const isSound = await (values.seeds ? runSeeds(plan, terminal) : runParts(plan, values, terminal));
    terminal.print(`All else that was printed is in ${outputPath()}.`);
    return isSound ? 0 : 1;
  },
);

function planOf({ short, seed, path }: Values<typeof options>): Plan {
  const size = short ? sizes.short : sizes.long;
  return { seed: seed === undefined ? Math.floor(Math.random() * 2_000_000_000) : parseSeed(seed), path, size };
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new CommandProblem('The seed must be a whole number, as a failure prints it.');
}

async function runPart([title, run]: Part, plan: Plan, { print }: Terminal): Promise<PartReport> {
  print(`\n${title} (seed ${plan.seed})`);
  const tally = createTally();
  const startedMs = performance.now();
  const result = await run(plan, tally);
  return { title, seconds: Math.round((performance.now() - startedMs) / 1_000), tally, facts: [], ...result };
}

/** @returns whether nothing broke. */
async function runParts(plan: Plan, values: Values<typeof options>, terminal: Terminal): Promise<boolean> {
  const { seed, path } = plan;
  const chosen = path === undefined ? values.part : '1';
  const reports: PartReport[] = [];
  for (const [index, part] of parts.entries()) {
    if (chosen !== undefined && chosen !== String(index + 1)) continue;
    const report = await runPart(part, plan, terminal);
    reports.push(report);
    terminal.print(renderTable(report));
    tellBroken(report, seed, terminal);
  }
  const date = new Date().toISOString().slice(0, 10);
  const report = composeReport({ reports, seed, machine: describeMachine(), date });
  terminal.print(`\n${report.verdict}`);
  const isSound = reports.every((each) => brokenIn(each).length === 0);
  if (!isSound) terminal.warn(`\nAgain: npm run torture -- ${values.short ? '--short ' : ''}--seed ${seed}`);
  else if (!values.short && chosen === undefined) {
    await writeFile(new URL('../docs/reliability.md', import.meta.url), report.markdown);
    terminal.print('Written to docs/reliability.md.');
  }
  return isSound;
}

/** A line for each seed. @returns whether nothing broke. */
async function runSeeds(plan: Plan, terminal: Terminal): Promise<boolean> {
  let isSound = true;
  for (const [index, seed] of drawnSeeds.entries()) {
    const report = await runPart(modelPart, { ...plan, seed }, terminal);
    const counts = ['sequences', 'commands'].map((kind) => `${report.tally.counts.get(kind) ?? 0} ${kind}`);
    const broken = brokenIn(report).length;
    const outcome = `${broken} broken, in ${report.seconds} s`;
    terminal.print(`${index + 1} of ${drawnSeeds.length}: ${counts.join(', ')}, ${outcome}`);
    tellBroken(report, seed, terminal);
    isSound &&= broken === 0;
  }
  return isSound;
}

/** A sequence of commands is one line, of thousands of characters. */
const longestLine = 500;

/** The first ones, so far as a person reads; all of them, whole, in the file. */
function tellBroken(report: PartReport, seed: number, { warn }: Terminal): void {
  for (const [index, sentence] of brokenIn(report).entries()) {
    keepOutput(`BROKEN (seed ${seed}): ${sentence}`);
    const lines = sentence.split('\n').map((line) => shorten(line, longestLine));
    if (index < 10) warn(`BROKEN (seed ${seed}): ${lines.join('\n')}`);
  }
}

if (import.meta.main) {
  await runCommand(main);
  // Sockets that nobody will answer any more.
  process.exit();
}
