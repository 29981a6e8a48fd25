/** `npm run smoke`: the first command after a deployment. Makes real calls, on behalf of a known service, and looks at the log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newNonce } from '../lib/platform/random.ts';
import { toSecrets } from '../lib/platform/secretParameters.ts';
import { encodeFormValue } from '../lib/publik/queryString.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { defineCommand, runCommand } from './command/command.ts';
import type { Values } from './command/commandLine.ts';
import { CommandProblem } from './command/commandProblem.ts';
import { explainError } from './operator/explainError.ts';
import { cloudwatchLogs, type FunctionLogs, fileLogs } from './operator/functionLogs.ts';
import { openPlace, type Place, placeOptions } from './operator/place.ts';
import { valuesOf } from './operator/secretsRegister.ts';

const options = {
  service: { type: 'string', value: '<host>', about: 'the w.c.s. to call for; needed where there are several' },
  'regie-id': { type: 'string', value: '<id>', about: 'id or slug of the regie; the default one without it' },
  amount: { type: 'string', value: '<euros>', about: '1.00 without it' },
  ...placeOptions,
} as const;

type SmokeValues = Values<typeof options>;

const addPath = '/api/lingo/add-basket-item';
const removePath = '/api/lingo/remove-basket-item';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the answer is no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

interface Smoke {
  readonly publicUrl: string;
  readonly service: string;
  readonly key: string;
  readonly user: string;
  readonly values: SmokeValues;
  /** What no log may hold. */
  readonly secretTexts: string[];
}

/** A fact that was looked at: undefined when it is as it should be, else what was found instead. */
type Check = readonly [what: string, fault: string | undefined];

export const main = defineCommand(
  {
    name: 'npm run smoke',
    about: `Checks a stage after a deployment: adds an item, replays the call, looks at its page, takes it back, and reads the log.
Nobody pays, and no form is told.`,
    options,
  },
  async ({ values }, terminal) => {
    const place = await openPlace(values);
    const smoke = await prepare(place, values);
    const since = new Date();
    const checks = [...(await callUnsigned(smoke)), ...(await followItem(smoke))];
    checks.push(...(await readLogs(place, smoke, since)));
    const lines = checks.map(([what, fault]) =>
      fault === undefined ? `ok      ${what}` : `FAILED  ${what}: ${fault}`,
    );
    const failed = checks.filter(([, fault]) => fault !== undefined).length;
    const verdict = failed === 0 ? `All is well at ${smoke.publicUrl}` : `${failed} of ${checks.length} failed.`;
    terminal.print(`${lines.join('\n')}\n${verdict}`);
    return failed === 0 ? 0 : 1;
  },
  explainError,
);

async function prepare({ secrets }: Place, values: SmokeValues): Promise<Smoke> {
  const { services } = toSecrets(valuesOf(await secrets.load()));
  const known = Object.keys(services);
  const { service = known.length === 1 ? known[0] : undefined } = values;
  if (known.length === 0) throw new CommandProblem('No service may call yet: npm run secrets -- add-service <host>');
  if (service === undefined) throw new CommandProblem(`On whose behalf? --service, one of: ${known.join(', ')}`);
  const key = Object.hasOwn(services, service) ? services[service]?.keys[0] : undefined;
  if (key === undefined) throw new CommandProblem(`There is no service ${service}: npm run secrets -- list`);
  const user = newUser();
  const secretTexts = [user, encodeFormValue(user)];
  return { publicUrl: await secrets.publicUrl(), service, key, user, values, secretTexts };
}

/** Every character that some client or gateway is known to write anew; the number makes it this run's own. */
function newUser(): string {
  return `smoke/+~*é ${newNonce().slice(0, 8)}`;
}

/** What anybody is answered. */
async function callUnsigned({ publicUrl }: Smoke): Promise<Check[]> {
  const [unsigned, method, unknown] = await Promise.all([
    send(`${publicUrl}${addPath}?NameId=smoke`, { body: '{}' }),
    send(`${publicUrl}${addPath}`, { method: 'GET' }),
    send(`${publicUrl}/smoke`, { method: 'GET' }),
  ]);
  const allow = method.headers.get('allow');
  return [
    refusal('a call without a signature', unsigned, [403, 'access-denied']),
    refusal('GET instead of POST', method, [405, 'method-not-allowed']),
    ['GET instead of POST: Allow', allow === 'POST' ? undefined : `it is ${allow}`],
    refusal('an address that there is not', unknown, [404, 'not-found']),
  ];
}

