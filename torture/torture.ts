/** `npm run torture`: what the basket survives, measured; `--short` for a minute, `--seed N` to do the same again. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Item } from '../lib/item/item.ts';
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

const help = `npm run torture -- [options]

  --short       about a minute, instead of about ten
  --seed <n>    what a failure printed: the same sequences, faults and requests again. The instants at which processes meet
                are not a seed's to decide, so that a failure of part 2 may take several runs
  --path <p>    of one sequence of part 1, which is then run alone and made shorter
  --part <n>    only that part: 1 the model, 2 faults and kills, 3 hostile requests
  --seeds       part 1 with each of the seeds that docs/reliability.md lists, in about twenty minutes
`;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string' },
    path: { type: 'string' },
    part: { type: 'string' },
    seeds: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

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

const size = values.short ? sizes.short : sizes.long;
const ownSeed = values.seed === undefined ? Math.floor(Math.random() * 2_000_000_000) : Number(values.seed);
const { path } = values;

/** What a part has shown: what it did, and what must not have happened. */
interface PartResult {
  readonly verdict: Verdict;
  readonly odd: readonly string[];
  readonly facts?: readonly string[];
}

type Part = readonly [title: string, run: (tally: Tally, seed: number) => Promise<PartResult>];

const modelPart: Part = ['The model: sequences of commands over HTTP', runModel];
const parts: readonly Part[] = [modelPart, ['Faults and kills', runFaults], ['Hostile requests', runHostile]];

async function runModel(tally: Tally, seed: number): Promise<PartResult> {
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

async function runFaults(tally: Tally, seed: number): Promise<PartResult> {
  const { chaosMs, callers, silences } = size;
  const { evidence, odd } = await runFaultsPart({ seed, chaosMs, callers, silences, tally });
  return { verdict: judge(evidence), odd };
}

async function runHostile(tally: Tally, seed: number): Promise<PartResult> {
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

async function runPart([title, run]: Part, seed: number): Promise<PartReport> {
  console.log(`\n${title} (seed ${seed})`);
  const tally = createTally();
  const startedMs = performance.now();
  const result = await run(tally, seed);
  return { title, seconds: Math.round((performance.now() - startedMs) / 1_000), tally, facts: [], ...result };
}

async function main(seed: number): Promise<void> {
  const chosen = path === undefined ? values.part : '1';
  const reports: PartReport[] = [];
  for (const [index, part] of parts.entries()) {
    if (chosen !== undefined && chosen !== String(index + 1)) continue;
    const report = await runPart(part, seed);
    reports.push(report);
    console.log(renderTable(report));
    tellBroken(report, seed);
  }
  const report = composeReport({
    reports,
    seed,
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
  });
  console.log(`\n${report.verdict}`);
  if (process.exitCode === 1) {
    console.error(`\nAgain: npm run torture -- ${values.short ? '--short ' : ''}--seed ${seed}`);
  } else if (!values.short && chosen === undefined) {
    await writeFile(new URL('../docs/reliability.md', import.meta.url), report.markdown);
    console.log('Written to docs/reliability.md.');
  }
}

/** A line for each seed. */
async function runSeeds(): Promise<void> {
  for (const [index, seed] of drawnSeeds.entries()) {
    const report = await runPart(modelPart, seed);
    const counts = ['sequences', 'commands'].map((kind) => `${report.tally.counts.get(kind) ?? 0} ${kind}`);
    const outcome = `${brokenIn(report).length} broken, in ${report.seconds} s`;
    console.log(`${index + 1} of ${drawnSeeds.length}: ${counts.join(', ')}, ${outcome}`);
    tellBroken(report, seed);
  }
}

/** A sequence of commands is one line, of thousands of characters. */
const longestLine = 500;

/** The first ones, so far as a person reads; all of them, whole, in the file. */
function tellBroken(report: PartReport, seed: number): void {
  const sentences = brokenIn(report);
  for (const [index, sentence] of sentences.entries()) {
    keepOutput(`BROKEN (seed ${seed}): ${sentence}`);
    const lines = sentence.split('\n').map((line) => shorten(line, longestLine));
    if (index < 10) console.error(`BROKEN (seed ${seed}): ${lines.join('\n')}`);
  }
  if (sentences.length > 0) process.exitCode = 1;
}

if (values.help) console.log(help);
else {
  keepOutput(`npm run torture, seed ${values.seeds ? drawnSeeds.join(', ') : ownSeed}`);
  await (values.seeds ? runSeeds() : main(ownSeed));
  console.log(`All else that was printed is in ${outputPath}.`);
}
// Sockets that nobody will answer any more.
process.exit();
