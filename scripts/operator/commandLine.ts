/** Reads the command line of an operator's command: its name, its arguments and its options. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { LocalProblem } from '../local/folder.ts';
import { placeOptions } from './place.ts';

interface CommandShape {
  readonly argumentCount: number;
  /** Those that it takes, beside those of every command. */
  readonly options?: readonly string[];
}

/** @throws LocalProblem with the help, unless the line is that of a command. */
export function readCommandLine<Options extends ParseArgsOptionsConfig, Command extends CommandShape>(
  help: string,
  options: Options,
  commands: Readonly<Record<string, Command>>,
) {
  const { positionals, values } = parseCommandLine(help, options);
  const [name = '', ...args] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const allowed = [...(command?.options ?? []), ...Object.keys(placeOptions)];
  const hasStrayOptions = Object.keys(values).some((option) => !allowed.includes(option));
  if (command === undefined || args.length !== command.argumentCount || hasStrayOptions) throw new LocalProblem(help);
  return { command, args, values };
}

/** The options, with what else there is. @throws LocalProblem with the help when there is one that is not known. */
export function parseCommandLine<Options extends ParseArgsOptionsConfig>(help: string, options: Options) {
  if (process.argv.some((word) => word === '--help' || word === '-h')) {
    console.log(help);
    process.exit(0);
  }
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (cause) {
    throw new LocalProblem(`${(cause as Error).message}\n\n${help}`);
  }
}
