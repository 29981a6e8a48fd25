/** `npm run demo`: plays the workflow. Signs a call with the demo key exactly as w.c.s. does, and prints both sides. */
import { parseArgs } from 'node:util';
import { newNonce } from '../lib/platform/random.ts';
import { encodeFormValue } from '../lib/publik/queryString.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { demoService, LocalProblem, type Running, readRunning, readSecrets } from './local/folder.ts';

const help = `Adds an item to pay to the local basket, or takes it back, as a workflow of w.c.s. does.

  npm run demo -- [options]               add-basket-item
  npm run demo -- remove <id> [options]   remove-basket-item

  --amount <euros>        10.05 unless given; several are summed
  --display-name <text>   what is paid for
  --url <address>         the form that asks; one of the stand-in's unless given
  --capture-date <day>    yyyy-mm-dd, day of the remittance to the bank
  --name-id <id>          the user; "demo-user" if neither this nor --email is given
  --email <address>
  --regie-id <id>         id or slug of the regie; the default one unless given
  --cancellable <yes|no>  whether the citizen may give the item up
  --notify <true|false>   (remove) whether the form is to be told
`;

const options = {
  amount: { type: 'string', multiple: true },
  'display-name': { type: 'string' },
  url: { type: 'string' },
  'capture-date': { type: 'string' },
  'name-id': { type: 'string' },
  email: { type: 'string' },
  'regie-id': { type: 'string' },
  cancellable: { type: 'string' },
  notify: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (cause) {
    throw new LocalProblem(`${(cause as Error).message}\n\n${help}`);
  }
}

type Values = ReturnType<typeof readArguments>['values'];
type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

interface Call {
  readonly path: string;
  readonly query: Parameters;
  readonly body: Parameters;
}

function addCall(values: Values): Call {
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

function removeCall(id: string, values: Values): Call {
  return {
    path: '/api/lingo/remove-basket-item',
    query: user(values),
    body: { basket_item_id: id, notify: values.notify },
  };
}

function user({ 'name-id': nameId, email }: Values): Parameters {
  return { NameId: nameId ?? (email === undefined ? 'demo-user' : undefined), email };
}

async function requireRunning(): Promise<Running> {
  const running = await readRunning();
  if (running !== undefined) return running;
  throw new LocalProblem('The basket is not running: "npm start" in another terminal first.');
}

/** @returns the id of the item that was added, if one was. */
async function send({ path, query, body }: Call): Promise<unknown> {
  const running = await requireRunning();
  const { services } = await readSecrets();
  const [key] = services[demoService]?.keys ?? [];
  if (key === undefined) throw new LocalProblem(`The local secrets have no key for the service ${demoService}.`);

  const pairs = Object.entries({ ...query, orig: demoService }).filter(([, value]) => value !== undefined);
  const queryString = pairs.map(([name, value]) => `${name}=${encodeFormValue(String(value))}`).join('&');
  const url = signUrl(`${running.publicUrl}${path}?${queryString}`, { key, timestamp: new Date(), nonce: newNonce() });
  console.log(`POST ${url}\n${JSON.stringify(body, null, 2)}\n`);

  const response = await fetch(url, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-type': 'application/json' },
    body: JSON.stringify(body),
    redirect: 'error',
  });
  const answer = (await response.json()) as Record<string, unknown>;
  console.log(`HTTP ${response.status}\n${JSON.stringify(answer, null, 2)}`);
  if (answer['err'] !== 0) process.exitCode = 1;
  return answer['id'];
}

async function add(values: Values): Promise<void> {
  const running = await requireRunning();
  const url = values.url ?? `${running.formsUrl}/demarche/${newNonce().slice(0, 4)}/`;
  // A form is busy while it waits for our answer; the stand-in is told so.
  if (values.url === undefined) await fetch(`${url}calls`, { method: 'POST' });
  const id = await send(addCall({ ...values, url }));
  if (typeof id !== 'string') return;
  const { 'name-id': nameId, email } = values;
  const sameUser = [nameId && ` --name-id '${nameId}'`, email && ` --email '${email}'`].filter(Boolean).join('');
  console.log(`\nThe form that asked, and hears: ${url}`);
  console.log(`Take it back: npm run demo -- remove ${id}${sameUser}`);
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, id, ...surplus] = positionals;
  const isAdd = command === undefined || (command === 'add' && id === undefined);
  if (values.help) console.log(help);
  else if (isAdd) await add(values);
  else if (command === 'remove' && id !== undefined && surplus.length === 0) await send(removeCall(id, values));
  else throw new LocalProblem(help);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof LocalProblem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
