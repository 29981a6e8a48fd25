/** Part 3: hostile requests, over HTTP to a stack in a process of its own, and what they must not do. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { notificationUrl, paymentUrl, returnUrl } from '../../lib/payment/paymentLink.ts';
import { signUrl } from '../../lib/publik/signature.ts';
import { newNonce } from '../../lib/random.ts';
import { putRegie } from '../../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../../lib/regie/dynamodbRegieRegister.ts';
import { firstError } from '../../lib/validation.ts';
import validateItemRow from '../../schemas/compiled/itemRow.js';
import { addPath, regies, removePath, secrets, service, serviceKey } from '../../tests/testBasket.ts';
import { localClient, localRegion } from '../local/engine.ts';
import { scanWhole } from './chaos.ts';
import { type HostileRequest, hostileBytes, hostileRequest } from './hostileRequests.ts';
import { startEngineProcess, startStack } from './processes.ts';
import type { Tally } from './tally.ts';

export interface HostilePartOptions {
  readonly seed: number;
  readonly requests: number;
  readonly tally: Tally;
}

export interface HostileFindings {
  /** A sentence for each thing that must not be. */
  readonly broken: readonly string[];
  readonly slowestMs: number;
  /** After a collection, at the start and after each quarter. */
  readonly heapMegabytes: readonly number[];
}

const longestAnswerMs = 3_000;
const atOnce = 16;
const batchSize = 1_000;

/** More than this, from the first quarter to the last, is no noise. */
const allowedGrowthBytes = 8_000_000;

type Row = Record<string, unknown>;

interface Scene {
  readonly url: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly agent: Agent;
  readonly tally: Tally;
  readonly broken: string[];
  readonly addedIds: string[];
  signedRemovals: number;
  slowestMs: number;
}

export async function runHostilePart({ seed, requests, tally }: HostilePartOptions): Promise<HostileFindings> {
  const stage = await startStage(tally);
  try {
    const { scene, heapBytes, rows } = stage;
    const before = await rows();
    const heaps = [await heapBytes()];
    for (let quarter = 0; quarter < 4; quarter += 1) {
      for (let sent = 0; sent < requests / 4; sent += batchSize) {
        const size = Math.min(batchSize, Math.ceil(requests / 4) - sent);
        await sendBatch(scene, { seed: seed + quarter * 1_000_000 + sent, size });
      }
      heaps.push(await heapBytes());
    }
    const [, first = 0] = heaps;
    const growth = (heaps.at(-1) ?? 0) - first;
    if (growth > allowedGrowthBytes) scene.broken.push(`the heap has grown by ${growth} bytes`);
    scene.broken.push(...compareRows(scene, before, await rows()));
    return { broken: scene.broken, slowestMs: scene.slowestMs, heapMegabytes: heaps.map((bytes) => bytes / 1e6) };
  } finally {
    await stage.stop();
  }
}

/** The stack with one item that waits, whose attempt is open. */
async function startStage(tally: Tally) {
  const engine = await startEngineProcess();
  const client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
  const { itemsTable, regiesTable, sandboxTable } = engine.tables;
  for (const regie of regies) await putRegie(dynamodbRegieRegister(client, regiesTable), regie);
  const folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  const secretsFile = join(folder, 'secrets.json');
  await writeFile(secretsFile, JSON.stringify(secrets));
  const broken: string[] = [];
  // The bank is the stack itself, whose address is known only once it listens: nobody comes back to it here.
  const config = {
    itemsTable,
    regiesTable,
    sandboxTable,
    region: localRegion,
    publicUrl: 'http://127.0.0.1:9',
    sandboxUrl: 'http://127.0.0.1:9/sandbox',
    allowHttp: true,
    allowPrivateForms: true,
    language: 'fr',
    resultWord: 'succes',
    retentionDays: 400,
    recordDays: 3_653,
    secretsFile,
    dynamodbEndpoint: engine.endpoint,
  } as const;
  const onDefect = (what: string) => broken.push(what);
  const stack = await startStack({ config, offsetMs: 0, isAttended: false, onDefect });
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const scene: Scene = {
    url: stack.url,
    tokens: {},
    agent,
    tally,
    broken,
    addedIds: [],
    signedRemovals: 0,
    slowestMs: 0,
  };
  const id = await addOne(scene);
  return {
    scene: Object.assign(scene, { tokens: tokensOf(id) }),
    heapBytes: () => stack.heapBytes(),
    rows: async () => {
      const [items, payments] = await Promise.all([scanWhole(client, itemsTable), scanWhole(client, sandboxTable)]);
      return { items, payments };
    },
    async stop() {
      agent.destroy();
      client.destroy();
      await stack.kill();
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function tokensOf(itemId: string): Record<string, string> {
  const links = { publicUrl: '', linkKeys: secrets.linkKeys };
  const attempt = { itemId, attemptId: '1' };
  const last = (url: string) => url.split('/').at(-1) ?? '';
  return {
    item: last(paymentUrl(itemId, links)),
    return: last(returnUrl(attempt, links)),
    notification: last(notificationUrl(attempt, links)),
  };
}

async function addOne(scene: Scene): Promise<string> {
  const target = targetOf(scene, { path: addPath, query: 'NameId=somebody', signing: 'good' });
  const body = Buffer.from(JSON.stringify({ amount: '10.05' }));
  const answer = await exchange(scene, target, { method: 'POST', headers: {}, body });
  const { id } = JSON.parse(answer.text) as { id?: string };
  assert(id !== undefined, answer.text);
  return id;
}

async function sendBatch(scene: Scene, { seed, size }: { seed: number; size: number }): Promise<void> {
  const requests = fc.sample(hostileRequest, { seed, numRuns: size });
  const bytes = fc.sample(hostileBytes, { seed, numRuns: Math.ceil(size / 50) });
  const queue = [...requests.entries()];
  const senders = Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await sendHostile(scene, next[1], `request ${next[0]} of seed ${seed}`);
    }
  });
  await Promise.all([...senders, ...bytes.map((raw) => sendBytes(scene, raw))]);
}

