/**
 * A loopback HTTP server that turns each request into the event that API Gateway's HTTP API (payload 2.0) makes of it,
 * with the path, the query string and the body as they came, and answers what the handler says. serverless-offline
 * cannot stand in here: it writes the query string anew.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

export type HttpApiHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** Handlers by path, as `infra/functions.yml` writes it (`/a/{name}`, `/a/{proxy+}`); `$default` takes the other paths. */
export type Routes = Readonly<Record<string, HttpApiHandler>> & { readonly $default: HttpApiHandler };

export interface LoopbackServer {
  /** Without a final slash. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startLoopbackServer(routes: Routes): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    serve(routes, request, response).catch((error: Error) => {
      // What the gateway answers to a function that failed.
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: 'Internal Server Error', error: error.stack }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? '/';
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const { route, pathParameters } = findRoute(routes, path);
  const event = httpApiEvent({
    pathParameters,
    method: request.method ?? 'GET',
    path,
    rawQuery: question < 0 ? '' : target.slice(question + 1),
    routeKey: route === '$default' ? '$default' : `ANY ${route}`,
    headers: request.headers as Record<string, string>,
    body: await buffer(request),
  });
  const handler = routes[route] ?? routes.$default;
  const { statusCode, headers, body } = await handler(event, {} as Context);
  response.writeHead(statusCode ?? 500, headers as Record<string, string>);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Where an answer sends the browser, absolute as a browser makes it; `''` when it sends it nowhere. */
export function locationOf({ headers, url }: Response): string {
  const location = headers.get('location');
  return location === null ? '' : new URL(location, url).href;
}

/** As the gateway chooses: names before parameters, a greedy parameter last. */
function findRoute(routes: Routes, path: string) {
  for (const route of Object.keys(routes).toSorted(bySpecificity)) {
    const pattern = route.replace(/\{(\w+)\+\}/g, '(?<$1>.+)').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match !== null) return { route, pathParameters: { ...match.groups } };
  }
  return { route: '$default', pathParameters: {} };
}

function bySpecificity(a: string, b: string): number {
  const rank = (route: string) =>
    route.split('/').map((part) => (part.endsWith('+}') ? 2 : part.startsWith('{') ? 1 : 0));
  return rank(a).join('') < rank(b).join('') ? -1 : 1;
}

export interface EventParts {
  readonly method?: string;
  readonly path: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly rawQuery?: string;
  readonly routeKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** The event of one request. The gateway gives text as it is, and everything else in Base64. */
export function httpApiEvent(parts: EventParts): APIGatewayProxyEventV2 {
  const { method = 'POST', path, rawQuery = '', headers = {}, body = Buffer.alloc(0) } = parts;
  const routeKey = parts.routeKey ?? `ANY ${path}`;
  const isText = /^(text\/|application\/(json|xml|javascript))/.test(headers['content-type'] ?? '') && isUtf8(body);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: rawQuery,
    headers: { ...headers },
    requestContext: {
      accountId: '123456789012',
      apiId: 'loopback',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: headers['user-agent'] ?? '' },
      requestId: 'loopback-request',
      routeKey,
      stage: '$default',
      time: '23/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_435_200_000,
    },
    ...(Object.keys(parts.pathParameters ?? {}).length === 0 ? {} : { pathParameters: { ...parts.pathParameters } }),
    ...(body.length === 0 ? {} : { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
