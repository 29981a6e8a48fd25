/** The folder `.local`: what a laptop keeps between two starts. Git-ignored; it may be deleted at any time. */
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Level } from 'level';
import { newKey } from '../../lib/platform/random.ts';
import { fileSecrets, type Secrets } from '../../lib/platform/secrets.ts';
import { UnreadableText } from '../../lib/platform/textFile.ts';
import { formatSiteOptions } from '../../standins/forms/siteOptions.ts';
import { CommandProblem } from '../command/commandProblem.ts';
import { type Engine, startEngine } from './engine.ts';
import { localFolder } from './environment.ts';
import { readTables } from './tables.ts';

/** What `npm start` leaves for the other commands while it runs. */
export interface Running {
  readonly pid: number;
  readonly publicUrl: string;
  readonly dynamodbEndpoint: string;
  /** Of the forms that the stand-in has. */
  readonly formsUrl: string;
}

type EngineAddress = Pick<Engine, 'endpoint' | 'tables'>;

/** Name of the service that `npm run demo` plays. */
export const demoService = 'localhost';

const inFolder = (name: string) => fileURLToPath(new URL(`../../${localFolder()}/${name}`, import.meta.url));
const dataFolder = () => inFolder('dynamodb');
const runningFile = () => inFolder('running.json');
/** What the functions print, of the latest start. */
export const functionLog = () => inFolder('functions.log');
export const secretsFile = () => inFolder('secrets.json');
/** Settings of the pretended forms, and what a w.c.s. on this machine needs of them. */
const siteOptionsFile = () => inFolder('site-options.cfg');

/** Citizens' test data and keys: nobody else's business. */
async function makeFolder(): Promise<void> {
  await mkdir(inFolder(''), { recursive: true, mode: 0o700 });
}

/** Reads the secrets, and makes at the first start those that are missing. @throws CommandProblem when the file is malformed. */
export async function ensureSecrets(): Promise<Secrets> {
  await makeFolder();
  const made: Secrets = {
    services: { [demoService]: { keys: [newKey()] } },
    linkKeys: [newKey()],
    sandboxKey: newKey(),
  };
  try {
    await writeFile(secretsFile(), `${JSON.stringify(made, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    // The usual case: they were made before.
    if (!isCode(cause, 'EEXIST')) throw cause;
    await chmod(secretsFile(), 0o600);
  }
  const secrets = await readSecrets();
  // Made before there was a sandbox bank.
  return secrets.sandboxKey === undefined ? saveSecrets({ ...secrets, sandboxKey: newKey() }) : secrets;
}

/** Lets the forms of the demo service be at this host, which may have another port at each start. */
export async function allowForms(secrets: Secrets, host: string): Promise<void> {
  const service = secrets.services[demoService];
  if (service === undefined || service.aliases?.includes(host)) return;
  const aliases = [...(service.aliases ?? []), host];
  await saveSecrets({ ...secrets, services: { ...secrets.services, [demoService]: { ...service, aliases } } });
}

/** Lets the forms know us, as the administrator of a w.c.s. does: by the name and the key that the basket tells them with. */
export async function introduceOurselves({ services }: Secrets, publicUrl: string): Promise<void> {
  const { keys = [], outgoing } = services[demoService] ?? {};
  const name = outgoing?.orig ?? new URL(publicUrl).hostname;
  const [key = ''] = outgoing?.keys ?? keys;
  await writeFile(siteOptionsFile(), formatSiteOptions(name, key), { mode: 0o600 });
}

export function readSiteOptions(): Promise<string> {
  return readFile(siteOptionsFile(), 'utf8');
}

/** What a demo regie shares with PayZen in test mode, made once; and the secrets, with it in place. */
export async function ensurePayzenKeys(
  secrets: Secrets,
  regieId: string,
): Promise<{ secrets: Secrets; key: string; restPassword: string }> {
  const { banks = {} } = secrets;
  const payzen = banks[regieId]?.payzen;
  const { key = newKey(), restPassword = newKey() } = payzen?.test ?? {};
  if (payzen?.test?.restPassword !== undefined) return { secrets, key, restPassword };
  const own = { ...banks[regieId], payzen: { ...payzen, test: { key, restPassword } } };
  return { secrets: await saveSecrets({ ...secrets, banks: { ...banks, [regieId]: own } }), key, restPassword };
}

/** In one step: a start that is killed halfway leaves the old file. */
export async function saveSecrets(secrets: Secrets): Promise<Secrets> {
  const draft = `${secretsFile()}.new`;
  await writeFile(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, secretsFile());
  return secrets;
}

export async function readSecrets(): Promise<Secrets> {
  try {
    return await fileSecrets(secretsFile()).load();
  } catch (cause) {
    if (cause instanceof UnreadableText && cause.isMissing)
      throw new CommandProblem(`There are no local secrets yet: run "npm start" first.`);
    const { message } = cause as Error;
    const sentence = cause instanceof UnreadableText ? message : `${secretsFile()}: ${message}`;
    throw new CommandProblem(`${sentence} Mend it, or delete it to have a new one.`);
  }
}

/** Starts the engine on the folder's data. @throws CommandProblem when it is in use, unreadable or of another time. */
export async function openData(): Promise<Engine> {
  await makeFolder();
  await probe();
  try {
    return await startEngine(dataFolder());
  } catch (cause) {
    throw new CommandProblem(`${(cause as Error).message} Delete the folder ${dataFolder()} to start afresh.`);
  }
}

/** Works on the data of the running service or, when none runs, on an engine of its own for the time of the work. */
export async function withEngine<Result>(work: (engine: EngineAddress) => Promise<Result>): Promise<Result> {
  const running = await readRunning();
  if (running !== undefined) return work({ endpoint: running.dynamodbEndpoint, tables: await readTables('local') });
  const engine = await openData();
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}

/** dynalite itself crashes on a folder that it cannot open, with nothing said of why. */
async function probe(): Promise<void> {
  const level = new Level(dataFolder());
  try {
    await level.open();
    await level.close();
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    if (isCode(cause, 'LEVEL_LOCKED'))
      throw new CommandProblem('It is already running: another "npm start" has the data.');
    throw new CommandProblem(`The data in ${dataFolder()} cannot be read: delete that folder to start afresh.`);
  }
}

export async function writeRunning(running: Running): Promise<void> {
  await writeFile(runningFile(), JSON.stringify(running));
}

export async function forgetRunning(): Promise<void> {
  await rm(runningFile(), { force: true });
}

/** What `npm start` wrote, if it still runs. */
export async function readRunning(): Promise<Running | undefined> {
  try {
    const running = JSON.parse(await readFile(runningFile(), 'utf8')) as Running;
    // Any answer will do: a file that a killed process left behind names a port that nobody answers on.
    await fetch(running.dynamodbEndpoint, { signal: AbortSignal.timeout(1_000) });
    return running;
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
