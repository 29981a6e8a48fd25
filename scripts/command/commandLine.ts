/** Reads the command line of any command: its action, the words after it and its options. Pure. */
import { parseArgs } from 'node:util';
import { CommandProblem } from './commandProblem.ts';
import { type Action, describeUsage, type Option, type Options, optionsOf, type Program } from './program.ts';

/** By the names of the options, what was given. */
export type Values<ItsOptions extends Options> = { readonly [Name in keyof ItsOptions]?: Value<ItsOptions[Name]> };

type Value<ItsOption extends Option> = ItsOption extends { readonly type: 'boolean' }
  ? boolean
  : ItsOption extends { readonly multiple: true }
    ? readonly string[]
    : string;

export interface CommandLine<ItsOptions extends Options, ItsAction extends Action> {
  /** Of a command that has actions. */
  readonly action: ItsAction;
  /** As many as the action has. */
  readonly words: readonly string[];
  readonly values: Values<ItsOptions>;
}

const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction' });

type Token = ReturnType<typeof split>['tokens'][number];
type OptionToken = Extract<Token, { readonly kind: 'option' }>;

/** @returns undefined when the line asks for help. @throws CommandProblem with the usage when the command takes no such line. */
export function readCommandLine<ItsOptions extends Options, ItsAction extends Action>(
  program: Program<ItsOptions, ItsAction>,
  args: readonly string[],
): CommandLine<ItsOptions, ItsAction> | undefined {
  const { tokens, positionals, values } = split(program, args);
  const given = tokens.filter((token) => token.kind === 'option');
  if (given.some(({ name }) => name === 'help')) return undefined;
  const { actions, defaultAction } = program;
  const [first = defaultAction, ...others] = positionals;
  const [name, words] = actions === undefined ? [undefined, positionals] : [first, others];
  const isKnown = name !== undefined && Object.hasOwn(actions ?? {}, name);
  const fault =
    findFault(given.map((token) => faultOfOption(program, token))) ??
    (actions === undefined || isKnown ? faultOfAction(program, name, { words, given }) : faultOfName(name));
  if (fault !== undefined) throw new CommandProblem(`${fault}\n${describeUsage(program, isKnown ? name : undefined)}`);
  return { action: actions?.[name ?? ''] as ItsAction, words, values: values as Values<ItsOptions> };
}

/** Takes whatever there is: Node's own sentences about it are for developers. */
function split({ options }: Program, args: readonly string[]) {
  const help = { type: 'boolean', short: 'h' } as const;
  const known = Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]);
  return parseArgs({
    args: [...args],
    options: { ...(Object.fromEntries(known) as Record<string, { type: 'string' | 'boolean' }>), help },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
}

/** What is wrong with an option, whatever it goes with. */
function faultOfOption({ options }: Program, { name, rawName, value, inlineValue }: OptionToken): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) return `The command has no option ${rawName}.`;
  if (option.type === 'boolean') return value === undefined ? undefined : `The option ${rawName} takes no value.`;
  if (value === undefined) return `The option ${rawName} needs a value.`;
  if (!inlineValue && /^-./.test(value)) {
    return `The option ${rawName} needs a value. Write ${rawName}=${value} for a value that begins with a hyphen.`;
  }
  const { choices = [value] } = option;
  return choices.includes(value) ? undefined : `The option ${rawName} takes ${alternatives.format(choices)}.`;
}

function faultOfName(name: string | undefined): string {
  return name === undefined ? 'The first word must say what to do.' : `The command has no action "${name}".`;
}

interface Given {
  readonly words: readonly string[];
  readonly given: readonly OptionToken[];
}

/** What is missing for an action, or for a command without actions, and what does not go with it. */
function faultOfAction(program: Program, action: string | undefined, { words, given }: Given): string | undefined {
  const taken = optionsOf(program, action);
  const stray = given.find(({ name }) => !taken.some(([option]) => option === name));
  if (stray !== undefined) return `The option ${stray.rawName} does not go with "${action}".`;
  const wanted = (action === undefined ? undefined : program.actions?.[action]?.words) ?? [];
  if (words.length > wanted.length) return `There is one word too many: ${words[wanted.length]}`;
  const needing = action === undefined ? 'The command' : `"${action}"`;
  if (words.length < wanted.length) return `${needing} needs ${wanted.slice(words.length).join(' ')}.`;
  const missing = taken.find(([option, { isNeeded }]) => isNeeded && !given.some(({ name }) => name === option));
  return missing && `${needing} needs --${missing[0]}.`;
}

function findFault(faults: readonly (string | undefined)[]): string | undefined {
  return faults.find((fault) => fault !== undefined);
}
