/** Passes TCP connections on, and lets them die in the two ways in which a frozen process loses them. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface MortalProxy {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** Connections that are open and passed on. */
  alive(): number;
  /** Bytes that came on connections after they were forgotten. */
  swallowedBytes(): number;
  /** Those that are open now are reset. */
  reset(): void;
  /** Those that are open now lead nowhere, and nobody is told. */
  forget(): void;
  stop(): Promise<void>;
}

export async function startMortalProxy(target: string): Promise<MortalProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Map<Socket, Socket>();
  const forgotten = new Set<Socket>();
  let swallowed = 0;

  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    pairs.set(near, far);
    near.pipe(far);
    far.pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (pairs.delete(near)) other.destroy();
      });
    }
  });

  function forgetOne(near: Socket, far: Socket): void {
    pairs.delete(near);
    near.unpipe(far);
    far.unpipe(near);
    far.destroy();
    forgotten.add(near);
    near.on('data', (bytes) => {
      swallowed += bytes.length;
    });
    near.resume();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    alive: () => pairs.size,
    swallowedBytes: () => swallowed,
    reset() {
      for (const near of pairs.keys()) near.resetAndDestroy();
    },
    forget() {
      for (const [near, far] of pairs) forgetOne(near, far);
    },
    async stop() {
      for (const near of [...pairs.keys(), ...forgotten]) near.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
