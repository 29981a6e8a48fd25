/** `npm run demo`: plays the workflow. Signs a call with the demo key exactly as w.c.s. does, and prints both sides. */
import { newNonce } from '../lib/platform/random.ts';
import { encodeFormValue } from '../lib/publik/queryString.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { defineCommand, runCommand, type Terminal } from './command/command.ts';
import type { Values } from './command/commandLine.ts';
import { CommandProblem } from './command/commandProblem.ts';
import type { Action, Program } from './command/program.ts';
import { demoService, type Running, readRunning, readSecrets } from './local/folder.ts';

const options = {
  amount: { type: 'string', multiple: true, value: '<euros>', about: '10.05 without it; several are summed' },
  'display-name': { type: 'string', value: '<text>', about: 'what the citizen pays for' },
  url: { type: 'string', value: '<address>', about: "the form that asks; one of the stand-in's without it" },
  'capture-date': { type: 'string', value: '<day>', about: 'the day when the bank takes the money, yyyy-mm-dd' },
  'name-id': { type: 'string', value: '<id>', about: 'the user; "demo-user" without this and --email' },
  email: { type: 'string', value: '<address>', about: "the user's email address" },
  'regie-id': { type: 'string', value: '<id>', about: 'id or slug of the regie; the default one without it' },
  cancellable: { type: 'string', value: '<yes|no>', about: 'whether the citizen may give the item up' },
  notify: { type: 'string', value: '<true|false>', about: 'whether the form is told' },
} as const;

interface DemoAction extends Action {
  readonly options: readonly (keyof typeof options)[];
  readonly run: (terminal: Terminal, values: DemoValues, word: string) => Promise<number>;
}

const actions: Readonly<Record<string, DemoAction>> = {
  add: {
    options: ['amount', 'display-name', 'url', 'capture-date', 'regie-id', 'cancellable'],
    about: 'calls add-basket-item',
    run: add,
  },
  remove: {
    words: ['<id>'],
    options: ['notify'],
    about: 'calls remove-basket-item',
    run: async (terminal, values, id) => (await send(terminal, removeCall(id, values))).exitCode,
  },
};

const program: Program<typeof options, DemoAction> = {
  name: 'npm run demo',
  about: 'Adds an item to pay to the local basket, or takes it back, as a workflow of w.c.s. does.',
  options,
  actions,
  defaultAction: 'add',
  notes: 'The basket checks what the options say: a wrong value shows how it refuses.',
};

export const main = defineCommand(program, ({ action, words, values }, terminal) =>
  action.run(terminal, values, words[0] ?? ''),
);

type DemoValues = Values<typeof options>;
type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

interface Call {
  readonly path: string;
  readonly query: Parameters;
  readonly body: Parameters;
}

function addCall(values: DemoValues): Call {
  const { amount = ['10.05'] } = values;
  return {
    path: '/api/lingo/add-basket-item',
    query: { ...user(values), regie_id: values['regie-id'], cancellable: values.cancellable },
    body: {
      amount: amount.length === 1 ? amount[0] : amount,
      capture_date: values['capture-date'],
      display_name: values['display-name'],
      url: values.url,
    },
  };
}

function removeCall(id: string, values: DemoValues): Call {
  return {
    path: '/api/lingo/remove-basket-item',
    query: user(values),
    body: { basket_item_id: id, notify: values.notify },
  };
}

function user({ 'name-id': nameId, email }: DemoValues): Parameters {
  return { NameId: nameId ?? (email === undefined ? 'demo-user' : undefined), email };
}

async function requireRunning(): Promise<Running> {
  const running = await readRunning();
  if (running !== undefined) return running;
  throw new CommandProblem('The basket is not running: "npm start" in another terminal first.');
}

async function send(terminal: Terminal, { path, query, body }: Call): Promise<{ exitCode: number; id: unknown }> {
  const running = await requireRunning();
  const { services } = await readSecrets();
  const [key] = services[demoService]?.keys ?? [];
  if (key === undefined) throw new CommandProblem(`The local secrets have no key for the service ${demoService}.`);

  const pairs = Object.entries({ ...query, orig: demoService }).filter(([, value]) => value !== undefined);
  const queryString = pairs.map(([name, value]) => `${name}=${encodeFormValue(String(value))}`).join('&');
  const url = signUrl(`${running.publicUrl}${path}?${queryString}`, { key, timestamp: new Date(), nonce: newNonce() });
  terminal.print(`POST ${url}\n${JSON.stringify(body, null, 2)}\n`);

  const response = await fetch(url, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
  });
  const answer = (await response.json()) as Record<string, unknown>;
  terminal.print(`HTTP ${response.status}\n${JSON.stringify(answer, null, 2)}`);
  return { exitCode: answer['err'] === 0 ? 0 : 1, id: answer['id'] };
}

async function add(terminal: Terminal, values: DemoValues): Promise<number> {
  const running = await requireRunning();
  const url = values.url ?? `${running.formsUrl}/demarche/${newNonce().slice(0, 4)}/`;
  // A form is busy while it waits for our answer; the stand-in is told so.
  if (values.url === undefined) await fetch(`${url}calls`, { method: 'POST' });
  const { exitCode, id } = await send(terminal, addCall({ ...values, url }));
  if (typeof id !== 'string') return exitCode;
  const { 'name-id': nameId, email } = values;
  const sameUser = [nameId && ` --name-id '${nameId}'`, email && ` --email '${email}'`].filter(Boolean).join('');
  terminal.print(`\nThe form that asked, and hears: ${url}`);
  terminal.print(`Take it back: npm run demo -- remove ${id}${sameUser}`);
  return exitCode;
}

if (import.meta.main) await runCommand(main);
