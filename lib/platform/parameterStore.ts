/**
 * Reads secrets from AWS Systems Manager's Parameter Store, with the signer and the HTTP handler of the DynamoDB client. Its
 * own client would add 78 kB to every function for one operation (ADR 9).
 *
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { AppError } from '../values/errors.ts';
import type { createDocumentClient } from './dynamodb.ts';
import { newChance } from './random.ts';
import { parseParameter, type SecretsPart, toSecrets } from './secretParameters.ts';
import type { SecretsSource } from './secrets.ts';

export interface ParameterPlace {
  /** For example `/publik-basket/prod`. */
  readonly path: string;
  /** The parts to read below the path. The function's role allows no others. */
  readonly parts: readonly SecretsPart[];
  /** Address of a stand-in; AWS's own when absent. */
  readonly endpoint?: string | undefined;
}

/** One answer of the service. Each value is the JSON of one secret. */
interface Page {
  readonly Parameters?: readonly { readonly Name: string; readonly Value: string }[];
  readonly NextToken?: string;
}

type ClientConfig = ReturnType<typeof createDocumentClient>['config'];
type Call = (body: object) => Promise<Page>;

/**
 * Pauses before the next tries, in milliseconds, each drawn out by chance to twice its length at most. The service allows 40
 * calls a second for a whole account, and containers start together.
 */
const pausesMs = [100, 400, 1_000];

/** Pages for one part. More pages mean that somebody keeps other things there. */
const maximumPages = 100;

/** Reads the parts side by side, ten parameters a call. `secretParameters.ts` defines the names. */
export function parameterSecrets(client: ClientConfig, place: ParameterPlace): SecretsSource {
  const call = createCall(client, place.endpoint);
  return {
    async load() {
      const parts = await Promise.all(place.parts.map((part) => readPart(call, `${place.path}/${part}`)));
      const named = parts
        .flat()
        .map(({ Name, Value }) => [Name.slice(place.path.length + 1), parseParameter(Name, Value)]);
      return toSecrets(Object.fromEntries(named));
    },
  };
}

async function readPart(call: Call, path: string): Promise<NonNullable<Page['Parameters']>> {
  const found = [];
  let next: string | undefined;
  for (let pages = 0; pages < maximumPages; pages += 1) {
    const question = { Path: path, Recursive: true, WithDecryption: true, MaxResults: 10 };
    const page = await call(next === undefined ? question : { ...question, NextToken: next });
    found.push(...(page.Parameters ?? []));
    next = page.NextToken || undefined;
    if (next === undefined) return found;
  }
  throw new Error('Parameter Store has no end of parameters there.');
}

function createCall({ region, credentials, sha256, requestHandler }: ClientConfig, endpoint: string | undefined): Call {
  const signer = new SignatureV4({ service: 'ssm', region, credentials, sha256 });

  async function callOnce(body: object): Promise<{ status: number; answer: string }> {
    const { protocol, hostname, port, host } = new URL(endpoint ?? `https://ssm.${await region()}.amazonaws.com`);
    const request = new HttpRequest({
      method: 'POST',
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: '/',
      headers: {
        host,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.GetParametersByPath',
      },
      body: JSON.stringify(body),
    });
    const { response } = await requestHandler.handle((await signer.sign(request)) as HttpRequest);
    return { status: response.statusCode, answer: await text(response.body) };
  }

  /** @throws AppError `temporarily-unavailable` when the service is out of reach, fails or throttles; Error when it refuses. */
  return async (body) => {
    for (let tries = 0; ; tries += 1) {
      const pauseMs = pausesMs[tries];
      try {
        const { status, answer } = await callOnce(body);
        if (status === 200) return JSON.parse(answer) as Page;
        if (!isPassing(status, answer)) throw new Refusal(status);
        if (pauseMs === undefined) throw new AppError('temporarily-unavailable');
      } catch (cause) {
        if (cause instanceof Refusal || cause instanceof AppError) throw cause;
        // A silence has already lasted two seconds: one more try, without a pause.
        if (tries >= 1 || pauseMs === undefined) throw new AppError('temporarily-unavailable', { cause });
        continue;
      }
      await sleep(pauseMs * (1 + newChance()));
    }
  };
}

function isPassing(status: number, answer: string): boolean {
  return status >= 500 || /Throttl|TooManyRequests|LimitExceeded/.test(answer);
}

/** The service's own message is left out: it names the role and the parameter. */
class Refusal extends Error {
  constructor(status: number) {
    super(`Parameter Store refused to tell the secrets (${status}): has the function's role the path, and the key?`);
    this.name = 'Refusal';
  }
}
