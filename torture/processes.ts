/** The processes that the torture starts: the engine, and the stack that it kills. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../lib/platform/config.ts';
import type { Tables } from '../scripts/local/tables.ts';
import { outputFile } from './outputFile.ts';

/** The time, or the wish to know how much memory is in use. */
export type ToStack = { readonly offsetMs: number } | { readonly measure: 'heap' };

/** Each message of the stack has one of these. */
interface FromStack {
  readonly url?: string;
  /** The offset, at the beginning of a run. */
  readonly showsMs?: number;
  readonly attended?: { readonly offsetMs: number; readonly isIdle: boolean };
  readonly heapBytes?: number;
  readonly defect?: Readonly<Record<string, unknown>>;
}

export interface EngineProcess {
  readonly endpoint: string;
  readonly tables: Tables;
  stop(): Promise<void>;
}

export async function startEngineProcess(): Promise<EngineProcess> {
  const child = forkQuietly(new URL('engineProcess.ts', import.meta.url), []);
  const [started] = (await once(child, 'message')) as [Pick<EngineProcess, 'endpoint' | 'tables'>];
  return { ...started, stop: () => end(child) };
}

export interface StackOptions {
  readonly config: Config;
  readonly offsetMs: number;
  /** Whether the schedules run. */
  readonly isAttended: boolean;
  /** A failure that the stack itself calls a defect, or its end that nobody asked for. */
  readonly onDefect: (what: string) => void;
}

export interface Stack {
  readonly url: string;
  /** Once the schedules that are running have ended. @throws Error when the stack ends first. */
  setOffset(offsetMs: number): Promise<void>;
  /** Once attendItems has run at the present offset and found nothing more to do. */
  rest(limitMs: number): Promise<void>;
  heapBytes(): Promise<number>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, isAttended, onDefect } = options;
  const script = new URL('stackProcess.ts', import.meta.url);
  const child = forkQuietly(script, [JSON.stringify({ config, isAttended })], ['--expose-gc']);
  let offsetMs = options.offsetMs;
  let restingAtMs: number | undefined;
  let isEnding = false;
  child.on('message', ({ attended, defect }: FromStack) => {
    if (attended !== undefined) restingAtMs = attended.isIdle ? attended.offsetMs : undefined;
    if (defect !== undefined) onDefect(JSON.stringify(defect));
  });
  child.on('exit', (code, signal) => {
    if (!isEnding) onDefect(`the stack ended by itself: ${code} ${signal}`);
  });
  tell(child, { offsetMs });
  const { url } = await heard(child, ({ url: told }) => told !== undefined);
  if (url === undefined) throw new Error('The stack has no address.');
  return {
    url,
    async setOffset(next) {
      offsetMs = next;
      restingAtMs = undefined;
      tell(child, { offsetMs });
      // A later wish may have come before this one was granted.
      await heard(child, ({ showsMs = -1 }) => showsMs >= next);
    },
    async rest(limitMs) {
      const deadline = performance.now() + limitMs;
      while (restingAtMs !== offsetMs) {
        if (performance.now() > deadline) throw new Error('attendItems does not come to rest.');
        await heard(child, ({ attended }) => attended !== undefined);
      }
    },
    async heapBytes() {
      tell(child, { measure: 'heap' });
      const { heapBytes = 0 } = await heard(child, (message) => message.heapBytes !== undefined);
      return heapBytes;
    },
    kill() {
      isEnding = true;
      return end(child);
    },
  };
}

/** A stack prints a line for each figure, thousands of them: not for the terminal. */
function forkQuietly(script: URL, args: readonly string[], execArgv: string[] = []): ChildProcess {
  const file = outputFile();
  return fork(fileURLToPath(script), args, { execArgv, stdio: ['ignore', file, file, 'ipc'] });
}

function tell(child: ChildProcess, what: ToStack): void {
  // One that is being killed hears nothing any more.
  child.send(what, () => undefined);
}

function heard(child: ChildProcess, isWanted: (message: FromStack) => boolean): Promise<FromStack> {
  return new Promise((resolve, reject) => {
    if (hasEnded(child)) throw new Error('The stack has ended.');
    const listen = (message: FromStack) => {
      if (!isWanted(message)) return;
      stopListening();
      resolve(message);
    };
    const fail = () => {
      stopListening();
      reject(new Error('The stack has ended.'));
    };
    const stopListening = () => {
      child.off('message', listen);
      child.off('exit', fail);
    };
    child.on('message', listen);
    child.on('exit', fail);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
