/** Measures the two handlers, warm, beside the bare writes that they make, in one process and through one client. */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PutCommand, type PutCommandInput, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { createHandler as createAddHandler } from '../../functions/addBasketItem.ts';
import { createHandler as createRemoveHandler } from '../../functions/removeBasketItem.ts';
import { encode128Bits } from '../../lib/base32.ts';
import { dynamodbBasketStore } from '../../lib/basket/dynamodbBasketStore.ts';
import { measuredBasketStore } from '../../lib/basket/measuredBasketStore.ts';
import { newUuid } from '../../lib/random.ts';
import { type Arm, alternate } from './alternate.ts';
import { addBody, addPath, callEvent, callHandler, openStage, readInput, removePath } from './benchStage.ts';
import { type Summary, summarize } from './figures.ts';
import { watchCalls } from './watchCalls.ts';

/** By call, by arm. */
export interface WarmFigures {
  readonly add: Readonly<Record<string, Summary>>;
  readonly remove: Readonly<Record<string, Summary>>;
  /** Microseconds of processor for each call, the store answering in the next turn of the event loop. */
  readonly cpuMicroseconds: { readonly add: number; readonly remove: number };
}

const { config, isQuick } = readInput();
const blocks = isQuick ? { rounds: 3, warmUp: 1, callsPerBlock: 5 } : { rounds: 200, warmUp: 40, callsPerBlock: 10 };
const stage = openStage(config);
const { client } = stage;
const addHandler = createAddHandler(() => stage);
const removeHandler = createRemoveHandler(() => stage);
/** The same code and client, saying nothing: what is left is not Powertools' and not the pipe's. */
const silent = {
  ...stage,
  logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  store: dynamodbBasketStore(client, config.itemsTable),
};
const silentAddHandler = createAddHandler(() => silent);
const silentRemoveHandler = createRemoveHandler(() => silent);

const newId = () => encode128Bits(randomBytes(16));
const addCall = () => callEvent(addPath, addBody);
const removeCall = (id: string) => callEvent(removePath, { basket_item_id: id });

/** The writes that a handler makes, as it asks for them. */
async function writesOf(run: () => Promise<unknown>) {
  return (await watchCalls(client, run)).filter(({ operation }) => operation !== 'GetItem').map(({ input }) => input);
}

/** The same write with another id, and with another writeId, as each call has one. */
function putAgain(written: PutCommandInput, id: string) {
  return client.send(new PutCommand({ ...written, Item: { ...written.Item, id, writeId: newUuid() } }));
}

function summaries(samples: Map<string, number[]>): Record<string, Summary> {
  return Object.fromEntries(Array.from(samples, ([name, values]) => [name, summarize(values)]));
}

type Unnamed<Prepared = unknown> = Omit<Arm<Prepared>, 'name'>;

/** The second bare arm is the same again: what it differs by is the noise. */
function armsOf<Prepared>(bare: Unnamed<Prepared>, handler: Unnamed, silentHandler: Unnamed): Arm[] {
  const named = (name: string, arm: object) => ({ name, ...arm }) as Arm;
  return [
    named('bare', bare),
    named('bareAgain', bare),
    named('handler', handler),
    named('silentHandler', silentHandler),
  ];
}

async function measureAdd(written: PutCommandInput) {
  const arms = armsOf<string>(
    { prepare: newId, run: (id) => putAgain(written, id) },
    { prepare: addCall, run: (event) => callHandler(addHandler, event as ReturnType<typeof addCall>) },
    { prepare: addCall, run: (event) => callHandler(silentAddHandler, event as ReturnType<typeof addCall>) },
  );
  return summaries(await alternate(arms, blocks));
}

async function measureRemove(added: PutCommandInput, removed: [PutCommandInput, UpdateCommandInput]) {
  const [spent, cancelled] = removed;
  const putItem = async () => {
    const id = newId();
    await putAgain(added, id);
    return id;
  };
  const arms = armsOf<string>(
    {
      prepare: putItem,
      run: async (id) => {
        await putAgain(spent, newId());
        await client.send(new UpdateCommand({ ...cancelled, Key: { id } }));
      },
    },
    {
      prepare: async () => removeCall(await putItem()),
      run: (event) => callHandler(removeHandler, event as ReturnType<typeof addCall>),
    },
    {
      prepare: async () => removeCall(await putItem()),
      run: (event) => callHandler(silentRemoveHandler, event as ReturnType<typeof addCall>),
    },
  );
  return summaries(await alternate(arms, blocks));
}

/** Everything but the calls to DynamoDB: those are answered in the next turn of the event loop. */
async function measureCpu(handler: unknown, makeEvent: () => ReturnType<typeof addCall>): Promise<number> {
  const [rounds, calls] = isQuick ? [2, 20] : [40, 500];
  let spent = 0;
  for (let round = 0; round < rounds; round += 1) {
    const events = Array.from({ length: calls }, makeEvent);
    const before = process.cpuUsage();
    for (const event of events) await callHandler(handler, event);
    const { user, system } = process.cpuUsage(before);
    // The first rounds warm up.
    if (round >= rounds / 2) spent += user + system;
  }
  return spent / (calls * (rounds / 2));
}

function instantStage() {
  const instant = {
    ...stage.store,
    add: () => nextTurn(),
    spendSignedUrl: () => nextTurn(),
    cancelUnread: () => nextTurn({ done: true } as const),
  };
  return { ...stage, store: measuredBasketStore(instant, stage.metrics) };
}

const [added] = await writesOf(() => callHandler(addHandler, addCall()));
const { id } = JSON.parse(await callHandler(addHandler, addCall())) as { id: string };
const removed = await writesOf(() => callHandler(removeHandler, removeCall(id)));
const instant = instantStage();
const figures: WarmFigures = {
  add: await measureAdd(added as PutCommandInput),
  remove: await measureRemove(added as PutCommandInput, removed as [PutCommandInput, UpdateCommandInput]),
  cpuMicroseconds: {
    add: await measureCpu(
      createAddHandler(() => instant),
      addCall,
    ),
    remove: await measureCpu(
      createRemoveHandler(() => instant),
      () => removeCall(id),
    ),
  },
};
client.destroy();
process.send?.(figures);
