import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { aClock, type TestClock } from '../../tests/builders.ts';
import { KeptConnections } from './keptConnections.ts';

/** Connections in the order in which they were taken, and of each request the number of its connection. */
let taken: Socket[] = [];
let used: number[] = [];
/** What the next requests meet, one each, in place of an answer at once. */
let failures: ('reset' | 'silence' | 'delay')[] = [];
/** Ends the delayed answer. */
let release = () => {};
const server = createServer((request, response) => {
  used.push(taken.indexOf(request.socket));
  const failure = failures.shift();
  if (failure === 'reset') request.socket.resetAndDestroy();
  else if (failure === 'delay') release = () => response.end('{}');
  else if (failure === undefined) response.end('{}');
});
server.on('connection', (socket) => taken.push(socket));
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

let clock: TestClock;
let handler: KeptConnections;
beforeEach(() => {
  taken = [];
  used = [];
  failures = [];
  clock = aClock();
  handler = new KeptConnections({ requestTimeout: 1_000, throwOnRequestTimeout: true }, clock);
});
afterEach(() => handler.destroy());

async function call(): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const { response } = await handler.handle(new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port }));
  return text(response.body);
}

/** A call whose answer has been read gives its connection back in a later turn. */
async function rest(restMs: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(restMs);
}

async function callAndRest(restMs: number): Promise<void> {
  await call();
  await rest(restMs);
}

describe('a connection that is kept', () => {
  it.each([0, 1, 5_000])('is used again after a rest of %d ms', async (restMs) => {
    await callAndRest(restMs);
    await call();
    expect(used).toEqual([0, 0]);
  });

  it.each([5_001, 3_600_000, -1])('is closed after a rest of %d ms by the clock', async (restMs) => {
    await callAndRest(restMs);
    await call();
    expect(used).toEqual([0, 1]);
    expect(await isClosed(0)).toBe(true);
  });

  it('is closed for its own rest, not for that of another', async () => {
    await Promise.all([callAndRest(0), callAndRest(0)]);
    clock.advance(4_000);
    await callAndRest(4_000);
    await Promise.all([call(), call()]);
    expect(used.slice(0, 2)).toEqual([0, 1]);
    const [fresh, ...last] = used.slice(2);
    expect(last.toSorted()).toEqual([fresh, 2]);
  });

  it('is closed with those that were given back before it, and is never handed out', async () => {
    failures = ['delay'];
    const slow = call();
    await vi.waitFor(() => expect(used).toEqual([0]));
    clock.advance(500);
    await call();
    release();
    await slow;
    await rest(4_700);
    expect(await call()).toBe('{}');
    expect(used).toEqual([0, 1, 2]);
  });

  it.each(['reset', 'silence'] as const)('takes all others with it when it fails by %s', async (failure) => {
    await Promise.all([call(), call(), call()]);
    await rest(0);
    failures = [failure];
    await expect(call()).rejects.toMatchObject({ name: 'TimeoutError' });
    await call();
    expect(used.slice(0, 3)).toEqual([0, 1, 2]);
    expect(used.at(-1)).toBe(3);
    expect([await isClosed(0), await isClosed(1), await isClosed(2)]).toEqual([true, true, true]);
  });
});

async function isClosed(number: number): Promise<boolean> {
  const socket = taken[number];
  if (socket !== undefined && !socket.closed) await once(socket, 'close');
  return true;
}
