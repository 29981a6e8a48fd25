/** Runs a command of `scripts/` as npm does, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface ScriptOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Given on standard input. */
  readonly input?: string | Buffer;
}

/** @returns all that it printed, and how it ended. */
export async function runScript(name: string, args: readonly string[], { env = {}, input = '' }: ScriptOptions = {}) {
  const guard = ['-r', './build/requireNode24.cjs'];
  const child = spawn(process.execPath, [...guard, `scripts/${name}.ts`, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, output: `${stdout}${stderr}` };
}
