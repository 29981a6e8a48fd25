/** The HTTP handler of AWS's clients: it keeps connections from call to call, and trusts none that may be dead. */
import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import type { Clock } from './clock.ts';

/** Servers let a connection be idle for longer; a new one costs some 10 ms. */
const longestRestMs = 5_000;

/** As the SDK's own agents. */
const kept = { keepAlive: true, maxSockets: 50 } as const;

type Handle = NodeHttpHandler['handle'];

/**
 * Lambda freezes a container between two invocations, for a moment or for hours. No timer runs then and nothing is heard, so
 * that a connection that was closed meanwhile, or forgotten by a NAT, looks as good as before. Hence its rest is measured by
 * the clock when a call is made. One that fails all the same takes all idle ones with it: the client's second try would find
 * another dead one (ADR 12).
 */
export class KeptConnections extends NodeHttpHandler {
  readonly #agents: readonly (HttpAgent | HttpsAgent)[];
  readonly #clock: Clock;
  /** When the last call that was answered on a connection began. */
  readonly #usedMs = new WeakMap<object, number>();

  constructor(options: NodeHttpHandlerOptions, clock: Clock) {
    const httpAgent = new HttpAgent(kept);
    const httpsAgent = new HttpsAgent(kept);
    super({ ...options, httpAgent, httpsAgent });
    this.#agents = [httpAgent, httpsAgent];
    this.#clock = clock;
  }

  override async handle(request: Parameters<Handle>[0], options?: Parameters<Handle>[1]): ReturnType<Handle> {
    const nowMs = this.#clock.now().getTime();
    this.#closeIdle((usedMs) => isTooLongAgo(usedMs, nowMs));
    try {
      const answered = await super.handle(request, options);
      const { socket } = answered.response.body as Partial<IncomingMessage>;
      // A connection that is lost already has none.
      if (socket) this.#usedMs.set(socket, nowMs);
      return answered;
    } catch (error) {
      this.#closeIdle(() => true);
      throw error;
    }
  }

  #closeIdle(isSuspect: (usedMs: number | undefined) => boolean): void {
    for (const { freeSockets } of this.#agents) {
      // Names, and not lists: making those would be half of what this costs each call.
      for (const name in freeSockets) {
        const sockets = freeSockets[name] ?? [];
        const last = sockets.findLastIndex((socket) => isSuspect(this.#usedMs.get(socket)));
        // With all that were given back before it: an agent would hand out a closed one that is not the first of its list.
        for (const socket of sockets.slice(0, last + 1)) socket.destroy();
      }
    }
  }
}

/** Also true for a time in the future: the clock has been set back, and nothing is known of the rest. */
function isTooLongAgo(usedMs = Number.NEGATIVE_INFINITY, nowMs: number): boolean {
  return nowMs - usedMs > longestRestMs || nowMs < usedMs;
}
