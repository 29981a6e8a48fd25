/** `npm run bench`: how fast and how dear the service is, beside its own bounds; writes docs/benchmarks.md and its plots. */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bundles.ts';
import { isHeld } from './figures.ts';
import { measureAll } from './measureAll.ts';
import { boundsOf, drawPlots, type Place, writeReport } from './report.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, out: { type: 'string' } } });
const isQuick = values.quick === true;
/** A quick run says nothing of times: it is not kept unless it is asked for. */
const folder = values.out ?? (isQuick ? undefined : join(root, 'docs'));

function describePlace(): Place {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    versions: `Node ${process.versions.node}`,
  };
}

const figures = await measureAll(isQuick, (what) => console.error(`measuring ${what} …`));
const bounds = boundsOf(figures, !isQuick);
const report = writeReport(figures, bounds, describePlace());
console.log(report);
if (folder !== undefined) {
  const files = { 'benchmarks.md': report, ...drawPlots(figures) };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}
const missed = bounds.filter((bound) => !isHeld(bound));
for (const { what, measured, most } of missed) console.error(`Missed: ${what}: ${measured.toFixed(3)} > ${most}`);
if (missed.length > 0) process.exitCode = 1;
