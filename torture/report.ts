/** The figures of a run, as tables: for the terminal, and for `docs/reliability.md`. Pure. */
import { drawnSeeds } from './seeds.ts';
import type { Tally } from './tally.ts';
import { addVerdicts, noVerdict, type Verdict } from './verdict.ts';

export interface PartReport {
  readonly title: string;
  readonly seconds: number;
  readonly tally: Tally;
  readonly verdict: Verdict;
  /** What must not have happened, beside the verdict. */
  readonly odd: readonly string[];
  readonly facts: readonly string[];
}

export interface RunReport {
  readonly reports: readonly PartReport[];
  readonly seed: number;
  readonly machine: string;
  readonly date: string;
}

const sentences: readonly [keyof Verdict, string][] = [
  ['itemsLost', 'items lost'],
  ['itemsDoubled', 'items doubled'],
  ['formsToldTwice', 'forms told twice without a lost answer'],
  ['moneyUnaccounted', 'money unaccounted'],
  ['formsNotTold', 'forms left untold'],
  ['falseAlarms', 'alarms of forms that have heard'],
];

/** What a part did, a line for each kind. */
export function renderTable({ title, seconds, tally, facts }: PartReport): string {
  const counts = [...tally.counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = counts.map(([kind, count]) => `| ${kind} | ${grouped(count)} |`);
  const lines = [`### ${title}: ${seconds} s`, '', '| what | how many |', '| --- | ---: |', ...rows];
  return [...lines, ...(facts.length === 0 ? [] : ['', ...facts.map((fact) => `- ${fact}`)])].join('\n');
}

/** A sentence for each thing that is broken. */
export function brokenIn({ verdict, odd }: Pick<PartReport, 'verdict' | 'odd'>): string[] {
  return [...sentences.flatMap(([name]) => verdict[name]), ...odd];
}

/** The verdict over all parts, as a table and as a page. */
export function composeReport({ reports, seed, machine, date }: RunReport) {
  const verdict = reports.map((report) => report.verdict).reduce(addVerdicts, noVerdict);
  const odd = reports.flatMap((report) => report.odd);
  const rows = [
    ['operations', countAll(reports, isOperation)],
    ['faults injected', countAll(reports, (kind) => kind.includes(': ') || kind.startsWith('SIGKILL'))],
    ...sentences.map(([name, text]) => [text, verdict[name].length] as const),
    ['anything else that must not be', odd.length],
  ] as const;
  const table = [
    '| verdict | |',
    '| --- | ---: |',
    ...rows.map(([text, count]) => `| ${text} | ${grouped(count)} |`),
  ].join('\n');
  return { verdict: table, markdown: composePage({ reports, seed, machine, date }, table) };
}

/** A command, a call, a page, a hostile request: what somebody asked of the basket. */
function isOperation(kind: string): boolean {
  return ['commands', 'requests under faults', 'hostile requests', 'hostile bytes'].includes(kind);
}

function countAll(reports: readonly PartReport[], isCounted: (kind: string) => boolean): number {
  const counts = reports.flatMap(({ tally }) => [...tally.counts]);
  return counts.filter(([kind]) => isCounted(kind)).reduce((sum, [, count]) => sum + count, 0);
}

function grouped(count: number): string {
  return count.toLocaleString('en-GB');
}

function composePage({ reports, seed, machine, date }: RunReport, table: string): string {
  return `# Reliability: what it survives

Written by \`npm run torture\` on ${date}, seed ${seed}: ${machine}.

${table}

All counts below *faults injected* must be 0. They are counted at the end, once nothing is due any more: on the rows of the tables, on
the sandbox bank's own table, and on the calls that the forms wrote down. The basket's own word does not count.

- *Items lost*: additions that were answered with success and have no row.
- *Items doubled*: signed URLs with two rows, or two successes.
- *Forms told twice*: forms that were called again after they had heard. Calls after a broken or odd answer, a kill or a failed write do
  not count: then nobody can know that the form has heard.
- *Money unaccounted*: payments that only the bank has, or only the basket; paid attempts that neither pay their item nor are to be
  refunded; forms that were told of a payment that does not exist.

Run it again: \`npm run torture\` (about ten minutes), or \`npm run torture -- --short\` (about a minute, also in CI). With
\`--seed ${seed}\` it draws the same sequences, faults and requests. The instants at which processes are killed and meet each other
are not a seed's to decide. What the processes print meanwhile is in \`.local/torture.log\`.

\`npm run torture -- --seeds\` runs the model, up to 350 sequences every time, with each of these seeds, which were drawn by chance:
${drawnSeeds.join(', ')}.

${reports.map(renderTable).join('\n\n')}
`;
}
