/** The file for all that is not the report: what the processes print, line by line, and long sentences whole. */
import { appendFileSync, mkdirSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { localFolder } from '../scripts/local/environment.ts';

/** From the project's folder. */
export const outputPath = `${localFolder}/torture.log`;

let opened: number | undefined;

/** Its descriptor, for a process to print to. Empty at first. */
export function outputFile(): number {
  if (opened === undefined) {
    mkdirSync(new URL(`../${localFolder}/`, import.meta.url), { recursive: true, mode: 0o700 });
    opened = openSync(fileURLToPath(new URL(`../${outputPath}`, import.meta.url)), 'w', 0o600);
  }
  return opened;
}

export function keepOutput(text: string): void {
  appendFileSync(outputFile(), `${text}\n`);
}
