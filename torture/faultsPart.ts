/** Part 2: many callers at once, faults on every way, the stack killed and started again; then rest, and the evidence. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Item } from '../lib/item/item.ts';
import { type Fault, isAnswerLost } from '../standins/forms/faults.ts';
import { type Crowd, runCaller } from './callers.ts';
import { type Chance, createChance } from './chance.ts';
import { startChaos } from './chaos.ts';
import type { Tally } from './tally.ts';
import type { BankRow, Evidence, Journal } from './verdict.ts';

export interface FaultsPartOptions {
  readonly seed: number;
  readonly chaosMs: number;
  readonly callers: number;
  readonly silences: number;
  readonly tally: Tally;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Until the last retry, lease, session, lock and capture day is over, and nothing is owed. */
const restingStepsMs = [
  // A host that did not answer is left alone for ten minutes at most.
  ...Array.from({ length: 8 }, () => 11 * minuteMs),
  16 * minuteMs,
  70 * minuteMs,
  ...[7, 26, 26, 80, 200].map((hours) => hours * hourMs),
];

/** @returns what the verdict is made from, and what no fault explains. */
export async function runFaultsPart(options: FaultsPartOptions): Promise<{ evidence: Evidence; odd: string[] }> {
  const { seed, chaosMs, callers, silences, tally } = options;
  const chance = createChance(seed);
  const chaos = await startChaos({ chance: chance.fork(), tally, silences });
  try {
    const crowd: Crowd = {
      chaos,
      tally,
      additions: [],
      known: [],
      pages: [],
      formFaults: new Map(),
      silencesLeft: silences,
      oddAnswers: [],
      isOver: false,
    };
    chaos.beFaulty(true);
    const running = Array.from({ length: callers }, () => runCaller(crowd, chance.fork()));
    const time = passTime(crowd, chance.fork(), chaosMs);
    // At first faults alone, then kills as well.
    await sleep(chaosMs / 3);
    const endMs = performance.now() + (chaosMs * 2) / 3;
    while (performance.now() < endMs) {
      await sleep(200 + chance.fraction() * 2_500);
      await chaos.killAndStart();
    }
    crowd.isOver = true;
    await Promise.all([...running, time]);
    for (const [step, stepMs] of restingStepsMs.entries()) {
      // Many questions are put to the banks only now.
      if (step === 3) chaos.beFaulty(false);
      await chaos.passTime(stepMs);
      await chaos.rest();
    }
    return { evidence: await gather(crowd), odd: [...crowd.oddAnswers, ...chaos.defects] };
  } finally {
    await chaos.stop();
  }
}

/** A few seconds or minutes at a time: retries, leases and sessions come to their ends while all goes on. */
async function passTime({ chaos }: Crowd, chance: Chance, chaosMs: number): Promise<void> {
  const endMs = performance.now() + chaosMs;
  while (performance.now() < endMs) {
    await sleep(700 + chance.fraction() * 1_500);
    await chaos.passTime(chance.among([3_000, 10_000, 25_000, minuteMs, 2 * minuteMs]));
  }
}

async function gather({ chaos, additions, formFaults, tally }: Crowd): Promise<Evidence> {
  const rows = await chaos.scan('items');
  const items = rows.filter(({ kind }) => kind === 'item') as unknown as Item[];
  const payments = (await chaos.scan('bank')) as unknown as BankRow[];
  const idsByUrl = new Map(items.map(({ id, url }) => [url, id]));
  const journals = additions.map((_, number): Journal => {
    const form = `f${number}`;
    const url = chaos.formsOf(form).formUrl(form);
    const heard = chaos.formsOf(form).heard(form);
    const faults = formFaults.get(form) ?? [];
    for (const fault of faults.slice(0, heard.length)) tally.count(`to the form: ${nameOf(fault)}`);
    return {
      url,
      heard,
      isLost: (index) => isLost({ chaos, tally }, { id: idsByUrl.get(url) ?? '', heard, faults }, index),
    };
  });
  tally.count('items', items.length);
  tally.count('payments at the bank', payments.length);
  tally.count(
    'calls that forms heard',
    journals.reduce((sum, { heard }) => sum + heard.length, 0),
  );
  return { items, payments, additions, journals };
}

interface Told {
  readonly id: string;
  readonly heard: Journal['heard'];
  readonly faults: readonly Fault[];
}

/** The answer was broken or odd, or who waited for it was killed, or what it said could not be written down. */
function isLost({ chaos, tally }: Pick<Crowd, 'chaos' | 'tally'>, { id, heard, faults }: Told, index: number): boolean {
  const [call, next] = heard.slice(index);
  const disturbance = call && next && chaos.disturbanceBetween(id, call.at, next.at);
  const reason = isAnswerLost(faults[index]) ? 'the answer was lost' : disturbance;
  if (reason !== undefined) tally.count(`forms called again since ${reason}`);
  return reason !== undefined;
}

function nameOf(fault: Fault): string {
  if (typeof fault === 'string') return fault;
  return 'slowMs' in fault && fault.slowMs >= 10_000 ? 'silence' : 'latency';
}
