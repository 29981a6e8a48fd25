/** `npm run bench`: how fast and how dear the service is, beside its own bounds; writes docs/benchmarks.md and its plots. */
import { stat, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { defineCommand, runCommand } from '../scripts/command/command.ts';
import { CommandProblem } from '../scripts/command/commandProblem.ts';
import { root } from './bundles.ts';
import { isHeld } from './figures.ts';
import { measureAll } from './measureAll.ts';
import { boundsOf, drawPlots, type Place, writeReport } from './report.ts';

function describePlace(): Place {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    versions: `Node ${process.versions.node}`,
  };
}

export const main = defineCommand(
  {
    name: 'npm run bench',
    about: 'Measures how fast the service is and what it costs, against its own bounds, in about five minutes.',
    options: {
      quick: { type: 'boolean', about: 'takes less than a minute: counts the calls to DynamoDB, and checks no times' },
      out: {
        type: 'string',
        value: '<folder>',
        about: 'writes the report there, not in docs; a quick run is written nowhere else',
      },
    },
  },
  async ({ values: { quick: isQuick = false, out } }, terminal) => {
    // A quick run says nothing of times: it is not kept unless that is asked for.
    const folder = out ?? (isQuick ? undefined : join(root, 'docs'));
    if (folder !== undefined) await checkFolder(folder);
    const figures = await measureAll(isQuick, (what) => terminal.warn(`measuring ${what} …`));
    const bounds = boundsOf(figures, !isQuick);
    const report = writeReport(figures, bounds, describePlace());
    terminal.print(report);
    if (folder !== undefined) await writeFiles(folder, { 'benchmarks.md': report, ...drawPlots(figures) });
    const missed = bounds.filter((bound) => !isHeld(bound));
    for (const { what, measured, most } of missed) terminal.warn(`Missed: ${what}: ${measured.toFixed(3)} > ${most}`);
    return missed.length === 0 ? 0 : 1;
  },
);

/** Before anything is measured, not minutes later. */
async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new CommandProblem(`There is no folder ${folder}.`);
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

if (import.meta.main) await runCommand(main);
