/** The callers of part 2: workflows and citizens who do what they like, all at once, and who do not always get an answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newNonce } from '../lib/platform/random.ts';
import { encodeFormValue } from '../lib/publik/queryString.ts';
import { signUrl } from '../lib/publik/signature.ts';
import type { Fault } from '../standins/forms/faults.ts';
import { locationOf } from '../tests/loopbackServer.ts';
import { addPath, removePath, service, serviceKey } from '../tests/testBasket.ts';
import { buttons } from './bankModel.ts';
import type { Chance } from './chance.ts';
import type { Chaos } from './chaos.ts';
import type { Tally } from './tally.ts';
import type { Addition } from './verdict.ts';

/** An item whose address somebody holds. */
interface KnownItem {
  readonly id: string;
  readonly address: string;
}

/** What all callers share. */
export interface Crowd {
  readonly chaos: Chaos;
  readonly tally: Tally;
  readonly additions: (Addition & { readonly ids: string[] })[];
  readonly known: KnownItem[];
  /** Pages of the bank that somebody has left open. */
  readonly pages: string[];
  /** What goes wrong with the calls to each form, in order. */
  readonly formFaults: Map<string, readonly Fault[]>;
  /** Forms that may still be told to say nothing for ten seconds. */
  silencesLeft: number;
  /** Answers that no fault explains. */
  readonly oddAnswers: string[];
  isOver: boolean;
}

const formFaultKinds: readonly Fault[] = [
  'reset-before',
  'reset-after',
  'half-answer',
  'error-500',
  'bad-gateway-502',
  'unavailable-503',
  'rate-limited-429',
  'err-text',
  'err-null',
  'list-after',
  'err-1-after',
  'gzip-after',
  'empty-204-after',
  'html-after',
  'redirect-after',
  'error-500-after',
  'unavailable-503-after',
  { slowMs: 300 },
];

/** Ordinary ones, and those whose outcome is out of the ordinary but not a lie. */
const amountsCents = [
  1_005, 2_000, 1_500, 90001, 90002, 90003, 90004, 90005, 90006, 90007, 90009, 90009, 90009, 90009, 90010, 90011, 90013,
  90014, 90015,
];

/** One caller, until the crowd is told to end. */
export async function runCaller(crowd: Crowd, chance: Chance): Promise<void> {
  while (!crowd.isOver) {
    // Without an answer, a caller can do no more than go on.
    await act(crowd, chance).catch(() => undefined);
  }
}

function act(crowd: Crowd, chance: Chance): Promise<unknown> {
  const drawn = chance.fraction();
  // The newest ones most: several callers meet at them.
  const recent = crowd.known.slice(-30);
  if (drawn < 0.25 || recent.length === 0) return add(crowd, chance);
  const item = chance.among(recent);
  if (drawn < 0.37 && crowd.pages.length > 0)
    return press(crowd, chance.among(crowd.pages.slice(-60)), { outcome: 'paid' });
  if (drawn < 0.8) return payAndDecide(crowd, chance, item);
  if (drawn < 0.88) return remove(crowd, chance, item);
  return drawn < 0.95 ? press(crowd, `${item.address}/cancel`, { choice: 'remove' }) : press(crowd, item.address);
}

async function add(crowd: Crowd, chance: Chance): Promise<void> {
  const { chaos, additions } = crowd;
  const label = `addition ${additions.length}`;
  const form = `f${additions.length}`;
  const addition = { label, ids: [] as string[] };
  additions.push(addition);
  planFormFaults(crowd, chance, form);
  const target = sign(chaos, addPath, { NameId: 'ab1c', cancellable: 'oui' });
  const amount = (chance.among(amountsCents) / 100).toFixed(2);
  const body = { amount, display_name: label, url: chaos.formsOf(form).formUrl(form) };
  const once = async () => {
    const answer = await post(crowd, target, body);
    if (answer.status !== 200) return;
    const { id, payment_url: address } = JSON.parse(answer.text) as { id: string; payment_url: string };
    addition.ids.push(id);
    crowd.known.push({ id, address });
  };
  // Something between w.c.s. and us may repeat a call: at once, or later.
  const repeats = chance.fraction() < 0.2 ? 3 : 1;
  const isAtOnce = chance.fraction() < 0.7;
  if (isAtOnce) await Promise.allSettled(Array.from({ length: repeats }, once));
  else for (let sent = 0; sent < repeats; sent += 1) await once().catch(() => undefined);
}

