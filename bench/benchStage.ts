/** A stage to measure: the deployed code, Powertools' log lines and figures included, on a local engine. */
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { buildPaymentDeps, type PaymentDeps } from '../lib/composition/paymentDeps.ts';
import { buildServiceDeps } from '../lib/composition/serviceDeps.ts';
import type { Config } from '../lib/platform/config.ts';
import { newNonce } from '../lib/platform/random.ts';
import { encodeFormValue } from '../lib/publik/queryString.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { httpApiEvent } from '../tests/loopbackServer.ts';

export const addPath = '/api/lingo/add-basket-item';
export const removePath = '/api/lingo/remove-basket-item';

/** What a worker is told. */
export interface BenchInput {
  readonly config: Config;
  readonly isQuick: boolean;
}

export const benchService = 'demarches.example.org';
export const benchKey = 'bench-key';

export function readInput<Input extends BenchInput>(): Input {
  return JSON.parse(process.argv[2] ?? '{}') as Input;
}

export function openStage(config: Config): PaymentDeps {
  return buildPaymentDeps(buildServiceDeps(config));
}

const user = `NameId=ab1c2d3e&email=${encodeFormValue('gerard.lambert@rungis.fr')}`;

/** Path and query string of a call as w.c.s. signs it. */
export function signCall(path: string): string {
  const target = `${path}?${user}&orig=${benchService}`;
  return signUrl(target, { key: benchKey, timestamp: new Date(), nonce: newNonce() });
}

/** The form that asks, and what for. */
export const addBody = {
  amount: '10.05',
  display_name: 'Cantine de novembre',
  url: `https://${benchService}/cantine/14/`,
};

/** The event that the gateway makes of a signed call. */
export function callEvent(path: string, body: object): APIGatewayProxyEventV2 {
  const [, rawQuery = ''] = signCall(path).split('?');
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'publik-caller-url': `https://${benchService}/backoffice/management/cantine/14/`,
  };
  return httpApiEvent({ path, rawQuery, headers, body: Buffer.from(JSON.stringify(body)) });
}

type CallHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

/** Calls a handler. @throws Error when it does not answer 200: a refusal must not be taken for a quick success. */
export async function callHandler(handler: unknown, event: APIGatewayProxyEventV2): Promise<string> {
  const answer = await (handler as CallHandler)(event, {} as Context);
  const { statusCode, body = '' } = answer as { statusCode?: number; body?: string };
  if (statusCode !== 200) throw new Error(`A call was answered ${statusCode}: ${body.slice(0, 300)}`);
  return body;
}
