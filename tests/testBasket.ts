/** The whole service for a test: real handlers, real HTTP, a real engine in memory, a clock that the test sets. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { PaymentDeps } from '../lib/composition/paymentDeps.ts';
import { buildServiceDeps } from '../lib/composition/serviceDeps.ts';
import type { Item } from '../lib/item/item.ts';
import type { Config } from '../lib/platform/config.ts';
import { newNonce } from '../lib/platform/random.ts';
import { secretsParts } from '../lib/platform/secretParameters.ts';
import type { Secrets } from '../lib/platform/secrets.ts';
import { encodeFormValue } from '../lib/publik/queryString.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { putRegie, type RegieFile } from '../lib/regie/administerRegies.ts';
import { dynamodbRegieRegister } from '../lib/regie/dynamodbRegieRegister.ts';
import type { RegieRegister } from '../lib/regie/regieRegister.ts';
import { localClient, localRegion, startEngine } from '../scripts/local/engine.ts';
import { aClock, aLogger, aMetrics, type TestClock, type TestLogger, type TestMetrics } from './builders.ts';
import { type EngineProxy, startEngineProxy } from './engineProxy.ts';
import { type HttpApiHandler, type Routes, startLoopbackServer } from './loopbackServer.ts';
import { type Around, addPath, buildWholeService, removePath } from './wholeService.ts';

export { addPath, removePath } from './wholeService.ts';

export const service = 'demarches.example.org';
export const serviceKey = 's3cr3t-partagé';

export const secrets: Secrets & Required<Pick<Secrets, 'linkKeys'>> = {
  services: {
    [service]: { keys: [serviceKey], aliases: ['formulaires.example.org'] },
    'autre.example.org': { keys: ['autre-clé', 'nouvelle-clé'] },
  },
  linkKeys: ['link-key', 'older-link-key'],
  sandboxKey: 'sandbox-key',
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
  {
    id: 'mail',
    name: 'La régie qui écrit',
    bank: 'sandbox',
    defaultLabel: 'Abonnement',
    sandbox: { requiresEmail: true },
    paidWhen: 'authorised',
    // A blue square.
    logo: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAADAAAAAwCAIAAADYYG7QAAAAOklEQVR42u3OQQ0AAAgEoOthKKNZ2RbOBxsBSPW8EiEhISEhISEhISEhISEhISEhISEhISEhISGhOwuYTsF5MAf/7AAAAABJRU5ErkJggg==',
    contact: 'Mairie, 01 23 45 67 89',
    paidText: 'Votre carte vous attend à la médiathèque.',
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
  readonly metrics: TestMetrics;
  readonly deps: PaymentDeps;
  readonly register: RegieRegister;
  readonly handlers: {
    readonly add: HttpApiHandler;
    readonly remove: HttpApiHandler;
    /** As the gateway finds it. */
    byRoute(route: string): HttpApiHandler;
  };
  /** Runs the sandbox bank's own schedule. */
  tickBank(): Promise<void>;
  /** The same, then attendItems, once. */
  attend(): Promise<void>;
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
  /** All payments that the sandbox bank knows. */
  sandboxPayments(): Promise<Record<string, unknown>[]>;
  item(id: unknown): Promise<Item | undefined>;
  /** Takes away all items and payments: what a test left due is not attended in another that lets weeks pass. */
  forget(): Promise<void>;
  /** Writes a row as a later issue's code will: a test's way to a state that nothing here leads to. */
  putRow(row: Record<string, unknown>): Promise<void>;
  writeSecrets(secrets: Secrets): Promise<void>;
  stop(): Promise<void>;
}

export interface TestSettings extends Partial<Config> {
  /** Puts something between the handlers and the engine, by its address. */
  readonly proxy?: (endpoint: string) => Promise<string>;
  /** The public address is that of the test's own server, so that what is answered can be followed. */
  readonly isBrowsable?: boolean;
  /** Puts something around each function, by its name in `infra/functions.yml`. */
  readonly around?: Around;
}

