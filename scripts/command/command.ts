/** What every command has in common: it reads its line, helps, does its work, and says in a sentence why it could not. */
import type { Readable } from 'node:stream';
import { type CommandLine, readCommandLine } from './commandLine.ts';
import { CommandProblem } from './commandProblem.ts';
import { type Action, describeProgram, type Options, type Program } from './program.ts';

/** Where a command reads and writes. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  /** What was asked for, a text with its line end to come. */
  print(text: string): void;
  /** What is wrong, or how far the work is: kept apart from what was asked for. */
  warn(text: string): void;
}

/** A whole command, given what stands after its name. @returns its exit code. @throws Error of a fault in the code alone. */
export type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

/** The work of a command. @returns its exit code, 0 when it says nothing of it. @throws CommandProblem. */
export type Work<ItsOptions extends Options, ItsAction extends Action> = (
  line: CommandLine<ItsOptions, ItsAction>,
  terminal: Terminal,
) => Promise<number | undefined>;

/** @param explain a sentence for errors of others that are no fault in the code. */
export function defineCommand<ItsOptions extends Options, ItsAction extends Action>(
  program: Program<ItsOptions, ItsAction>,
  work: Work<ItsOptions, ItsAction>,
  explain: (error: unknown) => string | undefined = () => undefined,
): Command {
  return async (args, terminal) => {
    try {
      const line = readCommandLine(program, args);
      if (line !== undefined) return (await work(line, terminal)) ?? 0;
      terminal.print(describeProgram(program));
      return 0;
    } catch (error) {
      const sentence = error instanceof CommandProblem ? error.message : explain(error);
      if (sentence === undefined) throw error;
      terminal.warn(sentence);
      return 1;
    }
  };
}

const processTerminal: Terminal = {
  // Not before it is wanted: an input that was looked at may keep the process alive.
  get input() {
    return process.stdin;
  },
  print: (text) => console.log(text),
  warn: (text) => console.error(text),
};

/** Runs a command as this process. */
export async function runCommand(command: Command): Promise<void> {
  process.exitCode = await command(process.argv.slice(2), processTerminal);
}