function planFormFaults(crowd: Crowd, chance: Chance, form: string): void {
  const { chaos, formFaults } = crowd;
  if (chance.fraction() < 0.5) return;
  const faults = Array.from({ length: 1 + chance.below(3) }, () => chance.among(formFaultKinds));
  // One that refuses for long is given up, and rightly so.
  const refusal = chance.among([undefined, undefined, 'html-200', 'err-1', 'empty-204', 'redirect'] as const);
  if (refusal !== undefined) faults.splice(chance.below(faults.length), 1, refusal);
  if (crowd.silencesLeft > 0 && chance.fraction() < 0.05) {
    crowd.silencesLeft -= 1;
    faults.unshift({ slowMs: 10_000 });
  }
  formFaults.set(form, faults);
  chaos.formsOf(form).behave(form, faults);
}

/** Pays, decides at the bank, sometimes twice, and sometimes comes back. */
async function payAndDecide(crowd: Crowd, chance: Chance, { address }: KnownItem): Promise<void> {
  const tabs = chance.fraction() < 0.15 ? 2 : 1;
  const payments = Array.from({ length: tabs }, () => press(crowd, `${address}/pay`, {}));
  const [first] = (await Promise.allSettled(payments)).filter((payment) => payment.status === 'fulfilled');
  const page = await pageAtBank(crowd, first?.value.location);
  if (page === undefined) return;
  crowd.pages.push(page);
  if (chance.fraction() < 0.35) return;
  const outcome = chance.fraction() < 0.7 ? 'paid' : chance.among(buttons);
  const presses = 1 + Number(chance.fraction() < 0.2);
  for (let pressed = 0; pressed < presses; pressed += 1) {
    const { location } = await press(crowd, page, { outcome });
    const isBack = location?.includes('/payment/return/') === true && chance.fraction() < 0.6;
    if (isBack && location !== undefined) await press(crowd, location);
  }
}

/** The bank's page, where a payment leads there: at once, or by a page between with a form of one field. */
async function pageAtBank(crowd: Crowd, location: string | undefined): Promise<string | undefined> {
  if (location?.includes('/sandbox/pay/') === true) return location;
  if (location?.endsWith('/pay') !== true) return undefined;
  const { text } = await press(crowd, location);
  const [, id] = /name="id" value="([^"]+)"/.exec(text) ?? [];
  return id === undefined ? undefined : `${crowd.chaos.edgeUrl}/sandbox/pay/${id}`;
}

async function remove(crowd: Crowd, chance: Chance, { id }: KnownItem): Promise<void> {
  const target = sign(crowd.chaos, removePath, { NameId: 'ab1c' });
  await post(crowd, target, { basket_item_id: id, notify: String(chance.fraction() < 0.5) });
}

function sign(chaos: Chaos, path: string, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries({ ...query, orig: service }).map(([name, value]) => `${name}=${encodeFormValue(value)}`);
  const signing = { key: serviceKey, timestamp: chaos.now(), nonce: newNonce() };
  return `${chaos.edgeUrl}${signUrl(`${path}?${pairs.join('&')}`, signing)}`;
}

interface PageAnswer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
}

function post(crowd: Crowd, target: string, body: unknown): Promise<PageAnswer> {
  return exchange(crowd, target, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function press(crowd: Crowd, url: string, form?: Record<string, string>): Promise<PageAnswer> {
  return exchange(crowd, url, form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) });
}

/** An internal error is no answer to a fault. */
async function exchange({ tally, oddAnswers }: Crowd, url: string, options: RequestInit): Promise<PageAnswer> {
  tally.count('requests under faults');
  try {
    const response = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.timeout(30_000) });
    const text = await response.text();
    tally.count(`requests under faults answered ${response.status}`);
    if (response.status === 500) oddAnswers.push(`500 from ${new URL(url).pathname.slice(0, 40)}`);
    return { status: response.status, text, location: locationOf(response) || undefined };
  } catch (cause) {
    tally.count('requests under faults without an answer');
    // Nobody may be there: not to be asked again at once.
    await sleep(50);
    throw cause;
  }
}
