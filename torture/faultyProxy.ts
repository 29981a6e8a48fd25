/** Stands between two that talk over HTTP, and does to some of their requests what networks and busy servers do. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';

/** `reset-after`: the request was done, and its answer never comes. Names of exceptions are answers of DynamoDB. */
export const faultKinds = [
  'latency',
  'reset-before',
  'reset-after',
  'truncated',
  'silence',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'InternalServerError',
  'unavailable-503',
  'bad-gateway-502',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How long nobody says anything; then the connection ends. */
const silenceMs = 10_000;

const longestLatencyMs = 400;

/** A request that met a fault. */
export interface MetFault {
  readonly kind: FaultKind;
  readonly path: string;
  readonly operation: string;
  readonly body: Buffer;
}

export interface FaultyProxyOptions {
  /** Where requests go; it may move. */
  readonly target: () => string;
  readonly chance: Chance;
  /** Those that may happen; one that is named twice happens more often. */
  readonly kinds: readonly FaultKind[];
  /** Of the requests to a path, while it is faulty at all. */
  readonly share: (path: string) => number;
  /** Silences cost time: so many at most. */
  readonly silences: number;
  readonly onFault: (fault: MetFault) => void;
}

export interface FaultyProxy {
  readonly url: string;
  /** From now on, or no longer. */
  beFaulty(isFaulty: boolean): void;
  stop(): Promise<void>;
}

export async function startFaultyProxy(options: FaultyProxyOptions): Promise<FaultyProxy> {
  const agent = new Agent({ keepAlive: true });
  let isFaulty = false;
  let silencesLeft = options.silences;

  function chooseFault(path: string): FaultKind | undefined {
    const { chance, share, kinds } = options;
    if (!isFaulty || chance.fraction() >= share(path)) return undefined;
    const kind = chance.among(kinds);
    if (kind !== 'silence') return kind;
    silencesLeft -= 1;
    return silencesLeft >= 0 ? kind : undefined;
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const kind = chooseFault(request.url ?? '');
    const operation = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    if (kind !== undefined) options.onFault({ kind, path: request.url ?? '', operation, body });
    if (kind === 'latency') await sleep(options.chance.fraction() * longestLatencyMs);
    if (kind === undefined || kind === 'latency') return answer(response, await pass(request, body));
    if (kind === 'silence') {
      // Done or not, nobody is told.
      if (options.chance.fraction() < 0.5) await pass(request, body);
      await sleep(silenceMs, undefined, { ref: false });
      response.destroy();
    } else if (kind === 'reset-before') response.socket?.resetAndDestroy();
    else if (kind === 'reset-after') {
      await pass(request, body);
      response.socket?.resetAndDestroy();
    } else if (kind === 'truncated') truncate(response, await pass(request, body));
    else answer(response, failures[kind]);
  }

  function pass({ method = 'GET', url: path = '/', headers }: IncomingMessage, body: Buffer): Promise<PassedAnswer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(options.target());
      const { connection, 'transfer-encoding': coding, ...kept } = headers;
      const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
      const passed = requestHttp({ hostname, port, method, path, agent, headers: { ...kept, ...length } });
      passed.on('error', reject);
      passed.on('response', (answered) => {
        const { statusCode: status = 502, headers: answeredHeaders } = answered;
        const { connection: _, 'transfer-encoding': __, ...others } = answeredHeaders;
        buffer(answered).then((bytes) => resolve({ status, headers: others as Headers, body: bytes }), reject);
      });
      passed.end(body);
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    beFaulty(faulty) {
      isFaulty = faulty;
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Headers = Record<string, string>;

interface PassedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

function answer(response: ServerResponse, { status, headers, body }: PassedAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** Half of the body, then nothing: the length that was promised tells that it is not all. */
function truncate(response: ServerResponse, { status, headers, body }: PassedAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': String(body.length + 1) });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}

function dynamodbFailure(status: number, name: string): PassedAnswer {
  const body = Buffer.from(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name }));
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body };
}

const failures = {
  ProvisionedThroughputExceededException: dynamodbFailure(400, 'ProvisionedThroughputExceededException'),
  ThrottlingException: dynamodbFailure(400, 'ThrottlingException'),
  InternalServerError: dynamodbFailure(500, 'InternalServerError'),
  'unavailable-503': { status: 503, headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>503</h1>') },
  'bad-gateway-502': { status: 502, headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>502</h1>') },
} as const satisfies Partial<Record<FaultKind, PassedAnswer>>;
