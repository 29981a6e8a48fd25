/** The whole service for a test: real handlers, real HTTP, a real engine in memory, a clock that the test sets. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { createHandler as createAddHandler } from '../functions/addBasketItem.ts';
import { createHandler as createRemoveHandler } from '../functions/removeBasketItem.ts';
import type { Item } from '../lib/basket/item.ts';
import type { Config } from '../lib/config.ts';
import { encodeFormValue } from '../lib/publik/queryString.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { newNonce } from '../lib/random.ts';
import { putRegie, type RegieFile } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import type { RegieRegister } from '../lib/regie/regieRegister.ts';
import type { Secrets } from '../lib/secrets.ts';
import { buildStage, type Stage } from '../lib/stage.ts';
import { localClient, localRegion, startEngine } from '../scripts/local/engine.ts';
import { aClock, aLogger, type TestClock, type TestLogger } from './builders.ts';
import { type HttpApiHandler, startLoopbackServer } from './loopbackServer.ts';

export const addPath = '/api/lingo/add-basket-item';
export const removePath = '/api/lingo/remove-basket-item';
export const service = 'demarches.example.org';
export const serviceKey = 's3cr3t-partagé';

export const secrets: Secrets = {
  services: {
    [service]: { keys: [serviceKey], aliases: ['formulaires.example.org'] },
    'autre.example.org': { keys: ['autre-clé', 'nouvelle-clé'] },
  },
  linkKeys: ['link-key', 'older-link-key'],
};

export const regies: RegieFile[] = [
  { id: 'cantine', name: 'Cantine', bank: 'sandbox', defaultLabel: 'Cantine', default: true },
  {
    id: '12',
    slug: 'la-regie-pas-cher',
    name: 'La régie pas cher',
    bank: 'sandbox',
    defaultLabel: 'Petite somme',
    minimumCents: 200,
    maximumCents: 1000,
  },
];

/** The answer to a call, with what makes it a documented one. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface CallParts {
  /** Query parameters in order; a list repeats the key. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON value, or the text or bytes to send as they are. */
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly orig?: string;
  readonly key?: string;
  readonly algorithm?: 'sha256' | 'sha512';
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

export interface TestBasket {
  readonly url: string;
  readonly clock: TestClock;
  readonly logger: TestLogger;
  readonly stage: Stage;
  readonly register: RegieRegister;
  readonly handlers: { readonly add: HttpApiHandler; readonly remove: HttpApiHandler };
  /** Path and signed query string of a call; the path may hold the raw start of the query string. */
  sign(path: string, parts?: CallParts): string;
  /** Sends to a path and query string as they are. */
  send(target: string, parts?: CallParts): Promise<Answer>;
  /** Signs and sends. */
  call(path: string, parts?: CallParts): Promise<Answer>;
  add(parts?: CallParts): Promise<Answer>;
  remove(id: unknown, parts?: CallParts): Promise<Answer>;
  /** All rows of the items table. */
  rows(): Promise<Record<string, unknown>[]>;
  items(): Promise<Item[]>;
  item(id: unknown): Promise<Item | undefined>;
  /** Writes a row as a later issue's code will: a test's way to a state that nothing here leads to. */
  putRow(row: Record<string, unknown>): Promise<void>;
  writeSecrets(secrets: Secrets): Promise<void>;
  stop(): Promise<void>;
}

/** @param change settings that differ; `proxy` puts something between the handlers and the engine, by its address. */
export async function startTestBasket(
  change: Partial<Config> & { proxy?: (endpoint: string) => Promise<string> } = {},
): Promise<TestBasket> {
  const { proxy = async (endpoint) => endpoint, ...settings } = change;
  const engine = await startEngine();
  const folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  const secretsFile = join(folder, 'secrets.json');
  const writeSecrets = (value: Secrets) => writeFile(secretsFile, JSON.stringify(value));
  await writeSecrets(secrets);
  const { itemsTable, regiesTable } = engine.tables;
  const client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
  const register = dynamodbRegieRegister(client, regiesTable);
  for (const regie of regies) await putRegie(register, regie);

  // The SDK of the handlers finds these where Lambda puts them.
  process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';
  const config: Config = {
    itemsTable,
    regiesTable,
    region: localRegion,
    publicUrl: 'https://paiement.example.org',
    allowHttp: false,
    language: 'fr',
    resultWord: 'succes',
    retentionDays: 400,
    secretsFile,
    dynamodbEndpoint: await proxy(engine.endpoint),
    ...settings,
  };
  const clock = aClock();
  const logger = aLogger();
  const stage = buildStage(config, { clock, logger });
  const handlers = {
    add: createAddHandler(() => stage) as unknown as HttpApiHandler,
    remove: createRemoveHandler(() => stage) as unknown as HttpApiHandler,
  };
  const server = await startLoopbackServer({
    [addPath]: handlers.add,
    [removePath]: handlers.remove,
    $default: handlers.add,
  });

  const basket: TestBasket = {
    url: server.url,
    clock,
    logger,
    stage,
    register,
    handlers,
    writeSecrets,
    sign(path, { query = { NameId: 'ab1c2d3e' }, orig = service, key = serviceKey, algorithm = 'sha256' } = {}) {
      const pairs = Object.entries({ ...query, ...(orig === '' ? {} : { orig }) });
      const parameters = pairs.flatMap(([name, values]) =>
        [values].flat().map((value) => `${name}=${encodeFormValue(value)}`),
      );
      const separator = path.includes('?') ? '&' : '?';
      const target = parameters.length === 0 ? path : `${path}${separator}${parameters.join('&')}`;
      return signUrl(target, { key, algorithm, timestamp: clock.now(), nonce: newNonce() });
    },
    async send(target, { body, raw, headers = { 'content-type': 'application/json' }, method = 'POST' } = {}) {
      const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(`${server.url}${target}`, {
        method,
        headers,
        redirect: 'manual',
        ...(text === undefined ? {} : { body: text }),
      });
      const answer = await response.text();
      return { status: response.status, headers: response.headers, body: answer === '' ? {} : JSON.parse(answer) };
    },
    call: (path, parts) => basket.send(basket.sign(path, parts), parts),
    add: (parts) => basket.call(addPath, { body: { amount: '10.05' }, ...parts }),
    remove: (id, parts) => basket.call(removePath, { body: { basket_item_id: id }, ...parts }),
    async rows() {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: itemsTable, ConsistentRead: true }));
      return Items;
    },
    items: async () => (await basket.rows()).filter(({ kind }) => kind === 'item') as unknown as Item[],
    item: async (id) => (await basket.items()).find((item) => item.id === id),
    async putRow(row) {
      await client.send(new PutCommand({ TableName: itemsTable, Item: row }));
    },
    async stop() {
      await server.stop();
      await engine.stop();
      await rm(folder, { recursive: true });
    },
  };
  return basket;
}
