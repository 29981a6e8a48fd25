/** What a run of the benchmark says: verdicts first, then the figures behind them. Pure. */
import { type Bound, isHeld, round, type Summary, table } from './figures.ts';
import type { CallFigures, RunFigures } from './growthWorker.ts';
import type { AllFigures } from './measureAll.ts';
import { drawPlot } from './plot.ts';
import type { Cost } from './watchCalls.ts';

export interface Place {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
}

/** The numbers to hold. `isTimed` false leaves out those that a short run says nothing of. */
export function boundsOf({ warm, imports, growth }: AllFigures, isTimed: boolean): Bound[] {
  const timed: Bound[] = [
    { what: 'add, warm: handler ÷ bare `PutItem`', measured: ratio(warm.add, 'handler'), most: 1.1 },
    { what: 'remove, warm: handler ÷ its two bare writes', measured: ratio(warm.remove, 'handler'), most: 1.1 },
    {
      what: 'import: addBasketItem ÷ the DynamoDB client as it comes',
      measured: imports.handler.medianMs / imports.client.medianMs,
      most: 1,
    },
  ];
  const byCall = (call: CallFigures['call']) => growth.calls.filter((figures) => figures.call === call);
  const calls = (call: CallFigures['call']) => Math.max(...byCall(call).map(({ cost }) => cost.reads + cost.writes));
  const counted: Bound[] = [
    { what: 'DynamoDB calls of add', measured: calls('add'), most: 1 },
    { what: 'DynamoDB calls of remove', measured: calls('remove'), most: 2 },
    ...(['add', 'remove', 'page'] as const).map((call) => ({
      what: `${call}: calls and units, largest table ÷ smallest`,
      measured: growthOf(byCall(call)),
      most: 1,
    })),
    { what: 'attendItems, equally many due: the same', measured: growthOfRuns(growth.runs), most: 1 },
  ];
  return isTimed ? [...timed, ...counted] : counted;
}

function ratio(arms: Readonly<Record<string, Summary>>, name: string): number {
  return (arms[name]?.medianMs ?? Number.NaN) / (arms['bare']?.medianMs ?? Number.NaN);
}

/** Of the part of a cost that grows most, from the first, on the smallest table, to any other. */
function growthOf(figures: readonly { readonly cost: Cost }[]): number {
  const [first] = figures;
  if (first === undefined) return Number.NaN;
  const parts = Object.keys(first.cost) as (keyof Cost)[];
  const ratios = figures.flatMap(({ cost }) =>
    parts.map((part) => (cost[part] === first.cost[part] ? 1 : cost[part] / first.cost[part])),
  );
  return Math.max(...ratios);
}

function growthOfRuns(runs: readonly RunFigures[]): number {
  return Math.max(...Array.from(Map.groupBy(runs, ({ due }) => due).values(), growthOf));
}

export function writeReport(figures: AllFigures, bounds: readonly Bound[], { date, machine, versions }: Place): string {
  return `${[
    '# Benchmarks',
    `Written by \`npm run bench\` on ${date}. ${machine}. ${versions}. Engines: ${figures.timedOn} for what is timed, ${figures.countedOn} for what is counted; each in a process of its own.`,
    '## Bounds',
    table(
      ['what', 'measured', 'at most', ''],
      bounds.map((bound) => [bound.what, round(bound.measured), bound.most, isHeld(bound) ? 'held' : '**missed**']),
    ),
    ...writeWarm(figures),
    ...writeImports(figures),
    ...writeLoad(figures),
    ...writeGrowth(figures),
  ].join('\n\n')}\n`;
}

function writeWarm({ warm, timedOn }: AllFigures): string[] {
  const names = {
    bare: 'bare write',
    bareAgain: 'the same again',
    ownClient: 'bare write by our client',
    handler: 'whole handler',
    silentHandler: 'the same, without its lines',
  };
  const rows = (['add', 'remove'] as const).flatMap((call) =>
    Object.entries(names).map(([arm, name]) => [
      call,
      name,
      round(ratio(warm[call], arm)),
      ...times(warm[call][arm]),
      warm[call][arm]?.count ?? 0,
    ]),
  );
  const { add, remove } = warm.cpuMicroseconds;
  return [
    '## Handler beside bare write',
    `The deployed code (bundled as it is deployed), from the event of the gateway to the answer, beside the very writes that it makes: same rows, conditions and options, in blocks of ten whose order is drawn anew each round, on ${timedOn}. The bare writes are made by the SDK's document client as it comes; ours, which leaves some of its steps out, stands below. Powertools' log line and figure are in; standard output is a pipe, as on Lambda, and its reader throws it away. What the second bare arm differs by is noise.`,
    table(['call', 'arm', '÷ bare', 'median ms', 'p95', 'p99', 'calls'], rows),
    `Processor time of one call with the network taken out (a store that answers in the next turn of the event loop): add ${round(add)} µs, remove ${round(remove)} µs, lines included. What the parts of an add take is in [ADR 10](adr/010-an-add-beside-its-write.md).`,
  ];
}

function writeImports({ imports }: AllFigures): string[] {
  const { bytes, handler, mapped, client, empty, dependencies } = imports;
  const row = (name: string, size: number, summary: Summary) => [
    name,
    round(summary.medianMs / client.medianMs),
    ...times(summary),
    size,
  ];
  return [
    '## Import in a fresh process',
    `Time of \`import()\`, ${handler.count} rounds in turn. The client alone is \`DynamoDBClient\` and \`PutItemCommand\` bundled without the aliases of \`infra/esbuild.yml\`.`,
    table(
      ['bundle', '÷ client', 'median ms', 'p95', 'p99', 'bytes'],
      [
        row('addBasketItem', bytes.handler, handler),
        row('the same with its source map read, as on Lambda', bytes.handler, mapped),
        row('DynamoDB client alone', bytes.client, client),
        row('empty handler', bytes.empty, empty),
      ],
    ),
    'What each dependency costs: its own bytes, and what the bundle loses in bytes and in milliseconds (median of the rounds) when it is left out with all that only it needs.',
    table(
      ['dependency', 'own bytes', 'bytes', 'ms'],
      dependencies
        .toSorted((a, b) => b.bytes - a.bytes)
        .map(({ name, ownBytes, bytes: lost, medianMs }) => [name, ownBytes, lost, round(medianMs)]),
    ),
  ];
}

