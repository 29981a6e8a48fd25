/** The machine and the versions that a figure was measured with. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';

export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const engine = `dynalite ${versionOf('dynalite')}`;
  return `${availableParallelism()} cores of ${model}, ${memory} GB; Node ${process.versions.node}, ${engine}, fast-check ${versionOf('fast-check')}`;
}

function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
}
