/** What a command takes, and the help that says so. Pure. */

export interface Option {
  readonly type: 'string' | 'boolean';
  /** It may be given several times. */
  readonly multiple?: boolean;
  /** How its value is named in the help: `<euros>`. */
  readonly value?: string;
  /** The values that it takes, where there are few. */
  readonly choices?: readonly string[];
  /** Whether what it goes with cannot do without it. */
  readonly isNeeded?: boolean;
  /** What it is for: the end of a line of the help. */
  readonly about: string;
}

export type Options = Readonly<Record<string, Option>>;

/** One thing that a command does: the first word of its line, and what follows. */
export interface Action {
  /** How the words that follow are named in the help: `['<id>']`. */
  readonly words?: readonly string[];
  /** The options that are its own. An option that no action has for its own goes with every action. */
  readonly options?: readonly string[];
  readonly about: string;
}

export interface Program<ItsOptions extends Options = Options, ItsAction extends Action = Action> {
  /** As it is typed: `npm run item`. */
  readonly name: string;
  /** What it does, in one sentence or two. */
  readonly about: string;
  readonly options: ItsOptions;
  /** By their first word. A command without actions takes options alone. */
  readonly actions?: Readonly<Record<string, ItsAction>>;
  /** The action that is meant when there is no word. */
  readonly defaultAction?: string;
  /** What else a reader of the help should know. */
  readonly notes?: string;
}

/** All that `--help` prints. */
export function describeProgram(program: Program): string {
  const { about, notes } = program;
  const options = Object.entries(program.options).map((option) => describeOption(program, option));
  const help = ['-h, --help', 'shows this help'] as const;
  const parts = [about, `Usage:\n${describeActions(program)}`, `Options:\n${columns([...options, help])}`, notes];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

/** How to use the command, for whoever mistyped it: the action that they meant or, where that is unknown, all of them. */
export function describeUsage(program: Program, action?: string): string {
  if (program.actions !== undefined && action === undefined) return `Usage:\n${describeActions(program)}`;
  const options = optionsOf(program, action).map(([name, option]) => {
    const text = optionText(name, option);
    return option.isNeeded ? text : `[${text}]`;
  });
  return `Usage: ${lineOf(program, action, options)}`;
}

/** The options that go with an action, or with a command without actions. */
export function optionsOf({ options, actions = {} }: Program, action: string | undefined): [string, Option][] {
  return Object.entries(options).filter(([name]) => {
    const owners = ownersOf(actions, name);
    return owners.length === 0 || (action !== undefined && owners.includes(action));
  });
}

/** A line for each action: the options that it needs, and whether it has others of its own. */
function describeActions(program: Program): string {
  const { actions } = program;
  if (actions === undefined) return columns([[lineOf(program, undefined, shorten(optionsOf(program, undefined))), '']]);
  const lines = Object.entries(actions).map(([name, { options = [], about }]) => {
    const own = optionsOf(program, name).filter(([option]) => options.includes(option));
    return [lineOf(program, name, shorten(own)), about] as const;
  });
  return columns(lines);
}

function shorten(options: readonly [string, Option][]): string[] {
  const needed = options
    .filter(([, { isNeeded = false }]) => isNeeded)
    .map(([name, option]) => optionText(name, option));
  return needed.length === options.length ? needed : [...needed, '[options]'];
}

function lineOf({ name, actions, defaultAction }: Program, action: string | undefined, options: string[]): string {
  const word = action === defaultAction ? `[${action}]` : action;
  const words = word === undefined || action === undefined ? [] : [word, ...(actions?.[action]?.words ?? [])];
  const parts = [...words, ...options];
  return parts.length === 0 ? name : [name, '--', ...parts].join(' ');
}

function describeOption({ actions = {} }: Program, [name, option]: [string, Option]): [string, string] {
  const owners = ownersOf(actions, name);
  const only = owners.length === 0 ? '' : `(${owners.join(', ')}) `;
  return [optionText(name, option), `${only}${option.about}`];
}

function ownersOf(actions: Readonly<Record<string, Action>>, option: string): string[] {
  return Object.keys(actions).filter((action) => actions[action]?.options?.includes(option));
}

function optionText(name: string, { value = '<text>', choices, type }: Option): string {
  return type === 'boolean' ? `--${name}` : `--${name} ${choices?.join('|') ?? value}`;
}

/** Two columns, a little to the right. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd()).join('\n');
}
