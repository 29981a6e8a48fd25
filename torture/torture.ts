/** `npm run torture`: what the basket survives, measured; `--short` for a minute, `--seed N` to do the same again. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Item } from '../lib/item/item.ts';
import { runFaultsPart } from './faultsPart.ts';
import { runHostilePart } from './hostilePart.ts';
import { describeMachine } from './machine.ts';
import { runModelPart } from './modelPart.ts';
import { composeReport, type PartReport, renderTable } from './report.ts';
import { createTally } from './tally.ts';
import { addVerdicts, type BankRow, judge, noVerdict, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

const help = `npm run torture -- [options]

  --short       about a minute, instead of about ten
  --seed <n>    what a failure printed: the same sequences, faults and requests again. The instants at which processes meet
                are not a seed's to decide, so that a failure of part 2 may take several runs
  --path <p>    of one sequence of part 1, which is then run alone and made shorter
  --part <n>    only that part: 1 the model, 2 faults and kills, 3 hostile requests
`;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string' },
    path: { type: 'string' },
    part: { type: 'string' },
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
const seed = values.seed === undefined ? Math.floor(Math.random() * 2_000_000_000) : Number(values.seed);
const { path } = values;

/** What a part has shown: what it did, and what must not have happened. */
interface PartResult {
  readonly verdict: Verdict;
  readonly odd: readonly string[];
  readonly facts?: readonly string[];
}

const parts: readonly [title: string, run: (tally: ReturnType<typeof createTally>) => Promise<PartResult>][] = [
  ['The model: sequences of commands over HTTP', runModel],
  ['Faults and kills', runFaults],
  ['Hostile requests', runHostile],
];

async function runModel(tally: ReturnType<typeof createTally>): Promise<PartResult> {
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

async function runFaults(tally: ReturnType<typeof createTally>): Promise<PartResult> {
  const { chaosMs, callers, silences } = size;
  const { evidence, odd } = await runFaultsPart({ seed, chaosMs, callers, silences, tally });
  return { verdict: judge(evidence), odd };
}

async function runHostile(tally: ReturnType<typeof createTally>): Promise<PartResult> {
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

async function runPart(title: string, run: (typeof parts)[number][1]): Promise<PartReport> {
  console.log(`\n${title} (seed ${seed})`);
  const tally = createTally();
  const startedMs = performance.now();
  const result = await run(tally);
  const report = { title, seconds: Math.round((performance.now() - startedMs) / 1_000), tally, facts: [], ...result };
  console.log(renderTable(report));
  for (const sentence of result.odd.slice(0, 10)) console.error(`BROKEN (seed ${seed}): ${sentence}`);
  return report;
}

async function main(): Promise<void> {
  const chosen = path === undefined ? values.part : '1';
  const reports: PartReport[] = [];
  for (const [index, part] of parts.entries()) {
    if (chosen === undefined || chosen === String(index + 1)) reports.push(await runPart(...part));
  }
  const report = composeReport({
    reports,
    seed,
    machine: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
  });
  console.log(`\n${report.verdict}`);
  for (const sentence of report.broken) console.error(`BROKEN (seed ${seed}): ${sentence}`);
  if (report.broken.length > 0) {
    console.error(`\nAgain: npm run torture -- ${values.short ? '--short ' : ''}--seed ${seed}`);
    process.exitCode = 1;
  } else if (!values.short && chosen === undefined) {
    await writeFile(new URL('../docs/reliability.md', import.meta.url), report.markdown);
    console.log('Written to docs/reliability.md.');
  }
}

if (values.help) console.log(help);
else await main();
// Sockets that nobody will answer any more.
process.exit();