function writeLoad({ load, timedOn }: AllFigures): string[] {
  return [
    '## Load',
    `add-basket-item over HTTP through our loopback gateway, one process, ${timedOn} in another, autocannon, which also signs each call, in a third.`,
    table(
      ['connections', 'calls/s', 'median ms', 'p97.5', 'p99', 'answered', 'failed'],
      load.map(({ connections, callsPerSecond, medianMs, p975Ms, p99Ms, answered, failed }) => [
        connections,
        round(callsPerSecond),
        ...[medianMs, p975Ms, p99Ms].map(round),
        answered,
        failed,
      ]),
    ),
    '![Calls a second, by connections](benchmarks-throughput.svg)',
  ];
}

function writeGrowth({ growth, countedOn }: AllFigures): string[] {
  return [
    '## Growth',
    `On ${countedOn}, from its own consumed capacity (the dearest of the calls).`,
    table(
      ['call', 'rows', 'reads', 'writes', 'read units', 'write units', 'median ms', 'p95', 'p99'],
      growth.calls.map(({ call, rows, cost, latency }) => [call, rows, ...costCells(cost), ...times(latency)]),
    ),
    '![Latency, by rows](benchmarks-latency.svg)',
    'What falls is the engine getting warm: the sizes are measured one after the other, the smallest first.',
    'attendItems, until nothing is due. Each item is due for erasure: one read and one write, beside the pages of the index.',
    table(
      ['rows', 'due', 'runs', 'reads', 'writes', 'read units', 'write units', 'ms'],
      growth.runs.map(({ rows, due, runs, cost, durationMs }) => [
        rows,
        due,
        runs,
        ...costCells(cost),
        round(durationMs),
      ]),
    ),
  ];
}

function costCells({ reads, writes, readUnits, writeUnits }: Cost): number[] {
  return [reads, writes, readUnits, writeUnits];
}

function times(summary: Summary | undefined): number[] {
  const { medianMs = Number.NaN, p95Ms = Number.NaN, p99Ms = Number.NaN } = summary ?? {};
  return [medianMs, p95Ms, p99Ms].map(round);
}

/** By file name. */
export function drawPlots({ load, growth, timedOn, countedOn }: AllFigures): Record<string, string> {
  return {
    'benchmarks-throughput.svg': drawPlot({
      title: `add-basket-item, calls a second (${timedOn})`,
      xLabel: 'connections',
      yLabel: 'calls a second',
      series: [{ name: 'add', points: load.map(({ connections, callsPerSecond }) => [connections, callsPerSecond]) }],
    }),
    'benchmarks-latency.svg': drawPlot({
      title: `Median of a whole call (${countedOn})`,
      xLabel: 'rows in the table',
      yLabel: 'milliseconds',
      series: (['add', 'remove', 'page'] as const).map((call) => ({
        name: call,
        points: growth.calls
          .filter((figures) => figures.call === call)
          .map(({ rows, latency }) => [rows, latency.medianMs]),
      })),
    }),
  };
}
