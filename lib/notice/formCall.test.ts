import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FormCall, postToForm } from './formCall.ts';

const body = '{"result":"ok","label":"Cantine d’été"}';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Listens on a port of the loopback until the end of the test. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A form over HTTP. */
async function aForm(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createHttpServer(answer))}/jump/trigger/paid?signature=a%2Bb/`;
}

/** A form that writes bytes of its own, once it has read the whole request. */
async function aRawForm(act: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (text.endsWith(body)) act(socket);
    });
  });
  return `http://127.0.0.1:${await listen(server)}/`;
}

/** Takes connections, counts them, and never says anything. */
async function aMuteServer(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const port = await listen(
    createServer(() => {
      connections += 1;
    }),
  );
  return { port, connections: () => connections };
}

async function post(url: string, change: Partial<FormCall> = {}) {
  const { result, durationMs } = await postToForm({ url, body, allowsPrivate: true, timeoutMs: 5_000, ...change });
  return { ...result, durationMs };
}

const loopback = { address: '127.0.0.1', family: 4 };

describe('an answer', () => {
  it('is given with its status, its two headers and its body', async () => {
    const url = await aForm((_, response) => {
      response
        .writeHead(503, {
          'Retry-After': '120',
          'Content-Type': 'application/json',
          'X-Error-Code': '3',
          'X-Other': '1',
        })
        .end('{"é":1}');
    });
    expect(await post(url)).toEqual({
      kind: 'answered',
      answer: {
        status: 503,
        headers: { retryAfter: '120', errorCode: '3' },
        body: '{"é":1}',
        isWhole: true,
        isTooLong: false,
      },
      durationMs: expect.any(Number),
    });
  });

  it('may have neither header nor body', async () => {
    const url = await aRawForm((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
    const answer = { status: 204, headers: {}, body: '', isWhole: true, isTooLong: false };
    expect(await post(url)).toMatchObject({ kind: 'answered', answer });
  });

  it('is whole when the end of the connection ends it', async () => {
    const url = await aRawForm((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n{"err": 0}'));
    expect(await post(url)).toMatchObject({ answer: { status: 200, body: '{"err": 0}', isWhole: true } });
  });

  it('is whole at 64 kB, and cut above', async () => {
    const lengths = [65_536, 65_537];
    const url = await aForm((_, response) => response.end('a'.repeat(lengths.shift() ?? 0)));
    expect(await post(url)).toMatchObject({ answer: { body: 'a'.repeat(65_536), isWhole: true } });
    expect(await post(url)).toMatchObject({ answer: { body: 'a'.repeat(65_536), isWhole: false, isTooLong: true } });
  });

  it('is cut, and the connection with it, when it never ends', async () => {
    let hangUp: Promise<unknown> = Promise.resolve();
    const url = await aForm((_, response) => {
      hangUp = once(response, 'close');
      const write = () => {
        while (!response.destroyed && response.write('a'.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });
    expect(await post(url)).toMatchObject({ answer: { status: 200, body: 'a'.repeat(65_536), isWhole: false } });
    await hangUp;
  });

  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => setTimeout(() => socket.resetAndDestroy(), 20)],
    ['continued with what is no chunk', (socket: Socket) => socket.write('no chunk\r\n')],
  ])('counts with its status when its body is %s in the middle', async (_, stop) => {
    const url = await aRawForm((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"err": \r\n');
      stop(socket);
    });
    expect(await post(url)).toMatchObject({ kind: 'answered', answer: { status: 200, isWhole: false } });
  });

  it('counts with its status when it comes before the request was read', async () => {
    const server = createServer((socket) => {
      socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n{}');
    });
    const url = `http://127.0.0.1:${await listen(server)}/`;
    expect(await post(url)).toMatchObject({ kind: 'answered', answer: { status: 413, body: '{}', isWhole: true } });
  });

  it('of a redirect is not followed', async () => {
    const elsewhere = await aMuteServer();
    const url = await aForm((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end();
    });
    expect(await post(url)).toMatchObject({ kind: 'answered', answer: { status: 307 } });
    expect(elsewhere.connections()).toBe(0);
  });
});

describe('the request', () => {
  it('is a POST of the body to the very address, with these headers and no other', async () => {
    let seen: Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'> | undefined;
    let text = '';
    const url = await aForm((request, response) => {
      seen = request;
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => response.end());
    });
    await post(url);
    expect(seen?.method).toBe('POST');
    expect(seen?.url).toBe('/jump/trigger/paid?signature=a%2Bb/');
    expect(seen?.rawHeaders).toEqual([
      ...['Accept', 'application/json'],
      ...['Accept-Encoding', 'identity'],
      ...['Content-Type', 'application/json'],
      ...['Content-Length', '43'],
      ...['User-Agent', 'publik-basket'],
      ...['Connection', 'close'],
      ...['Host', new URL(url).host],
    ]);
    expect(text).toBe(body);
  });

  it('keeps the name of the host when it goes to the address found', async () => {
    const hosts: unknown[] = [];
    const url = await aForm((request, response) => {
      hosts.push(request.headers.host);
      response.end();
    });
    const { port } = new URL(url);
    const resolve = vi.fn(async () => [loopback]);
    expect(await post(`http://forms.example.org:${port}/`, { resolve })).toMatchObject({ kind: 'answered' });
    expect(hosts).toEqual([`forms.example.org:${port}`]);
    expect(resolve.mock.calls).toEqual([['forms.example.org']]);
  });

  it('goes to the next address when the first refuses', async () => {
    const url = await aForm((_, response) => response.end());
    const resolve = async () => [{ address: '127.0.0.2', family: 4 }, loopback];
    expect(await post(`http://forms.example.org:${new URL(url).port}/`, { resolve })).toMatchObject({
      kind: 'answered',
    });
  });

  it('finds a host with the resolver of the system', async () => {
    const url = await aForm((_, response) => response.end());
    expect(await post(url.replace('127.0.0.1', 'localhost'))).toMatchObject({ kind: 'answered' });
  });
});

describe('a request that did not leave', () => {
  it.each([
    '',
    'jump/trigger/paid',
    'http://',
    'http://[::1',
    'http://[fe80::1%25eth0]/',
    'http://256.1.1.1/',
    'http://127.0.0.1:99999/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://user:pass@127.0.0.1/',
    'http://user@127.0.0.1/',
  ])('has an address that cannot be called: %j', async (url) => {
    expect(await post(url)).toMatchObject({ kind: 'not-sent', reason: 'bad-url' });
  });

  it.each([
    ['fails', () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))],
    ['fails without an error', () => Promise.reject(undefined)],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['finds nothing', async () => []],
  ])('has a host whose name the resolver knows not: it %s', async (_, resolve) => {
    expect(await post('http://forms.example.org/', { resolve })).toMatchObject({
      kind: 'not-sent',
      reason: 'unresolved',
    });
  });

  it.each([
    ['as a literal', '127.0.0.1', [loopback]],
    ['at one address', 'forms.example.org', [loopback]],
    ['at every address', 'forms.example.org', [{ address: '127.0.0.2', family: 4 }, loopback]],
  ])('was refused %s', async (_, host, addresses) => {
    const server = createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const result = await post(`http://${host}:${port}/`, { resolve: async () => addresses });
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'refused' });
  });

  it('has an address that the machine cannot use', async () => {
    const resolve = async () => [{ address: 'no address', family: 4 }];
    expect(await post('http://forms.example.org/', { resolve })).toMatchObject({
      kind: 'not-sent',
      reason: 'unreachable',
    });
  });

  it('waits for a name no longer than for a connection', async () => {
    const resolve = () => new Promise<never>(() => {});
    const result = await post('http://forms.example.org/', { resolve, connectTimeoutMs: 200 });
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'connect-timeout' });
    expect(result.durationMs).toBeGreaterThan(150);
    expect(result.durationMs).toBeLessThan(2_000);
  });

  it('waits for TLS no longer than for a connection', async () => {
    const { port, connections } = await aMuteServer();
    const result = await post(`https://127.0.0.1:${port}/`, { connectTimeoutMs: 200 });
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'connect-timeout' });
    expect(connections()).toBe(1);
  });

  it('is not written to a server that does not speak TLS', async () => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    const result = await post(`https://127.0.0.1:${await listen(server)}/`);
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'tls' });
  });

  it('is too long for a server that reads nothing, and then resets or stays', async () => {
    const server = createServer({ pauseOnConnect: true }, (socket) => setTimeout(() => socket.resetAndDestroy(), 300));
    const url = `http://127.0.0.1:${await listen(server)}/`;
    const long = { body: 'a'.repeat(32 * 1_024 * 1_024) };
    expect(await post(url, { ...long, timeoutMs: 100 })).toMatchObject({ kind: 'not-sent', reason: 'timeout' });
    expect(await post(url, long)).toMatchObject({ kind: 'not-sent', reason: 'reset' });
  });
});

