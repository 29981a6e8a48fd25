/** The secrets of a stage: who may call, and the keys of the payment addresses and of the banks. */
import validateSecrets from '../../schemas/compiled/secrets.js';
import { checked } from '../values/validation.ts';
import { readTextFile } from './textFile.ts';

/** A service that may call: `keys` are shared with it, each is believed; `aliases` are its other hosts. */
export interface ServiceSecrets {
  readonly keys: readonly string[];
  /** How it is told of outcomes, where that differs from how it calls. */
  readonly outgoing?: {
    /** Our name to it; the host of the stage's public address, without its port, when absent. */
    readonly orig?: string;
    readonly keys?: readonly string[];
  };
  readonly aliases?: readonly string[];
}

/** What a regie shares with PayZen, for one mode. */
export interface PayzenKeys {
  readonly key: string;
  /** Where the shop has the REST API: it can be asked then. */
  readonly restPassword?: string;
}

/** What a regie shares with its bank. */
export interface BankSecrets {
  readonly payzen?: { readonly test?: PayzenKeys; readonly production?: PayzenKeys };
}

/** Shape of `schemas/secrets.schema.json`. */
export interface Secrets {
  readonly services: Readonly<Record<string, ServiceSecrets>>;
  readonly defaultService?: string;
  /** Absent where a function is not given them. */
  readonly linkKeys?: readonly string[];
  /** By the id of the regie. */
  readonly banks?: Readonly<Record<string, BankSecrets>>;
  /** What the sandbox bank and this service sign their messages to each other with. */
  readonly sandboxKey?: string;
}

/** Where the secrets of a stage are kept. */
export interface SecretsSource {
  /** Reads them anew. Throws when they are out of reach or malformed; the error names the field, never a value. */
  load(): Promise<Secrets>;
}

/** Far more than a stage has. */
const maximumBytes = 1_000_000;

/** A JSON file, for a laptop; UnreadableText when there is no such text. */
export function fileSecrets(path: string): SecretsSource {
  return { load: async () => parseSecrets(await readTextFile(path, maximumBytes)) };
}

/** The secrets of a file, which are all there. @throws Error that names the faulty field. */
export function parseSecrets(text: string): Secrets {
  const secrets = checkSecrets(parseJson(text));
  if (secrets.linkKeys === undefined) throw new Error('Malformed secrets: linkKeys: it is missing.');
  return secrets;
}

/** @throws Error that names the faulty field. */
export function checkSecrets(value: unknown): Secrets {
  const secrets = checked<Secrets>(validateSecrets, value, 'secrets');
  const { services, defaultService } = secrets;
  if (defaultService !== undefined && !Object.hasOwn(services, defaultService)) {
    throw new Error('Malformed secrets: defaultService: it is not one of the services.');
  }
  return secrets;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The cause is left out: JSON.parse quotes what it read.
    throw new Error('Malformed secrets: not JSON.');
  }
}