async function sendHostile(scene: Scene, hostile: HostileRequest, name: string): Promise<void> {
  const { method, path, signing, headers, body } = hostile;
  const started = performance.now();
  const target = targetOf(scene, hostile);
  const describe = () => `${name}: ${method} ${target.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)}`;
  try {
    const { status, text: answered } = await exchange(scene, target, { method, headers, body });
    scene.tally.count('hostile requests');
    scene.tally.count(`hostile requests answered ${status}`);
    if (status >= 500) scene.broken.push(`${status} for ${describe()}: ${answered.slice(0, 200)}`);
    if (signing === 'good' && path === removePath) scene.signedRemovals += 1;
    if (status === 200 && path === addPath) scene.addedIds.push(String((JSON.parse(answered) as Row)['id']));
    if (status === 200 && path === addPath && signing !== 'good') scene.broken.push(`believed: ${describe()}`);
  } catch (cause) {
    // The server ends a connection whose request it will not read to its end, such as one that is too long.
    scene.tally.count(`hostile requests cut off (${(cause as { code?: string }).code})`);
  }
  const tookMs = performance.now() - started;
  scene.slowestMs = Math.max(scene.slowestMs, tookMs);
  if (tookMs > longestAnswerMs) scene.broken.push(`${Math.round(tookMs)} ms for ${describe()}`);
}

function targetOf(
  { tokens }: Pick<Scene, 'tokens'>,
  { path, query, signing }: Pick<HostileRequest, 'path' | 'query' | 'signing'>,
): string {
  const address = path.replace(/\{(\w+)\}(?:~(\d+))?/, (_, name: string, place?: string) => {
    const token = tokens[name] ?? '';
    return place === undefined ? token : withOtherLetter(token, Number(place));
  });
  if (signing === 'none') return query === '' ? address : `${address}?${query}`;
  const unsigned = [query, `orig=${service}`].filter((part) => part !== '').join('&');
  const key = signing === 'other-key' ? 'another' : serviceKey;
  const signed = signUrl(`${address}?${unsigned}`, { key, timestamp: new Date(), nonce: newNonce() });
  return typeof signing === 'object' ? withFlippedBit(signed, signing.flippedBit) : signed;
}

function withOtherLetter(token: string, place: number): string {
  const letter = token[place] === '0' ? '1' : '0';
  return `${token.slice(0, place)}${letter}${token.slice(place + 1)}`;
}

function withFlippedBit(url: string, bit: number): string {
  const marker = url.lastIndexOf('&signature=');
  const bytes = Buffer.from(decodeURIComponent(url.slice(marker + '&signature='.length)), 'base64');
  const place = bit >> 3;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (bit & 7));
  return `${url.slice(0, marker)}&signature=${encodeURIComponent(bytes.toString('base64'))}`;
}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function exchange(
  { url, agent }: Scene,
  path: string,
  { method, headers, body }: Sent,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = 'transfer-encoding' in headers ? {} : { 'content-length': String(body.length) };
    const request = requestHttp({ hostname, port, path, method, agent, headers: { ...headers, ...length } });
    request.on('error', reject);
    request.on('response', (response) => {
      text(response).then((answered) => resolve({ status: response.statusCode ?? 0, text: answered }), reject);
    });
    request.end(body);
  });
}

/** Whatever comes back, if anything does: what counts is that the stack lives on. */
async function sendBytes({ url, tally }: Scene, bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect({ host: hostname, port: Number(port) });
  socket.setTimeout(500, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.on('close', () => resolve());
  socket.on('data', () => undefined);
  socket.end(bytes);
  await promise;
  tally.count('hostile bytes');
}

type Tables = Readonly<Record<'items' | 'payments', readonly Row[]>>;

/** Only what was answered with success has left something: its item, or the mark of a signed URL that was used. */
function compareRows({ addedIds, signedRemovals }: Scene, before: Tables, after: Tables): string[] {
  const rows = new Map(after.items.map((row) => [row['id'], row]));
  const changed = before.items.filter((row) => JSON.stringify(rows.get(row['id'])) !== JSON.stringify(row));
  const old = new Set(before.items.map((row) => row['id']));
  const added = after.items.filter(({ id, kind }) => kind === 'item' && !old.has(id));
  const unasked = added.filter(({ id }) => !addedIds.includes(String(id)));
  const lost = addedIds.filter((id) => !rows.has(id));
  const spent = after.items.filter(({ kind }) => kind !== 'item').length;
  return [
    ...changed.map((row) => `the row ${row['id']} has changed`),
    ...unasked.map((row) => `the row ${row['id']} was not asked for`),
    ...lost.map((id) => `${id} was added, and has no row`),
    ...added.flatMap((row) => (firstError(validateItemRow, row) === undefined ? [] : [`the row ${row['id']} is odd`])),
    ...(spent > signedRemovals ? [`${spent} URLs are spent, of ${signedRemovals}`] : []),
    ...(after.payments.length > before.payments.length ? ['the bank has payments that nobody ordered'] : []),
  ];
}
