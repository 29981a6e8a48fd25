/** What the hostile requests are sent to: a stack in a process of its own, with an item in each state that matters. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { notificationUrl, paymentUrl, returnUrl } from '../lib/payment/paymentLink.ts';
import { newNonce } from '../lib/platform/random.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import { localClient } from '../scripts/local/engine.ts';
import { addPath, regies, secrets, service, serviceKey } from '../tests/testBasket.ts';
import { createChance } from './chance.ts';
import { configOf, scanWhole } from './chaos.ts';
import { startFaultyProxy } from './faultyProxy.ts';
import { type Stack, startEngineProcess, startStack } from './processes.ts';

export type Row = Record<string, unknown>;

/** The whole of the items table, and of the bank's own. */
export type Tables = Readonly<Record<'items' | 'payments', readonly Row[]>>;

export interface HostileStage {
  readonly url: string;
  /** By the names that stand for them in a request. */
  readonly tokens: Readonly<Record<string, string>>;
  /** What the stack itself calls a defect, and what is found broken later. */
  readonly broken: string[];
  heapBytes(): Promise<number>;
  rows(): Promise<Tables>;
  stop(): Promise<void>;
}

export async function startHostileStage(): Promise<HostileStage> {
  const engine = await startEngineProcess();
  const client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
  const { itemsTable, regiesTable, sandboxTable } = engine.tables;
  for (const regie of regies) await putRegie(dynamodbRegieRegister(client, regiesTable), regie);
  const folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  const secretsFile = join(folder, 'secrets.json');
  await writeFile(secretsFile, JSON.stringify(secrets));
  // An address for the bank before there is one of the stack; nothing goes wrong on the way.
  let stack: Stack | undefined;
  const edge = await startFaultyProxy({
    target: () => stack?.url ?? '',
    ...{ chance: createChance(0), kinds: [], share: () => 0, silences: 0, onFault: () => undefined },
  });
  const broken: string[] = [];
  const config = configOf({ tables: engine.tables, endpoint: engine.endpoint, edgeUrl: edge.url, secretsFile });
  stack = await startStack({ config, offsetMs: 0, isAttended: false, onDefect: (what) => broken.push(what) });
  const { url, heapBytes, kill } = stack;
  return {
    url,
    tokens: await makeItems(url),
    broken,
    heapBytes,
    async rows() {
      const [items, payments] = await Promise.all([scanWhole(client, itemsTable), scanWhole(client, sandboxTable)]);
      return { items, payments };
    },
    async stop() {
      client.destroy();
      await kill();
      await edge.stop();
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** One whose citizen is at the bank, one whose bank wants an email that it lacks, one that was given up. */
async function makeItems(url: string): Promise<Record<string, string>> {
  const open = await addItem(url, 'cantine');
  const withoutEmail = await addItem(url, 'mail');
  const cancelled = await addItem(url, 'cantine');
  const links = { publicUrl: '', linkKeys: secrets.linkKeys };
  const tokenOf = (address: string) => address.split('/').at(-1) ?? '';
  const item = (itemId: string) => tokenOf(paymentUrl(itemId, links));
  await postTo(`${url}/payment/${item(open)}/pay`);
  await postTo(`${url}/payment/${item(cancelled)}/cancel`, { choice: 'remove' });
  const attempt = { itemId: open, attemptId: '1' };
  return {
    item: item(open),
    withoutEmail: item(withoutEmail),
    cancelled: item(cancelled),
    return: tokenOf(returnUrl(attempt, links)),
    notification: tokenOf(notificationUrl(attempt, links)),
    reference: `${open}01`,
  };
}

async function addItem(url: string, regieId: string): Promise<string> {
  const query = `NameId=somebody&regie_id=${regieId}&orig=${service}`;
  const signing = { key: serviceKey, timestamp: new Date(), nonce: newNonce() };
  const body = JSON.stringify({ amount: '10.05' });
  const answer = await fetch(signUrl(`${url}${addPath}?${query}`, signing), { method: 'POST', body });
  const { id } = (await answer.json()) as { id?: string };
  assert(id !== undefined, `${answer.status} for an addition`);
  return id;
}

async function postTo(address: string, fields: Record<string, string> = {}): Promise<void> {
  const { status } = await fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  assert.equal(status, 303, address);
}