describe('a request that left without an answer', () => {
  it.each([
    ['reset', 'closes', (socket: Socket) => socket.end()],
    ['reset', 'resets', (socket: Socket) => socket.resetAndDestroy()],
    ['reset', 'closes within the status line', (socket: Socket) => socket.end('HTTP/1.1 20')],
    [
      'reset',
      'switches',
      (socket: Socket) => socket.end('HTTP/1.1 101 OK\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    ],
    ['malformed-answer', 'speaks SSH', (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n')],
    [
      'malformed-answer',
      'has endless headers',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(99_999)}`),
    ],
    [
      'malformed-answer',
      'has two lengths',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'),
    ],
  ])('is unknown, %s: the server %s', async (reason, _, act) => {
    expect(await post(await aRawForm(act))).toMatchObject({ kind: 'unknown', reason });
  });

  it.each([
    ['silent', () => {}],
    ['dripping headers', (socket: Socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX: ', 'a')],
    ['dripping informational answers', (socket: Socket) => drip(socket, '', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('is unknown after the time-out: the server is %s', async (_, act) => {
    const result = await post(await aRawForm(act), { timeoutMs: 1_000 });
    expect(result).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(result.durationMs).toBeLessThan(5_000);
  });

  it('is an answer that is not whole when its body drips until the time-out', async () => {
    const url = await aRawForm((socket) => drip(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n', 'a'));
    const result = await post(url, { timeoutMs: 1_000 });
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200, isWhole: false } });
    expect(result.durationMs).toBeLessThan(5_000);
  });
});

function drip(socket: Socket, start: string, drop: string): void {
  socket.write(start);
  const dripping = setInterval(() => socket.write(drop), 10);
  closers.push(() => clearInterval(dripping));
}

describe('the private network', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://2130706433:PORT/',
    'http://0x7f000001:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://0:PORT/',
    'http://①②⑦.0.0.1:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://[::127.0.0.1]:PORT/',
    'http://[64:ff9b::127.0.0.1]:PORT/',
    'http://localhost:PORT/',
    'https://127.0.0.1:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
  ])('is not connected to: %s', async (pattern) => {
    const { port, connections } = await aMuteServer();
    const result = await post(pattern.replace('PORT', String(port)), { allowsPrivate: false });
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'private-address' });
    expect(connections()).toBe(0);
  });

  it.each([
    ['alone', [loopback]],
    ['after a public one', [{ address: '1.1.1.1', family: 4 }, loopback]],
    ['before a public one', [loopback, { address: '1.1.1.1', family: 4 }]],
    ['as IPv6', [{ address: '::1', family: 6 }]],
    ['as IPv6 with a zone', [{ address: 'fe80::1%lo', family: 6 }]],
    ['mapped into IPv6', [{ address: '::ffff:127.0.0.1', family: 6 }]],
    ['under a wrong family', [{ address: '127.0.0.1', family: 6 }]],
    ['as what is no address', [{ address: '127.1', family: 4 }]],
  ])('is not connected to when a name leads there, %s', async (_, addresses) => {
    const { port, connections } = await aMuteServer();
    const call = { allowsPrivate: false, resolve: async () => addresses };
    const result = await post(`http://forms.example.org:${port}/`, call);
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'private-address' });
    expect(connections()).toBe(0);
  });

  it('is not reached by a name that turns to it between check and connection', async () => {
    const { port, connections } = await aMuteServer();
    // Public for what the rules know, and kept by IANA for later: nothing answers there.
    const resolve = vi.fn(async () => [loopback]).mockResolvedValueOnce([{ address: '2d00::1', family: 6 }]);
    const call = { allowsPrivate: false, resolve, connectTimeoutMs: 200 };
    expect(await post(`http://forms.example.org:${port}/`, call)).toMatchObject({ kind: 'not-sent' });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(connections()).toBe(0);
  });
});

/** Self-signed, for forms.example.org, from 2020 to 2120; made with openssl for this test. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFmb3Jtcy5l
eGFtcGxlLm9yZzAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
MBgGA1UEAwwRZm9ybXMuZXhhbXBsZS5vcmcwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAARCcfahs3RZQE7jBYiOEQwywh8qdtoxY29mjL3sZu0A8H01Jfm+CqAWrGNb
joiQpxhe9w96l8vv8DZjLxHLFj4do1AwTjAcBgNVHREEFTATghFmb3Jtcy5leGFt
cGxlLm9yZzAPBgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBThm4buCd+rMmzhOmIf
RRMTqxCLFjAKBggqhkjOPQQDAgNIADBFAiBUFPMnoL+dgg4MVRL6Sr9NNnqVHztR
ePnsYNVCy4HNsgIhAL/5hgAK6zYP5zN5i3ecq8cCk9JuL8mgbyFJsVuVKc7g
-----END CERTIFICATE-----`;
const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgswV/LG3BbR5qpRGZ
sDuIKHxMbEG4/7EtwPbMtXsJF1GhRANCAARCcfahs3RZQE7jBYiOEQwywh8qdtox
Y29mjL3sZu0A8H01Jfm+CqAWrGNbjoiQpxhe9w96l8vv8DZjLxHLFj4d
-----END PRIVATE KEY-----`;

describe('over TLS', () => {
  /** A form, and what it has been told. */
  async function aSecureForm() {
    const told: unknown[] = [];
    const server = createHttpsServer({ key: privateKey, cert: certificate }, (request, response) => {
      told.push([(request.socket as TLSSocket).servername, request.headers.host]);
      response.end('{"err": 0}');
    });
    return { port: await listen(server), told };
  }

  it('nothing is sent to a server whose certificate nobody vouches for', async () => {
    const { port, told } = await aSecureForm();
    const result = await post(`https://forms.example.org:${port}/`, { resolve: async () => [loopback] });
    expect(result).toMatchObject({ kind: 'not-sent', reason: 'tls' });
    expect(told).toEqual([]);
  });

  describe('with a certificate that is known', () => {
    const known = getCACertificates('default');
    afterEach(() => setDefaultCACertificates(known));

    it('the server is named as in the address', async () => {
      setDefaultCACertificates([certificate]);
      const { port, told } = await aSecureForm();
      const result = await post(`https://forms.example.org:${port}/`, { resolve: async () => [loopback] });
      expect(result).toMatchObject({ kind: 'answered', answer: { status: 200, body: '{"err": 0}', isWhole: true } });
      expect(told).toEqual([['forms.example.org', `forms.example.org:${port}`]]);
    });

    it('nothing is sent to a server that has the certificate of another name', async () => {
      setDefaultCACertificates([certificate]);
      const { port, told } = await aSecureForm();
      const result = await post(`https://other.example.org:${port}/`, { resolve: async () => [loopback] });
      expect(result).toMatchObject({ kind: 'not-sent', reason: 'tls' });
      expect(told).toEqual([]);
    });
  });
});