export async function startTestBasket(change: TestSettings = {}): Promise<TestBasket> {
  const { proxy = async (endpoint: string) => endpoint, isBrowsable = false, ...others } = change;
  const { around = (_, handler) => handler, ...settings } = others;
  const engine = await startEngine();
  const folder = await mkdtemp(join(tmpdir(), 'publik-basket-'));
  const secretsFile = join(folder, 'secrets.json');
  const writeSecrets = (value: Secrets) => writeFile(secretsFile, JSON.stringify(value));
  await writeSecrets(secrets);
  const { itemsTable, regiesTable, sandboxTable } = engine.tables;
  const client = DynamoDBDocumentClient.from(localClient(engine.endpoint));
  const register = dynamodbRegieRegister(client, regiesTable);
  for (const regie of regies) await putRegie(register, regie);

  // The SDK of the handlers finds these where Lambda puts them.
  process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';
  const routes: Record<string, HttpApiHandler> = {};
  const server = await startLoopbackServer(routes as Routes);
  const config: Config = {
    itemsTable,
    regiesTable,
    region: localRegion,
    publicUrl: isBrowsable ? server.url : 'https://paiement.example.org',
    sandboxUrl: `${server.url}/sandbox`,
    sandboxTable,
    allowHttp: isBrowsable,
    allowPrivateForms: isBrowsable,
    language: 'fr',
    resultWord: 'succes',
    retentionDays: 400,
    recordDays: 3_653,
    ...(change.secretsPath === undefined ? { secretsFile } : {}),
    secretsParts,
    metricsNamespace: 'publik-basket-test',
    dynamodbEndpoint: await proxy(engine.endpoint),
    ...settings,
  };
  const clock = aClock();
  const logger = aLogger();
  const metrics = aMetrics();
  const base = buildServiceDeps(config, { clock, logger, metrics });
  const whole = buildWholeService(base, around);
  Object.assign(routes, whole.routes);
  const handlers = {
    ...whole.handlers,
    byRoute(route: string) {
      const handler = routes[route];
      if (handler === undefined) throw new Error(`There is no route ${route}.`);
      return handler;
    },
  };

  async function scan(table: string) {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    return Items;
  }

  const basket: TestBasket = {
    url: server.url,
    clock,
    logger,
    metrics,
    deps: whole.deps,
    register,
    handlers,
    writeSecrets,
    tickBank: whole.tickBank,
    attend: whole.attend,
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
    rows: () => scan(itemsTable),
    sandboxPayments: () => scan(sandboxTable),
    items: async () => (await basket.rows()).filter(({ kind }) => kind === 'item') as unknown as Item[],
    async item(id) {
      const { Item: row } = await client.send(
        new GetCommand({ TableName: itemsTable, Key: { id }, ConsistentRead: true }),
      );
      return row?.['kind'] === 'item' ? (row as unknown as Item) : undefined;
    },
    async forget() {
      for (const { TableName, KeySchema = [] } of engine.tables.definitions) {
        if (TableName === regiesTable) continue;
        const keys = (await scan(TableName)).map((row) =>
          Object.fromEntries(KeySchema.map(({ AttributeName = '' }) => [AttributeName, row[AttributeName]])),
        );
        await Promise.all(keys.map((Key) => client.send(new DeleteCommand({ TableName, Key }))));
      }
    },
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

/** The same, with a proxy before the engine that counts the calls and makes them fail. */
export async function startTestBasketWithProxy(change: TestSettings = {}) {
  let between: EngineProxy | undefined;
  const basket = await startTestBasket({
    ...change,
    proxy: async (engine) => {
      between = await startEngineProxy(engine);
      return between.endpoint;
    },
  });
  if (between === undefined) throw new Error('The basket did not ask for its proxy.');
  const proxy = between;
  return {
    basket,
    proxy,
    stop: async () => {
      await basket.stop();
      await proxy.stop();
    },
  };
}
