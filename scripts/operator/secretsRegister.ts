/** Where an operator's commands keep the secrets of a stage: Parameter Store or, for a laptop, its file. */
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParametersByPath,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import {
  parseParameter,
  type SecretParameters,
  secretsParts,
  toParameters,
  toSecrets,
} from '../../lib/platform/secretParameters.ts';
import { CommandProblem } from '../command/commandProblem.ts';
import { readRunning, readSecrets, saveSecrets } from '../local/folder.ts';

export interface StoredSecret {
  readonly value: unknown;
  /** Counts its changes. */
  readonly version: number;
}

/** The names are those of `lib/platform/secretParameters.ts`. */
export interface SecretsRegister {
  load(): Promise<Readonly<Record<string, StoredSecret>>>;
  /** @returns false when there is one already, which stays. */
  create(name: string, value: unknown): Promise<boolean>;
  /** @throws CommandProblem when somebody else changed it since that version was read. */
  replace(name: string, value: unknown, version: number): Promise<void>;
  remove(name: string): Promise<void>;
  /** Address under which citizens and services reach the stage. */
  publicUrl(): Promise<string>;
}

/** The secrets of a register, for `toSecrets`. */
export function valuesOf(stored: Readonly<Record<string, StoredSecret>>): SecretParameters {
  return Object.fromEntries(Object.entries(stored).map(([name, { value }]) => [name, value]));
}

/** @param path of the stage's parameters, without a final slash. */
export function parameterRegister(client: SSMClient, path: string): SecretsRegister {
  const put = async (name: string, value: unknown, isNew: boolean): Promise<number> => {
    const type = isNew ? { Type: 'SecureString' as const } : { Overwrite: true };
    const command = new PutParameterCommand({ Name: `${path}/${name}`, Value: JSON.stringify(value), ...type });
    return (await client.send(command)).Version ?? 0;
  };
  return {
    async load() {
      const found: [string, StoredSecret][] = [];
      for (const part of secretsParts) {
        const question = { Path: `${path}/${part}`, Recursive: true, WithDecryption: true };
        for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, question)) {
          for (const { Name = '', Value = '', Version: version = 0 } of Parameters) {
            found.push([Name.slice(path.length + 1), { value: parse(Name, Value), version }]);
          }
        }
      }
      return Object.fromEntries(found);
    },
    async create(name, value) {
      try {
        await put(name, value, true);
        return true;
      } catch (cause) {
        if (cause instanceof ParameterAlreadyExists) return false;
        throw cause;
      }
    },
    async replace(name, value, version) {
      // Parameter Store has no conditional write; its count of changes tells afterwards.
      if ((await put(name, value, false)) === version + 1) return;
      throw new CommandProblem(
        'Somebody else changed the same secret at this moment, and that change is gone: look at it with "list", and repeat what is missing.',
      );
    },
    async remove(name) {
      await client.send(new DeleteParameterCommand({ Name: `${path}/${name}` }));
    },
    async publicUrl() {
      try {
        const { Parameter } = await client.send(new GetParameterCommand({ Name: `${path}/public-url` }));
        return Parameter?.Value ?? '';
      } catch (cause) {
        if (!(cause instanceof ParameterNotFound)) throw cause;
        throw new CommandProblem('The stage has no public address yet: is it deployed, in this region and account?');
      }
    },
  };
}

/** Node prints an error that nobody expected with the line that it is in: of JSON, that is the secret. */
function parse(name: string, text: string): unknown {
  try {
    return parseParameter(name, text);
  } catch (cause) {
    throw new CommandProblem((cause as Error).message);
  }
}

/** The secrets of `npm start`. */
export const fileRegister: SecretsRegister = {
  async load() {
    const parameters = Object.entries(toParameters(await readSecrets()));
    return Object.fromEntries(parameters.map(([name, value]) => [name, { value, version: 1 }]));
  },
  async create(name, value) {
    const parameters = toParameters(await readSecrets());
    if (Object.hasOwn(parameters, name)) return false;
    await save({ ...parameters, [name]: value });
    return true;
  },
  async replace(name, value) {
    await save({ ...toParameters(await readSecrets()), [name]: value });
  },
  async remove(name) {
    const { [name]: _, ...others } = toParameters(await readSecrets());
    await save(others);
  },
  async publicUrl() {
    const running = await readRunning();
    if (running === undefined)
      throw new CommandProblem('The basket is not running: "npm start" in another terminal first.');
    return running.publicUrl;
  },
};

async function save(parameters: SecretParameters): Promise<void> {
  await saveSecrets(toSecrets(parameters));
}
