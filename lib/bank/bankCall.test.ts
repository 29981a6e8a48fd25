import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type BankCallOptions, callBank } from './bankCall.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A bank that treats its first request in this way, and answers the others; with what it has heard. */
async function aBank(first: RequestListener) {
  const heard: IncomingMessage[] = [];
  const server = createHttpServer((request, response) => {
    heard.push(request);
    if (heard.length === 1) first(request, response);
    else response.end('second');
  });
  return { url: `http://127.0.0.1:${await listen(server)}/`, heard };
}

const opening: BankCallOptions = { method: 'POST', body: '<order/>', headers: { 'Content-Type': 'text/xml' } };
const question: BankCallOptions = { ...opening, isQuestion: true };

const losses: [string, RequestListener][] = [
  ['is reset', ({ socket }) => socket.resetAndDestroy()],
  ['is closed', ({ socket }) => socket.destroy()],
  [
    'ends in the middle of the answer',
    (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    },
  ],
];

describe('a call whose connection', () => {
  it.each(losses)('%s is made again when it is a question', async (_, first) => {
    const { url, heard } = await aBank(first);
    expect(await callBank(url, question)).toMatchObject({ status: 200, text: 'second' });
    expect(heard).toHaveLength(2);
  });

  it.each(losses)('%s is not made again when the bank may have done something', async (_, first) => {
    const { url, heard } = await aBank(first);
    await expect(callBank(url, opening)).rejects.toMatchObject({ code: 'bank-outcome-unknown' });
    expect(heard).toHaveLength(1);
  });

  it('dies before anything is sent is made again, whatever it is', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      // In the middle of TLS.
      socket.once('data', () => socket.destroy());
    });
    const url = `https://127.0.0.1:${await listen(server)}/`;
    await expect(callBank(url, opening)).rejects.toMatchObject({ code: 'bank-unavailable' });
    expect(connections).toBe(2);
  });

  it('dies twice is given up', async () => {
    let requests = 0;
    const server = createHttpServer(({ socket }) => {
      requests += 1;
      socket.destroy();
    });
    const url = `http://127.0.0.1:${await listen(server)}/`;
    const cause = expect.objectContaining({ code: 'ECONNRESET' });
    await expect(callBank(url, question)).rejects.toMatchObject({ code: 'bank-outcome-unknown', cause });
    expect(requests).toBe(2);
  });
});

describe('an answer', () => {
  it.each([
    [500, 'bank-outcome-unknown'],
    [502, 'bank-outcome-unknown'],
    [503, 'bank-unavailable'],
    [429, 'bank-unavailable'],
  ])('of %d is one, even to a question: %s', async (status, code) => {
    const { url, heard } = await aBank((_, response) => response.writeHead(status).end());
    await expect(callBank(url, question)).rejects.toMatchObject({ code });
    expect(heard).toHaveLength(1);
  });

  it('has the status that is accepted, and the others below 500', async () => {
    const accepting = await aBank((_, response) => response.writeHead(500).end('fault'));
    expect(await callBank(accepting.url, { ...opening, acceptsStatus: 500 })).toMatchObject({ text: 'fault' });
    const refusing = await aBank((_, response) => response.writeHead(404).end('no'));
    expect(await callBank(refusing.url)).toMatchObject({ status: 404, text: 'no' });
  });

  it('is cut where it is longer than anything understood', async () => {
    const { url } = await aBank((_, response) => response.end('é'.repeat(40_000)));
    const { text } = await callBank(url, opening);
    expect(text).toBe('é'.repeat(32_768));
  });

  it('that redirects is not followed', async () => {
    const { url, heard } = await aBank((_, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(await callBank(url, question)).toMatchObject({ status: 307 });
    expect(heard).toHaveLength(1);
  });
});

describe('the request', () => {
  it('ends its connection, and asks for no encoding', async () => {
    const { url, heard } = await aBank((_, response) => response.end());
    await callBank(url, opening);
    expect(heard[0]?.rawHeaders).toEqual([
      ...['Accept', '*/*'],
      ...['Accept-Encoding', 'identity'],
      ...['Content-Type', 'text/xml'],
      ...['Content-Length', '8'],
      ...['User-Agent', 'publik-basket'],
      ...['Connection', 'close'],
      ...['Host', new URL(url).host],
    ]);
  });
});

describe('a bank that is not there', () => {
  it('has done nothing', async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const cause = expect.objectContaining({ code: 'ECONNREFUSED' });
    await expect(callBank(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'bank-unavailable', cause });
  });
});
