/** Measures the two handlers, warm, beside the bare writes that they make, in one process. */
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { createHandler as createAddHandler } from '../functions/addBasketItem.ts';
import { createHandler as createRemoveHandler } from '../functions/removeBasketItem.ts';
import { dynamodbBasketStore } from '../lib/basket/dynamodbBasketStore.ts';
import { measuredBasketStore } from '../lib/basket/measuredBasketStore.ts';
import { newUuid } from '../lib/platform/random.ts';
import { encode128Bits } from '../lib/values/base32.ts';
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
const blocks = isQuick ? { rounds: 3, warmUp: 1, callsPerBlock: 5 } : { rounds: 200, warmUp: 100, callsPerBlock: 10 };
const stage = openStage(config);
const { client } = stage;
const addHandler = createAddHandler(() => stage);
const removeHandler = createRemoveHandler(() => stage);
const silence = () => undefined;
/** The same code, saying nothing: what is left is not Powertools' and not the pipe's. */
const silent = {
  ...stage,
  logger: { info: silence, warn: silence, error: silence },
  store: dynamodbBasketStore(client, config.itemsTable, config.retentionDays),
};
const silentAddHandler = createAddHandler(() => silent);
const silentRemoveHandler = createRemoveHandler(() => silent);
/** The SDK's client as it comes: ours leaves out some of its steps, which is a part of what is measured. */
const plainClient = DynamoDBDocumentClient.from(
  new DynamoDBClient({ region: config.region, ...(config.dynamodbEndpoint && { endpoint: config.dynamodbEndpoint }) }),
  { marshallOptions: { removeUndefinedValues: true } },
);

const newId = () => encode128Bits(randomBytes(16));
type Event = ReturnType<typeof callEvent>;
const addCall = () => callEvent(addPath, addBody);
const removeCall = (id: string) => callEvent(removePath, { basket_item_id: id });

/** The writes that a handler makes, as it asks for them. */
async function writesOf(run: () => Promise<unknown>) {
  return (await watchCalls(client, run)).filter(({ operation }) => operation !== 'GetItem').map(({ input }) => input);
}

/** The same write with another id, and with another writeId, as each call has one. */
function putAgain(through: DynamoDBDocumentClient, written: PutCommandInput, id: string) {
  return through.send(new PutCommand({ ...written, Item: { ...written.Item, id, writeId: newUuid() } }));
}

function summaries(samples: Map<string, number[]>): Record<string, Summary> {
  return Object.fromEntries(Array.from(samples, ([name, values]) => [name, summarize(values)]));
}

interface Measured {
  readonly makeId: () => Promise<string> | string;
  readonly write: (through: DynamoDBDocumentClient, id: string) => Promise<unknown>;
  readonly handler: unknown;
  readonly silentHandler: unknown;
  readonly makeEvent: () => Promise<Event> | Event;
}

async function measure({ makeId, write, handler, silentHandler, makeEvent }: Measured) {
  const writing = (through: DynamoDBDocumentClient) => ({ prepare: makeId, run: (id: string) => write(through, id) });
  const handling = (by: unknown) => ({ prepare: makeEvent, run: (event: Event) => callHandler(by, event) });
  const arms = {
    bare: writing(plainClient),
    // What it differs by is the noise.
    bareAgain: writing(plainClient),
    ownClient: writing(client),
    handler: handling(handler),
    silentHandler: handling(silentHandler),
  };
  const named = Object.entries(arms).map(([name, arm]) => ({ name, ...arm }) as Arm);
  return summaries(await alternate(named, blocks));
}

function measureAdd(written: PutCommandInput) {
  return measure({
    makeId: newId,
    write: (through, id) => putAgain(through, written, id),
    handler: addHandler,
    silentHandler: silentAddHandler,
    makeEvent: addCall,
  });
}

function measureRemove(added: PutCommandInput, removed: [PutCommandInput, UpdateCommandInput]) {
  const [spent, cancelled] = removed;
  const putItem = async () => {
    const id = newId();
    await putAgain(client, added, id);
    return id;
  };
  return measure({
    makeId: putItem,
    write: async (through, id) => {
      await putAgain(through, spent, newId());
      await through.send(new UpdateCommand({ ...cancelled, Key: { id } }));
    },
    handler: removeHandler,
    silentHandler: silentRemoveHandler,
    makeEvent: async () => removeCall(await putItem()),
  });
}

/** Everything but the calls to DynamoDB: those are answered in the next turn of the event loop. */
async function measureCpu(handler: unknown, makeEvent: () => Event): Promise<number> {
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
plainClient.destroy();
process.send?.(figures);