/** An item from its addition to its removal, and its page on the way. */
async function followItem(smoke: Smoke): Promise<Check[]> {
  const { publicUrl, user, values } = smoke;
  const query = { NameId: user, cancellable: 'no', ...(values['regie-id'] && { regie_id: values['regie-id'] }) };
  const target = sign(smoke, addPath, query);
  const body = JSON.stringify({ amount: values.amount ?? '1.00', display_name: 'Essai / smoke test' });
  const added = await send(target, { body });
  const { id, payement_url: address } = added.body;
  const isAdded = added.status === 200 && typeof id === 'string' && typeof address === 'string';
  const checks: Check[] = [['an item is added', isAdded ? undefined : found(added)]];
  if (!isAdded) return checks;
  smoke.secretTexts.push(address.split('/').at(-1) ?? address);

  checks.push(['its address is of this stage', address.startsWith(`${publicUrl}/payment/`) ? undefined : address]);
  checks.push(refusal('the same signed URL again', await send(target, { body }), [403, 'nonce-already-used']));
  const page = await send(address, { method: 'GET' });
  const isWhole = page.status === 200 && page.text.includes('Essai / smoke test') && !page.text.includes('smoke/+~*');
  checks.push(['its page has the label, and not the user', isWhole ? undefined : `HTTP ${page.status}`]);
  const policy = page.headers.get('content-security-policy') ?? '';
  checks.push(['its page has its security headers', policy.includes("frame-ancestors 'none'") ? undefined : policy]);
  for (const what of ['it is taken back', 'it is taken back again, which is a success']) {
    const removed = await send(sign(smoke, removePath, { NameId: user }), {
      body: JSON.stringify({ basket_item_id: id }),
    });
    checks.push([what, removed.status === 200 && removed.body['err'] === 0 ? undefined : found(removed)]);
  }
  return checks;
}

function sign({ publicUrl, service, key, secretTexts }: Smoke, path: string, query: Record<string, string>): string {
  const pairs = Object.entries({ ...query, orig: service }).map(([name, value]) => `${name}=${encodeFormValue(value)}`);
  const nonce = newNonce();
  const signed = signUrl(`${publicUrl}${path}?${pairs.join('&')}`, { key, timestamp: new Date(), nonce });
  secretTexts.push(nonce, signed.split('signature=')[1] ?? nonce);
  return signed;
}

async function send(url: string, request: RequestInit): Promise<Answer> {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'accept-language': 'fr' };
  try {
    const answer = await fetch(url, { method: 'POST', headers, redirect: 'manual', ...request });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parseObject(text) };
  } catch (cause) {
    throw new CommandProblem(
      `${new URL(url).origin} does not answer: ${((cause as Error).cause as Error)?.message ?? cause}`,
    );
  }
}

function parseObject(text: string): Answer['body'] {
  try {
    return Object(JSON.parse(text)) as Answer['body'];
  } catch {
    return {};
  }
}

function refusal(what: string, answer: Answer, [status, errClass]: readonly [number, string]): Check {
  const isSo = answer.status === status && answer.body['err'] === 1 && answer.body['err_class'] === errClass;
  return [`${what} is refused: ${errClass}`, isSo ? undefined : found(answer)];
}

function found({ status, body }: Answer): string {
  return `HTTP ${status} ${String(body['err_class'] ?? '')} ${String(body['err_desc'] ?? '')}`.trim();
}

/** CloudWatch has a line some seconds after it was written. */
async function readLogs({ settings, isLocal }: Place, { service, secretTexts }: Smoke, since: Date): Promise<Check[]> {
  const logs = isLocal ? fileLogs : cloudwatchLogs(settings.region, `${settings.service}-${settings.stage}`);
  const wanted = ['"nonce-already-used"', '"signature-missing"'];
  const lines = await waitFor(logs, wanted, since);
  const missing = wanted.filter((text) => !lines.some((line) => line.includes(text)));
  const leaks = await logs.find(secretTexts, since);
  return [
    ['the log says why each call was refused', missing.length === 0 ? undefined : `it has no ${missing.join(', ')}`],
    ['the log names the service', lines.some((line) => line.includes(service)) ? undefined : 'it does not'],
    [
      'the log has neither user, nonce, signature nor address',
      leaks.length === 0 ? undefined : `${leaks.length} lines`,
    ],
  ];
}

async function waitFor(logs: FunctionLogs, wanted: readonly string[], since: Date): Promise<string[]> {
  let lines: string[] = [];
  for (let tries = 0; tries < 20; tries += 1) {
    lines = await logs.find(wanted, since);
    if (wanted.every((text) => lines.some((line) => line.includes(text)))) return lines;
    await sleep(1_500);
  }
  return lines;
}

if (import.meta.main) await runCommand(main);
