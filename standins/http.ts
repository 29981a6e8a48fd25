/** The HTTP that every stand-in needs: it listens on the loopback interface, and answers. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { html } from 'hono/html';

export type Page = ReturnType<typeof html>;

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Listener {
  /** Without a final slash. */
  readonly url: string;
  /** Breaks every connection, and refuses new ones. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Listens on 127.0.0.1.
 *
 * @param port a free one without it.
 * @throws Error `EADDRINUSE` when the port is taken.
 */
export async function startListener(serve: Serve, port = 0): Promise<Listener> {
  const server = createServer((request, response) => {
    // The client is gone, or what it sent is not HTTP.
    serve(request, response).catch(() => response.destroy());
  });
  const listen = async (chosenPort: number) => {
    server.listen(chosenPort, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(port);
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${ownPort}`,
    restart: () => listen(ownPort),
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function send(response: ServerResponse, { status, contentType, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': contentType, ...headers });
  response.end(body);
}

/** A page that runs no script. */
export async function pageAnswer(page: Page, status = 200): Promise<Answer> {
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    body: String(await page),
    headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'" },
  };
}

export function redirectTo(location: string, status = 302): Answer {
  return { status, contentType: 'text/html', body: '', headers: { location } };
}
