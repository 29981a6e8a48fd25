/** `npm run smoke` on a stage of AWS: the service over HTTP, and stand-ins for Parameter Store and CloudWatch Logs. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCredentials } from '../scripts/local/engine.ts';
import { main } from '../scripts/smoke.ts';
import { type ParameterStoreServer, startParameterStore } from './parameterStoreServer.ts';
import { runCommand } from './runCommand.ts';
import { service, serviceKey, startTestBasket, type TestBasket } from './testBasket.ts';

let basket: TestBasket;
let store: ParameterStoreServer;
let logs: Server;
/** Whether the log has whatever is looked for. */
let isLeaky = false;
/** Names of the log groups that were searched. */
const searched = new Set<string>();

beforeAll(async () => {
  basket = await startTestBasket({ isBrowsable: true });
  // The command signs with the time that it is.
  basket.clock.set(new Date());
  store = await startParameterStore();
  const parameters = { 'public-url': basket.url, [`callers/services/${service}`]: { keys: [serviceKey] } };
  for (const [name, value] of Object.entries(parameters)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    store.parameters.set(`/publik-basket/dev/${name}`, {
      value: text,
      type: name === 'public-url' ? 'String' : 'SecureString',
      version: 1,
    });
  }
  logs = createServer(async (request, response) => {
    const { logGroupName, filterPattern, nextToken } = (await json(request)) as Record<string, string>;
    searched.add(logGroupName ?? '');
    const terms = Array.from((filterPattern ?? '').matchAll(/\?"((?:[^"\\]|\\.)*)"/g), ([, term = '']) =>
      term.replaceAll('\\"', '"'),
    );
    const lines = [...basket.logger.lines.map((line) => JSON.stringify(line)), ...(isLeaky ? terms : [])];
    // As CloudWatch may: nothing on the first page, and the rest on the next.
    const isFirst = nextToken === undefined;
    const isOurs = !isFirst && logGroupName === '/aws/lambda/publik-basket-dev-addBasketItem';
    const events = isOurs ? lines.filter((line) => terms.some((term) => line.includes(term))) : [];
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify({ events: events.map((message) => ({ message })), ...(isFirst ? { nextToken: 'more' } : {}) }),
    );
  }).listen(0, '127.0.0.1');
  await once(logs, 'listening');
});
afterAll(async () => {
  logs.closeAllConnections();
  logs.close();
  await store.stop();
  await basket.stop();
});

function smoke(...args: string[]) {
  const env = {
    AWS_ENDPOINT_URL_SSM: store.endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: `http://127.0.0.1:${(logs.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  };
  return runCommand(main, ['--stage', 'dev', ...args], { env });
}

describe('npm run smoke', () => {
  it('finds all well, leaves one removed item, and has looked at every log of the stage', async () => {
    const { code, output } = await smoke();
    expect(output).toMatch(/^(ok {6}.+\n){14}All is well at http/);
    expect(code).toBe(0);
    const [item, ...others] = await basket.items();
    expect([item?.state, item?.cancelledBy, item?.notice, others]).toEqual(['cancelled', 'workflow', undefined, []]);
    expect([...searched].toSorted()).toEqual([
      '/aws/http-api/publik-basket-dev',
      '/aws/lambda/publik-basket-dev-addBasketItem',
      '/aws/lambda/publik-basket-dev-attendItems',
      '/aws/lambda/publik-basket-dev-paymentNotification',
      '/aws/lambda/publik-basket-dev-paymentPage',
      '/aws/lambda/publik-basket-dev-removeBasketItem',
    ]);
  });

  it('tells what is wrong: a refused call, and a log that says too much', async () => {
    isLeaky = true;
    const { code, output } = await smoke('--regie-id', 'nowhere');
    isLeaky = false;
    expect(code).toBe(1);
    expect(output).toMatch(/^FAILED {2}an item is added: HTTP 400 unknown-regie /m);
    expect(output).toMatch(/^FAILED {2}the log has neither user, nonce, signature nor address: \d+ lines$/m);
    expect(output).toMatch(/^2 of 8 failed\.$/m);
  });

  it.each([
    [['--service', 'unknown.example.org'], 'There is no service unknown.example.org'],
    [['--nonsense'], 'The command has no option --nonsense.\nUsage: npm run smoke -- [--service <host>]'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, output } = await smoke(...args);
    expect([code, output]).toEqual([1, expect.stringContaining(sentence)]);
  });
});
