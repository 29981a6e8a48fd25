/** What a run of commands acts on: the real basket over HTTP, and the model that says what must come of it. */
import assert from 'node:assert/strict';
import { putRegie, type RegieFile } from '../lib/regie/administerRegies.ts';
import { type FormServer, startFormServer } from '../standins/forms/server.ts';
import {
  type Answer,
  type addPath,
  type CallParts,
  regies,
  type removePath,
  secrets,
  service,
  startTestBasket,
  type TestBasket,
} from '../tests/testBasket.ts';
import { attend, type ModelItem, type Moment } from './model.ts';
import type { Tally } from './tally.ts';

/** More runs of attendItems than anything here may take to come to rest. */
const longestUnrest = 40;

export interface RegieState {
  isActive: boolean;
  minimumCents: number;
  maximumCents: number;
}

/** A signed URL that was used, with what a replay of it needs. */
export interface SentCall {
  readonly path: string;
  readonly target: string;
  readonly body: unknown;
  readonly atMs: number;
  readonly keyNumber: number;
}

export interface Model {
  readonly items: ModelItem[];
  readonly regies: Map<string, RegieState>;
  readonly sent: SentCall[];
  /** Keys are numbered; this one and the one before are believed. */
  keyNumber: number;
}

export interface World {
  readonly basket: TestBasket;
  readonly forms: FormServer;
  readonly tally: Tally;
  /** By the index of the model's item. */
  readonly ids: string[];
  readonly addresses: string[];
  /** Of the bank, by item and attempt. */
  readonly bankPages: Map<string, string>;
  stop(): Promise<void>;
}

export const keyText = (number: number): string => `key-${number}`;

/** More rotations than a run has. */
const allKeys = Array.from({ length: 200 }, (_, number) => keyText(number));

export function createModel(): Model {
  return {
    items: [],
    regies: new Map([
      ['cantine', { isActive: true, minimumCents: 1, maximumCents: 10_000_000 }],
      ['12', { isActive: true, minimumCents: 200, maximumCents: 1_000 }],
      ['mail', { isActive: true, minimumCents: 1, maximumCents: 10_000_000 }],
    ]),
    sent: [],
    keyNumber: 1,
  };
}

export async function startWorld(tally: Tally): Promise<World> {
  const basket = await startTestBasket({ isBrowsable: true });
  const forms = await startFormServer({ key: allKeys, now: () => basket.clock.now() });
  const world: World = {
    basket,
    forms,
    tally,
    ids: [],
    addresses: [],
    bankPages: new Map(),
    async stop() {
      await forms.stop();
      await basket.stop();
    },
  };
  await writeKeys(world, 1);
  return world;
}

/** Two keys of each kind are believed, so that nobody need change at once; the new one signs. */
export async function writeKeys({ basket, forms }: World, number: number): Promise<void> {
  const keys = [keyText(number), keyText(number - 1)];
  const aliases = [new URL(forms.url).host];
  const services = { ...secrets.services, [service]: { keys, aliases } };
  await basket.writeSecrets({ ...secrets, services, linkKeys: keys });
}

export async function changeRegie({ basket }: World, id: string, change: Partial<RegieFile>): Promise<void> {
  const file = regies.find((regie) => regie.id === id);
  assert(file !== undefined);
  await putRegie(basket.register, { ...file, ...change });
}

/** Signs, sends and remembers a call. */
export async function sendCall(
  { model, world }: { model: Model; world: World },
  path: typeof addPath | typeof removePath,
  { keyNumber = model.keyNumber, ...parts }: CallParts & { readonly keyNumber?: number },
): Promise<Answer> {
  const { basket } = world;
  const target = basket.sign(path, { ...parts, key: keyText(keyNumber) });
  const call = { path, target, body: parts.body, atMs: basket.clock.now().getTime(), keyNumber };
  const answer = await basket.send(target, { body: parts.body });
  world.tally.count('calls');
  if (answer.status === 200) model.sent.push(call);
  return answer;
}

export function momentOf({ model, world }: { model: Model; world: World }): Moment {
  return { nowMs: world.basket.clock.now().getTime(), keyNumber: model.keyNumber };
}

/** How a call ended, in one word. */
export function wordOf({ status, body }: Answer): string {
  return status === 200 ? 'done' : `${status} ${body['err_class']}`;
}

/** A browser's request, which follows nothing by itself. */
export async function browse(world: World, url: string, form?: Record<string, string>): Promise<Response> {
  world.tally.count('page requests');
  const posted = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  return fetch(url, { redirect: 'manual', ...posted });
}

/**
 * Time passes; unless nobody attends, all that has become due is done, by one run after the other or by several at once, as
 * when the stream and the schedule meet.
 */
export async function passTime(
  { model, world }: { model: Model; world: World },
  milliseconds: number,
  runsAtOnce = 1,
): Promise<void> {
  const { basket } = world;
  basket.clock.advance(milliseconds);
  if (runsAtOnce === 0) return;
  for (let runs = 0; ; runs += 1) {
    // Of several at once, one would tell a form while another still brings the news that it is not to be told.
    await basket.tickBank();
    await Promise.all(Array.from({ length: runsAtOnce }, () => basket.attend()));
    world.tally.count('runs of attendItems', runsAtOnce);
    const { keys } = await basket.deps.store.listDue(basket.clock.now(), 1);
    if (keys.length === 0) break;
    assert(runs < longestUnrest, 'attendItems does not come to rest');
  }
  attend(model.items, momentOf({ model, world }));
}

/** The row says what the model says, to everything that matters; and the form has heard just that. */
export async function checkItem({ model, world }: { model: Model; world: World }, index: number): Promise<void> {
  const expected = model.items[index];
  const row = await world.basket.deps.store.read(world.ids[index] ?? '');
  assert(expected !== undefined && row !== undefined, `item ${index} is lost`);
  const nowMs = world.basket.clock.now().getTime();
  const attempts = expected.attempts.flatMap(({ state }, number) =>
    // A failed one makes room when there are many.
    row.payments[number + 1] === undefined && state === 'failed' ? [] : [[String(number + 1), state]],
  );
  const { notice } = expected;
  assert.deepStrictEqual(
    {
      state: row.state,
      cancelledBy: row.cancelledBy,
      paidBy: row.paidBy,
      attempts: Object.entries(row.payments).map(([id, { state }]) => [id, state]),
      isLocked: row.lockedUntil !== undefined && Date.parse(row.lockedUntil) > nowMs,
      alerts: Object.entries(row.alerts ?? {}).map(([id, { kind }]) => [id, kind]),
      notice: row.notice === undefined ? 'none' : `${row.notice.trigger} ${row.notice.end ?? 'owed'}`,
      owner: [row.nameId, row.email],
      isNamed: row.label !== undefined || row.url !== undefined,
      heard: world.forms.heard(`f${index}`).map(({ trigger, verdict }) => `${trigger} ${verdict.reason}`),
    },
    {
      state: expected.state,
      cancelledBy: expected.cancelledBy,
      paidBy: expected.paidBy === undefined ? undefined : String(expected.paidBy + 1),
      attempts,
      isLocked: expected.lockedBy !== undefined && expected.lockedUntilMs > nowMs,
      alerts: [...expected.alerts].toSorted(([a], [b]) => a - b).map(([number, kind]) => [String(number + 1), kind]),
      notice: notice === undefined ? 'none' : `${notice.trigger} ${notice.isTold ? 'delivered' : 'owed'}`,
      owner: [expected.owner.nameId, expected.owner.email],
      isNamed: !expected.isErased,
      heard: expected.heard.map((trigger) => `${trigger} accepted`),
    },
  );
}
