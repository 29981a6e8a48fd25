/** Part 3: hostile requests, over HTTP to a stack in a process of its own, and what they must not do. */
import { Agent, request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { encodeFields, signFields } from '../lib/bank/sandbox/sandboxSignature.ts';
import { newNonce } from '../lib/platform/random.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { firstError } from '../lib/values/validation.ts';
import validateItemRow from '../schemas/compiled/itemRow.js';
import { addPath, removePath, secrets, service, serviceKey } from '../tests/testBasket.ts';
import { type HostileRequest, hostileBytes, hostileRequest } from './hostileRequests.ts';
import { type HostileStage, type Row, startHostileStage, type Tables } from './hostileStage.ts';
import type { Tally } from './tally.ts';

export interface HostilePartOptions {
  readonly seed: number;
  readonly requests: number;
  /** Then it stops, however many there were. */
  readonly limitMs: number;
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

/** A request without an answer by then is not waited for. */
const patienceMs = 15_000;
const atOnce = 16;
const batchSize = 1_000;

/** More than this, from the first quarter to the last, is no noise. */
const allowedGrowthBytes = 8_000_000;

interface Scene extends HostileStage {
  readonly agent: Agent;
  readonly tally: Tally;
  readonly addedIds: string[];
  signedRemovals: number;
  openedPayments: number;
  slowestMs: number;
}

export async function runHostilePart({ seed, requests, limitMs, tally }: HostilePartOptions): Promise<HostileFindings> {
  const stage = await startHostileStage();
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const counts = { addedIds: [], signedRemovals: 0, openedPayments: 0, slowestMs: 0 };
  const scene: Scene = { ...stage, ...counts, agent, tally };
  try {
    const endMs = performance.now() + limitMs;
    const before = await stage.rows();
    const heaps = [await stage.heapBytes()];
    for (let quarter = 0; quarter < 4; quarter += 1) {
      for (let sent = 0; sent < requests / 4 && performance.now() < endMs; sent += batchSize) {
        const size = Math.min(batchSize, Math.ceil(requests / 4) - sent);
        await sendBatch(scene, { seed: seed + quarter * 1_000_000 + sent, size });
      }
      heaps.push(await stage.heapBytes());
    }
    const [, first = 0] = heaps;
    const growth = (heaps.at(-1) ?? 0) - first;
    if (growth > allowedGrowthBytes) scene.broken.push(`the heap has grown by ${growth} bytes`);
    scene.broken.push(...compareRows(scene, before, await stage.rows()));
    return { broken: scene.broken, slowestMs: scene.slowestMs, heapMegabytes: heaps.map((bytes) => bytes / 1e6) };
  } finally {
    agent.destroy();
    await stage.stop();
  }
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

/**
 * What is slow or fails is asked again, once: a machine that does other things too may stand still for some seconds, and it is
 * the request that is to be blamed here.
 */
async function sendHostile(scene: Scene, hostile: HostileRequest, name: string): Promise<void> {
  const first = await sendOnce(scene, hostile);
  if (first === undefined) return;
  scene.tally.count('hostile requests sent again');
  const second = await sendOnce(scene, hostile);
  if (second !== undefined) scene.broken.push(`${name}: ${first}, then ${second}`);
}

/** @returns what is wrong with its answer, if anything is. */
async function sendOnce(scene: Scene, hostile: HostileRequest): Promise<string | undefined> {
  const { method, headers } = hostile;
  const started = performance.now();
  const { target, body } = signedParts(scene, hostile);
  const describe = () => `${method} ${target.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)}`;
  let failure: string | undefined;
  try {
    const { status, text: answered } = await exchange(scene, target, { method, headers, body });
    scene.tally.count('hostile requests');
    scene.tally.count(`hostile requests answered ${status}`);
    if (status >= 500) failure = `${status} for ${describe()}: ${answered.slice(0, 200)}`;
    keepCount(scene, hostile, { status, answered, describe });
  } catch (cause) {
    // The server ends a connection whose request it will not read to its end, such as one that is too long.
    scene.tally.count(`hostile requests cut off (${(cause as { code?: string }).code})`);
  }
  const tookMs = performance.now() - started;
  if (tookMs > longestAnswerMs) return `${Math.round(tookMs)} ms for ${describe()}`;
  scene.slowestMs = Math.max(scene.slowestMs, tookMs);
  return failure;
}

/** What may leave something in the tables. */
function keepCount(
  scene: Scene,
  { path, signing }: HostileRequest,
  { status, answered, describe }: { status: number; answered: string; describe: () => string },
): void {
  if (signing === 'good' && path === removePath) scene.signedRemovals += 1;
  if (status === 201) scene.openedPayments += 1;
  if (status !== 200 || path !== addPath) return;
  scene.addedIds.push(String((JSON.parse(answered) as Row)['id']));
  if (signing !== 'good') scene.broken.push(`believed: ${describe()}`);
}

/** The request as it is sent: what is to be signed is signed now, for the moment and with a nonce of its own. */
function signedParts(scene: Scene, hostile: HostileRequest): { target: string; body: Buffer } {
  const { message } = hostile;
  if (message === undefined) return { target: targetOf(scene, hostile), body: hostile.body };
  const { reference = '' } = scene.tokens;
  const named = Object.entries(message.fields).map(([name, value]) => [name, value.replace('{reference}', reference)]);
  const fields: Record<string, string> = Object.fromEntries(named);
  const key = message.signing === 'good' ? (secrets.sandboxKey ?? '') : 'another-key';
  const encoded = encodeFields(message.signing === 'none' ? fields : signFields(fields, key));
  return {
    target: targetOf(scene, { ...hostile, query: message.isInQuery ? encoded : '' }),
    body: message.isInQuery ? Buffer.alloc(0) : Buffer.from(encoded),
  };
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
    request.setTimeout(patienceMs, () => request.destroy());
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

/** Only what was answered with success has left something: its item, or the mark of a signed URL that was used. */
function compareRows({ addedIds, signedRemovals, openedPayments }: Scene, before: Tables, after: Tables): string[] {
  const rows = new Map(after.items.map((row) => [row['id'], row]));
  const changed = before.items.filter((row) => JSON.stringify(rows.get(row['id'])) !== JSON.stringify(row));
  const old = new Set(before.items.map((row) => row['id']));
  const added = after.items.filter(({ id, kind }) => kind === 'item' && !old.has(id));
  const unasked = added.filter(({ id }) => !addedIds.includes(String(id)));
  const lost = addedIds.filter((id) => !rows.has(id));
  const countSpent = ({ items }: Tables) => items.filter(({ kind }) => kind !== 'item').length;
  const spent = countSpent(after) - countSpent(before);
  return [
    ...changed.map((row) => `the row ${row['id']} has changed`),
    ...unasked.map((row) => `the row ${row['id']} was not asked for`),
    ...lost.map((id) => `${id} was added, and has no row`),
    ...added.flatMap((row) => (firstError(validateItemRow, row) === undefined ? [] : [`the row ${row['id']} is odd`])),
    ...(spent > signedRemovals ? [`${spent} URLs are spent, of ${signedRemovals}`] : []),
    ...(after.payments.length > before.payments.length + openedPayments ? ['the bank has payments of nobody'] : []),
  ];
}
