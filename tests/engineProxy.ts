/** Stands between the handlers and the engine: counts the calls, and does to some of them what networks do. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * What happens to a call: nothing; its answer is lost, ends halfway or stops halfway after the engine has done it; it never
 * reaches the engine; nobody answers; the engine throttles or fails.
 */
export type Fault =
  | 'none'
  | 'answer-lost'
  | 'answer-cut'
  | 'answer-stalled'
  | 'request-lost'
  | 'silence'
  | 'throttled'
  | 'server-error';

export interface EngineProxy {
  readonly endpoint: string;
  /** Operations since the last `clear`, in order: `PutItem`, `GetItem`… */
  readonly operations: string[];
  clear(): void;
  /**
   * The next calls of this operation meet these faults, one each, in order.
   *
   * @param meanwhile runs once the engine has done the first of them, before its answer is lost.
   */
  fault(operation: string, faults: readonly Fault[], meanwhile?: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

export async function startEngineProxy(engine: string): Promise<EngineProxy> {
  const operations: string[] = [];
  let planned: { operation: string; fault: Fault; meanwhile?: (() => Promise<unknown>) | undefined }[] = [];
  const server = createServer((request, response) => {
    relay(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    operations.push(operation);
    const index = planned.findIndex((plan) => plan.operation === operation);
    const [plan] = index < 0 ? [] : planned.splice(index, 1);
    const body = await buffer(request);
    if (plan?.fault === 'request-lost') response.destroy();
    else if (plan?.fault === 'throttled') answerError(response, 400, 'ProvisionedThroughputExceededException');
    else if (plan?.fault === 'server-error') answerError(response, 500, 'InternalServerError');
    else if (plan?.fault !== 'silence') await passOn(request, response, { body, ...plan });
  }

  async function passOn(
    request: IncomingMessage,
    response: ServerResponse,
    { body, fault, meanwhile }: { body: Buffer; fault?: Fault; meanwhile?: (() => Promise<unknown>) | undefined },
  ): Promise<void> {
    const { host, connection, 'content-length': length, ...headers } = request.headers;
    const answer = await fetch(engine, { method: 'POST', headers: headers as Record<string, string>, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    await meanwhile?.();
    if (fault === 'answer-lost') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (fault === 'answer-cut') response.write(bytes.subarray(0, 1), () => response.destroy());
    else if (fault === 'answer-stalled') response.write(bytes.subarray(0, 1));
    else response.end(bytes);
  }

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    operations,
    clear: () => {
      operations.length = 0;
      planned = [];
    },
    fault(operation, faults, meanwhile) {
      planned.push(
        ...faults.map((fault, index) => ({ operation, fault, meanwhile: index === 0 ? meanwhile : undefined })),
      );
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerError(response: ServerResponse, status: number, name: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name }));
}
