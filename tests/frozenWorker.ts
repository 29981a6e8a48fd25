/** A process that makes each of our outgoing calls when it is told to: what a test freezes, as Lambda freezes a container. */

import { payfipProvider } from '../lib/bank/payfip/payfipProvider.ts';
import { type AskableProvider, isAskable, type PaymentOrder } from '../lib/bank/paymentProvider.ts';
import { payzenProvider } from '../lib/bank/payzen/payzenProvider.ts';
import { sandboxProvider } from '../lib/bank/sandbox/sandboxProvider.ts';
import { dynamodbBasketStore } from '../lib/basket/dynamodbBasketStore.ts';
import { postToForm } from '../lib/notice/formCall.ts';
import { createDocumentClient } from '../lib/platform/dynamodb.ts';
import { parameterSecrets } from '../lib/platform/parameterStore.ts';
import { sendNotification } from '../lib/sandboxBank/notification.ts';
import type { SandboxPayment } from '../lib/sandboxBank/payment.ts';
import { aLogger, anItem } from './builders.ts';

/** Addresses, each behind a proxy of its own, and what goes with them. */
export interface Places {
  readonly payfipOpened: string;
  readonly payfipAsked: string;
  readonly payzenAsked: string;
  readonly sandboxOpened: string;
  readonly sandboxKey: string;
  readonly shopNotified: string;
  readonly formTold: string;
  readonly itemsRead: string;
  readonly itemsWritten: string;
  readonly itemsTable: string;
  readonly secretsRead: string;
  readonly secretsPath: string;
}

/** A call of ours, by what is called. */
export type CallName = Exclude<keyof Places, 'sandboxKey' | 'itemsTable' | 'secretsPath'>;

export interface Order {
  readonly names: readonly CallName[];
  /** How many of each at the same time. */
  readonly atOnce: number;
  /** How far the clock has gone on by itself. */
  readonly aheadMs: number;
}

/** Of each call what it gave, or the code of its error. */
export type Outcomes = Readonly<Partial<Record<CallName, unknown[]>>>;

const places = JSON.parse(process.argv[2] ?? '{}') as Places;
let aheadMs = 0;
const clock = { now: () => new Date(Date.now() + aheadMs) };
let count = 0;

/** Each has a client of its own, so that none learns from another's failure. */
function clientOf(dynamodbEndpoint: string) {
  return createDocumentClient({ region: 'eu-west-3', dynamodbEndpoint }, clock);
}

function payfip(url: string): AskableProvider {
  const account = { numcli: '123456', mode: 'test', url, pageUrl: 'https://www.payfip.gouv.fr/page' } as const;
  return payfipProvider(account, clock);
}

function askPayzen() {
  const rest = { url: places.payzenAsked, password: 'testpassword' };
  const account = { siteId: '12345678', mode: 'test', key: '1122334455667788', algorithm: 'hmac-sha256' } as const;
  const tools = { now: clock.now, transIds: { claim: async () => true }, drawTransId: () => '0000aa' };
  const provider = payzenProvider({ ...account, url: 'https://secure.payzen.eu/vads-payment/', rest }, tools);
  if (!isAskable(provider)) throw new Error('A shop with the REST API can be asked.');
  return provider.ask(asked(newReference()));
}

function newReference(): string {
  count += 1;
  return `${process.pid}-${count}`.replace(/\D/g, '').padStart(28, '0');
}

function anOrder(): PaymentOrder {
  return {
    reference: newReference(),
    amountCents: 1005,
    currency: 'EUR',
    label: 'Cantine',
    email: 'gerard.lambert@rungis.fr',
    captureDelayDays: 0,
    returnUrl: 'https://paiement.example.org/return',
    notificationUrl: 'https://paiement.example.org/notification',
    language: 'fr',
  };
}

function asked(reference: string) {
  return { reference, amountCents: 1005, currency: 'EUR', createdAt: clock.now().toISOString() };
}

const read = dynamodbBasketStore(clientOf(places.itemsRead), places.itemsTable, 400);
const written = dynamodbBasketStore(clientOf(places.itemsWritten), places.itemsTable, 400);
const secretsClient = clientOf('http://127.0.0.1:2');

const calls: Readonly<Record<CallName, () => Promise<unknown>>> = {
  async payfipOpened() {
    const { redirect } = await payfip(places.payfipOpened).open(anOrder());
    return redirect.url.replace(/=.*/, '');
  },
  async payfipAsked() {
    const bankReference = 'cc0cb210-1cd4-11ea-8cca-0213ad91a103';
    return (await payfip(places.payfipAsked).ask({ ...asked(newReference()), bankReference })).outcome;
  },
  payzenAsked: async () => (await askPayzen()).outcome,
  async sandboxOpened() {
    const account = { url: places.sandboxOpened, key: places.sandboxKey, shop: 'cantine', requiresEmail: false };
    return (await sandboxProvider(account).open(anOrder())).redirect.method;
  },
  async shopNotified() {
    const logger = aLogger();
    const payment = { id: newReference(), amountCents: 1005, notificationUrl: places.shopNotified } as SandboxPayment;
    await sendNotification({ key: places.sandboxKey, logger })(payment, clock.now());
    return logger.lines[0]?.message;
  },
  formTold: async () => (await postToForm({ url: places.formTold, body: '{}', allowsPrivate: true })).result.kind,
  itemsRead: async () => (await read.read('7zzzzzzzzzzzzzzzzzzzzzzzzz')) ?? 'no item',
  async itemsWritten() {
    await written.add(anItem({ id: newReference(), writeId: newReference() }));
    return 'written';
  },
  async secretsRead() {
    const place = { path: places.secretsPath, parts: ['links'], endpoint: places.secretsRead } as const;
    return (await parameterSecrets(secretsClient.config, place).load()).linkKeys;
  },
};

function outcomeOf(name: CallName): Promise<unknown> {
  return calls[name]().catch((error: { code?: string; stack?: string }) => error.code ?? error.stack);
}

process.on('message', async (order: Order) => {
  aheadMs = order.aheadMs;
  const outcomes = order.names.map(async (name) => [
    name,
    await Promise.all(Array.from({ length: order.atOnce }, () => outcomeOf(name))),
  ]);
  process.send?.(Object.fromEntries(await Promise.all(outcomes)));
});
