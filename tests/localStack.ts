/** `npm start` in a process of its own, which is stopped and killed as a developer does it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { newNonce } from '../lib/platform/random.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { root } from './runCommand.ts';

/** Where starts of one test leave what stays between them. */
export interface StackPlace {
  readonly url: string;
  /** From the project's. */
  readonly localFolder: string;
  /** The same, from the root. */
  readonly folder: string;
  /** For the commands beside it too. */
  readonly env: { readonly PORT: string; readonly LOCAL_FOLDER: string };
}

export interface Stack {
  readonly output: () => string;
  /** @returns its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Below those that systems give to whoever wants any: the stack listens seconds after it has found its port free. */
const newPort = () => 10_000 + Math.floor(Math.random() * 20_000);

/** A port that is somebody else's: then another is tried. */
export async function startOnFreePort(localFolder: string, tries = 3): Promise<{ place: StackPlace; stack: Stack }> {
  const port = String(newPort());
  const env = { PORT: port, LOCAL_FOLDER: localFolder };
  const place = { url: `http://localhost:${port}`, localFolder, folder: `${root}${localFolder}`, env };
  try {
    return { place, stack: await startStack(place) };
  } catch (cause) {
    if (tries === 1) throw cause;
    return startOnFreePort(localFolder, tries - 1);
  }
}

export async function startStack({ env }: StackPlace, args: readonly string[] = []): Promise<Stack> {
  const child = spawn(process.execPath, ['-r', './build/requireNode24.cjs', 'scripts/start.ts', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += stripVTControlCharacters(chunk.toString());
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  while (!output.includes('The basket is ready')) {
    if (child.exitCode !== null) throw new Error(`npm start ended: ${output}`);
    await sleep(50);
  }
  return {
    output: () => output,
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** A call's URL, signed with the key that the first start made. */
export async function signed(place: StackPlace, query: string, path = '/api/lingo/add-basket-item'): Promise<string> {
  const secrets = JSON.parse(await readFile(`${place.folder}/secrets.json`, 'utf8'));
  const key = secrets.services.localhost.keys[0] as string;
  return signUrl(`${place.url}${path}?${query}&orig=localhost`, { key, timestamp: new Date(), nonce: newNonce() });
}

export async function post(address: string, body: string | Buffer = '{"amount": "10.05"}', headers = {}) {
  const response = await fetch(address, { method: 'POST', body, headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
