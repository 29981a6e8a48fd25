/** How an answer leaves: whole, late, cut, or not at all, as its fault has it. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, send } from '../http.ts';
import type { Fault } from './faults.ts';

const hugeBytes = 8_000_000;

export async function deliver(response: ServerResponse, answer: Answer, fault: Fault): Promise<void> {
  if (typeof fault === 'object' && 'slowMs' in fault) await sleep(fault.slowMs, undefined, { ref: false });
  switch (fault) {
    case 'silence':
      return;
    case 'reset-before':
    case 'reset-after':
      response.socket?.resetAndDestroy();
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      await pipeline(Readable.from(hugeBody()), response);
      return;
    case 'half-answer':
      response.writeHead(answer.status, { 'content-type': answer.contentType, 'content-length': answer.body.length });
      response.write(answer.body.slice(0, answer.body.length / 2), () => response.destroy());
      return;
    case 'wrong-content-type':
      send(response, { ...answer, contentType: 'text/plain' });
      return;
    default:
      send(response, answer);
  }
}

/** A success, for a caller that reads all of it. */
function* hugeBody(): Generator<string> {
  yield '{"err":0,"url":null,"padding":"';
  for (let sent = 0; sent < hugeBytes; sent += 64_000) yield 'x'.repeat(64_000);
  yield '"}';
}
