/** Runs commands: in this process, with a terminal of the test's own; or through npm, as a person does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Command } from '../scripts/command/command.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface RunOptions {
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Given on standard input. */
  readonly input?: string | Buffer;
}

export interface Run {
  readonly code: number;
  /** All that it printed: what was asked for, then what it warned of. */
  readonly output: string;
}

/** One at a time: the environment is that of the whole process meanwhile. */
export async function runCommand(main: Command, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { env = {}, input = '' } = options;
  const printed: string[] = [];
  const warned: string[] = [];
  const terminal = {
    input: Readable.from(input.length === 0 ? [] : [Buffer.from(input)]),
    print: (line: string) => printed.push(`${line}\n`),
    warn: (line: string) => warned.push(`${line}\n`),
  };
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const code = await main(args, terminal);
    return { code, output: [...printed, ...warned].join('') };
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** @param script as in package.json. */
export async function runThroughNpm(script: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { env = {}, input = '' } = options;
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, output: `${stdout}${stderr}` };
}
