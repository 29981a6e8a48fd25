/**
 * Secrets in AWS Systems Manager's Parameter Store, read with the signer and the HTTP handler that DynamoDB's client has
 * brought: its own client would add 78 kB to every function for one operation (ADR 9).
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
  /** Such as `/publik-basket/prod`. */
  readonly path: string;
  /** What is read below it, and all that the function's role allows. */
  readonly parts: readonly SecretsPart[];
  /** Instead of AWS's own. */
  readonly endpoint?: string | undefined;
}

/** As the service answers; a value is one secret's JSON. */
interface Page {
  readonly Parameters?: readonly { readonly Name: string; readonly Value: string }[];
  readonly NextToken?: string;
}

type ClientConfig = ReturnType<typeof createDocumentClient>['config'];
type Call = (body: object) => Promise<Page>;

/** The service allows 40 calls a second for a whole account, and containers start together. Milliseconds, by chance up to twice. */
const pausesMs = [100, 400, 1_000];

/** More says that somebody keeps other things there. */
const maximumPages = 100;

/** Reads the parts side by side, ten parameters a call. The names follow `secretParameters.ts`. */
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

  /** @throws AppError `temporarily-unavailable` when it is out of reach, fails or throttles; Error when it refuses. */
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
        // A silence lasts two seconds by itself: one more try, and no pause.
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

/** What the service said is not repeated: it names the role and the parameter. */
class Refusal extends Error {
  constructor(status: number) {
    super(`Parameter Store refused to tell the secrets (${status}): has the function's role the path, and the key?`);
    this.name = 'Refusal';
  }
}
