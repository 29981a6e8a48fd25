/** Measures what calls cost as the table grows, and what a run of attendItems costs as more is due. */
import { randomBytes } from 'node:crypto';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createHandler as createAddHandler } from '../functions/addBasketItem.ts';
import { createHandler as createAttendHandler } from '../functions/attendItems.ts';
import { createHandler as createPageHandler } from '../functions/paymentPage.ts';
import { createHandler as createRemoveHandler } from '../functions/removeBasketItem.ts';
import { createItem, type Item } from '../lib/item/item.ts';
import { newUuid } from '../lib/platform/random.ts';
import { encode128Bits } from '../lib/values/base32.ts';
import { httpApiEvent } from '../tests/loopbackServer.ts';
import {
  addBody,
  addPath,
  type BenchInput,
  benchService,
  callEvent,
  callHandler,
  openStage,
  readInput,
  removePath,
} from './benchStage.ts';
import { type Summary, summarize } from './figures.ts';
import { type Cost, costOf, type WatchedCall, watchCalls } from './watchCalls.ts';

export interface GrowthInput extends BenchInput {
  /** Numbers of rows, rising. */
  readonly sizes: readonly number[];
  readonly dueCounts: readonly number[];
}

/** What something costs at one size of the table. */
export interface CallFigures {
  readonly rows: number;
  readonly call: 'add' | 'remove' | 'page';
  /** Of each call, which are all alike, or the dearest. */
  readonly cost: Cost;
  readonly latency: Summary;
}

export interface RunFigures {
  readonly rows: number;
  readonly due: number;
  /** Until nothing was due. */
  readonly runs: number;
  readonly cost: Cost;
  readonly durationMs: number;
}

export interface GrowthFigures {
  readonly calls: readonly CallFigures[];
  readonly runs: readonly RunFigures[];
}

const { config, isQuick, sizes, dueCounts } = readInput<GrowthInput>();
const callsPerSize = isQuick ? 5 : 200;
const stage = openStage(config);
const { client } = stage;
const handlers = {
  add: createAddHandler(() => stage),
  remove: createRemoveHandler(() => stage),
  page: createPageHandler(() => stage),
  attend: createAttendHandler(() => stage),
};

/** An item of long ago: one that is due is due for erasure, a read and a write without a bank or a form. */
function itemRow(isDue: boolean) {
  const asked = {
    id: encode128Bits(randomBytes(16)),
    writeId: newUuid(),
    service: benchService,
    regieId: 'cantine',
    amountCents: 1005,
    label: 'Cantine de novembre',
    url: addBody.url,
    nameId: 'ab1c2d3e',
    email: 'gerard.lambert@rungis.fr',
    cancellable: true,
  };
  const createdAt = isDue ? new Date('2025-01-15T12:00:00.000Z') : new Date();
  const item: Item = createItem(asked, createdAt, config.retentionDays);
  return { ...item, kind: 'item', dueShard: 'due' };
}

const batchSize = 25;
const writersAtOnce = 8;

async function putRows(count: number, isDue: boolean): Promise<void> {
  let left = count;
  const writers = Array.from({ length: writersAtOnce }, async () => {
    while (left > 0) {
      const size = Math.min(batchSize, left);
      left -= size;
      const requests = Array.from({ length: size }, () => ({ PutRequest: { Item: itemRow(isDue) } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [config.itemsTable]: requests } }));
    }
  });
  await Promise.all(writers);
}

/** Adds, opens and takes back, one after the other. */
async function measureCalls(rows: number): Promise<CallFigures[]> {
  const samples = { add: [] as number[], page: [] as number[], remove: [] as number[] };
  const costs = { add: [] as Cost[], page: [] as Cost[], remove: [] as Cost[] };
  const measure = async (call: CallFigures['call'], run: () => Promise<string>): Promise<string> => {
    let body = '';
    let ms = 0;
    const watched = await watchCalls(client, async () => {
      const startedMs = performance.now();
      body = await run();
      ms = performance.now() - startedMs;
    });
    samples[call].push(ms);
    costs[call].push(costOf(watched));
    return body;
  };
  for (let call = 0; call < callsPerSize; call += 1) {
    const addition = callEvent(addPath, addBody);
    const { id, payment_url } = JSON.parse(await measure('add', () => callHandler(handlers.add, addition)));
    await measure('page', () => callHandler(handlers.page, pageEvent(payment_url)));
    const removal = callEvent(removePath, { basket_item_id: id });
    await measure('remove', () => callHandler(handlers.remove, removal));
  }
  return (['add', 'remove', 'page'] as const).map((call) => ({
    rows,
    call,
    cost: dearest(costs[call]),
    latency: summarize(samples[call]),
  }));
}

function pageEvent(address: string) {
  const token = address.slice(address.lastIndexOf('/') + 1);
  const path = '/payment/{token}';
  return httpApiEvent({ method: 'GET', path, pathParameters: { token }, headers: { 'accept-language': 'fr' } });
}

/** The first call of all also reads the regies: it is left out. */
function dearest(costs: readonly Cost[]): Cost {
  const most = (part: keyof Cost) => Math.max(...costs.slice(1).map((cost) => cost[part]));
  return {
    reads: most('reads'),
    writes: most('writes'),
    readUnits: most('readUnits'),
    writeUnits: most('writeUnits'),
  };
}

/** Runs until nothing is due: one run takes 5000 items. */
async function measureRuns(rows: number, due: number): Promise<RunFigures> {
  await putRows(due, true);
  const calls: WatchedCall[] = [];
  let runs = 0;
  let durationMs = 0;
  do {
    const startedMs = performance.now();
    const attend = () => handlers.attend({}, { getRemainingTimeInMillis: () => 120_000 });
    calls.push(...(await watchCalls(client, attend)));
    durationMs += performance.now() - startedMs;
    runs += 1;
  } while ((await stage.store.listDue(stage.clock.now(), 1)).keys.length > 0);
  return { rows, due, runs, cost: costOf(calls), durationMs };
}

const calls: CallFigures[] = [];
const runs: RunFigures[] = [];
let rows = 0;
for (const size of sizes) {
  await putRows(size - rows, false);
  rows = size;
  calls.push(...(await measureCalls(size)));
  for (const due of dueCounts.filter((count) => count <= size)) {
    runs.push(await measureRuns(size, due));
    rows += due;
  }
}
client.destroy();
const figures: GrowthFigures = { calls, runs };
process.send?.(figures);
