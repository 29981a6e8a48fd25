/** The sandbox bank and our adapter to it, over HTTP: the real handler, a real engine, a clock that the test sets. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../functions/sandboxBank.ts';
import type { OpenedPayment, PaymentOrder } from '../lib/bank/paymentProvider.ts';
import { sandboxProvider } from '../lib/bank/sandbox/sandboxProvider.ts';
import { encodeFields, signFields } from '../lib/bank/sandbox/sandboxSignature.ts';
import { buildSandboxDeps, type SandboxDeps } from '../lib/composition/sandboxDeps.ts';
import { buildServiceDeps } from '../lib/composition/serviceDeps.ts';
import { secretsParts } from '../lib/platform/secretParameters.ts';
import { magicAmounts } from '../lib/sandboxBank/magicAmounts.ts';
import { type Engine, localClient, localRegion, startEngine } from '../scripts/local/engine.ts';
import { aClock, aLogger, noon, type TestClock, type TestLogger } from './builders.ts';
import { type HttpApiHandler, type LoopbackServer, startLoopbackServer } from './loopbackServer.ts';

const key = 'sandbox-key';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

let engine: Engine;
let bank: LoopbackServer;
let shop: Shop;
let folder: string;
let url: string;
let clock: TestClock;
let logger: TestLogger;
let handler: HttpApiHandler;

/** Our side's addresses: keeps what the bank's server posts. */
interface Shop {
  readonly url: string;
  readonly notifications: string[];
  status: number;
  stop(): Promise<void>;
}

async function startShop(): Promise<Shop> {
  const notifications: string[] = [];
  const server = createServer(async (request, response) => {
    notifications.push(await text(request));
    response.writeHead(started.status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const started: Shop = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notifications,
    status: 200,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return started;
}

beforeAll(async () => {
  engine = await startEngine();
  folder = await mkdtemp(join(tmpdir(), 'sandbox-bank-'));
  const secretsFile = join(folder, 'secrets.json');
  await writeFile(secretsFile, JSON.stringify({ services: {}, linkKeys: ['link-key'], sandboxKey: key }));
  process.env['AWS_ACCESS_KEY_ID'] ??= 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'local';
  clock = aClock();
  logger = aLogger();
  let stage: SandboxDeps | undefined;
  const depsOf = (): SandboxDeps => {
    if (stage === undefined) throw new Error('No call comes before the stage is there.');
    return stage;
  };
  handler = createHandler(depsOf) as unknown as HttpApiHandler;
  bank = await startLoopbackServer({ $default: handler });
  shop = await startShop();
  url = `${bank.url}/sandbox`;
  const config = {
    itemsTable: engine.tables.itemsTable,
    regiesTable: engine.tables.regiesTable,
    region: localRegion,
    publicUrl: shop.url,
    allowHttp: true,
    allowPrivateForms: true,
    language: 'fr',
    resultWord: 'succes',
    retentionDays: 400,
    recordDays: 3_653,
    secretsFile,
    secretsParts,
    metricsNamespace: 'publik-basket-test',
    dynamodbEndpoint: engine.endpoint,
    sandboxUrl: url,
    sandboxTable: engine.tables.sandboxTable,
  } as const;
  stage = buildSandboxDeps(buildServiceDeps(config, { clock, logger }));
});

afterAll(async () => {
  await bank.stop();
  await shop.stop();
  await engine.stop();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  // What the test before left to be sent goes first.
  clock.set(new Date(noon.getTime() + 3_600_000));
  await tick();
  clock.set(noon);
  shop.notifications.length = 0;
  shop.status = 200;
  logger.lines.length = 0;
});

let references = 0;

function anOrder(change: Partial<PaymentOrder> = {}): PaymentOrder {
  references += 1;
  return {
    reference: `7zzzzzzzzzzzzzzzzzzzzz${String(references).padStart(6, '0')}`,
    amountCents: 1005,
    currency: 'EUR',
    label: 'Cantine <de> novembre',
    email: 'gerard.lambert@rungis.fr',
    captureDelayDays: 0,
    returnUrl: `${shop.url}/retour`,
    notificationUrl: `${shop.url}/notification`,
    language: 'fr',
    ...change,
  };
}

function adapter(change: { key?: string; shop?: string } = {}) {
  return sandboxProvider({ url, key, shop: 'cantine', requiresEmail: false, ...change });
}

async function openOne(amountCents: number) {
  const order = anOrder({ amountCents });
  const opened = await adapter().open(order);
  const asked = { reference: order.reference, createdAt: noon.toISOString(), amountCents: 1005, currency: 'EUR' };
  return { ...asked, opened, page: `${url}/pay/${opened.bankReference}`, ask: () => adapter().ask(asked) };
}

async function press(page: string, outcome: string): Promise<Response> {
  return await fetch(page, { method: 'POST', headers: form, body: `outcome=${outcome}`, redirect: 'manual' });
}

/** What the adapter makes of a return. */
function readReturn(answer: Response) {
  const address = answer.headers.get('location') ?? '';
  const [target, rawQuery = ''] = address.split('?');
  expect([answer.status, target]).toEqual([303, `${shop.url}/retour`]);
  return adapter().read({ channel: 'return', rawQuery, body: '' });
}

function readNotifications() {
  return shop.notifications.map((body) => adapter().read({ channel: 'notification', rawQuery: '', body }));
}

async function tick(): Promise<void> {
  const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
  await handler(event as never, {} as Context);
}

describe('a payment without magic', () => {
  it('is opened, shown, paid, notified, brought back and asked for', async () => {
    const { reference, opened, page, ask } = await openOne(1005);
    const end = new Date('2026-11-23T12:10:00.000Z');
    expect(opened).toEqual({
      redirect: { method: 'GET', url: page },
      bankReference: expect.stringMatching(new RegExp(`^${reference}-[0-9a-f]{32}$`)),
      sessionEndsAt: end,
      resumableUntil: end,
    } satisfies OpenedPayment);
    expect(await ask()).toMatchObject({ outcome: 'open', amountCents: 1005 });

    const shown = await fetch(page);
    const html = await shown.text();
    expect(shown.status).toBe(200);
    for (const part of ['Banque fictive', 'cantine', 'Cantine &lt;de&gt; novembre', '10,05', reference]) {
      expect(html).toContain(part);
    }
    expect(html).not.toContain('rungis');
    expect(shown.headers.get('content-security-policy')).not.toContain('form-action');
    expect(shown.headers.get('referrer-policy')).toBe('strict-origin');

    clock.advance(60_000);
    const expected = {
      outcome: 'paid',
      reference,
      amountCents: 1005,
      currency: 'EUR',
      shop: 'cantine',
      mode: 'test',
      bankTransactionDate: '2026-11-23T12:01:00.000Z',
      bankTransactionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    };
    expect(readReturn(await press(page, 'paid'))).toMatchObject(expected);
    expect(readNotifications()).toEqual([expect.objectContaining(expected)]);
    expect(await ask()).toMatchObject(expected);
  });

  it.each(['refused', 'abandoned', 'pending'])('is %s by the button of that name', async (outcome) => {
    const { page, ask } = await openOne(1005);
    expect(readReturn(await press(page, outcome))).toMatchObject({ outcome });
    expect(readNotifications()).toMatchObject([{ outcome }]);
    expect(await ask()).toMatchObject({ outcome });
  });

  it('is decided once: a second press and a second visit only go on', async () => {
    const { page } = await openOne(1005);
    const answers = await Promise.all([press(page, 'paid'), press(page, 'paid')]);
    expect(answers.map(readReturn)).toMatchObject([{ outcome: 'paid' }, { outcome: 'paid' }]);
    expect(readReturn(await press(page, 'refused'))).toMatchObject({ outcome: 'paid' });
    expect(readReturn(await fetch(page, { redirect: 'manual' }))).toMatchObject({ outcome: 'paid' });
    expect(shop.notifications).toHaveLength(1);
  });

  it('expires: the page says so with a bare link back, and a press changes nothing', async () => {
    const { page, ask } = await openOne(1005);
    clock.advance(600_000);
    const pressed = await press(page, 'paid');
    for (const address of [page, pressed.headers.get('location') ?? '']) {
      const html = await (await fetch(address)).text();
      expect(html).toContain('Session expirée');
      expect(html).toContain(`href="${shop.url}/retour"`);
    }
    expect(await ask()).toMatchObject({ outcome: 'expired' });
    expect(shop.notifications).toEqual([]);
  });

  it('is shown in English to whom the order says so', async () => {
    const opened = await adapter().open(anOrder({ language: 'en' }));
    const html = await (await fetch(opened.redirect.url)).text();
    expect(html).toContain('Fictitious bank');
    expect(html).toContain('lang="en"');
  });

  it('has its capture day on the page and in what the bank says', async () => {
    const opened = await adapter().open(anOrder({ captureDelayDays: 8 }));
    expect(await (await fetch(opened.redirect.url)).text()).toContain('1er décembre 2026 (dans 8 jours)');
    expect(readReturn(await press(opened.redirect.url, 'paid'))).toMatchObject({
      outcome: 'paid',
      captureDate: '2026-12-01',
    });
  });

  it('is paid though the shop refuses the notification', async () => {
    shop.status = 500;
    const { page } = await openOne(1005);
    expect(readReturn(await press(page, 'paid'))).toMatchObject({ outcome: 'paid' });
    expect(logger.lines).toMatchObject([{ message: 'sandbox notification sent', fields: { status: 500 } }]);
  });

  it('is paid though the shop is out of reach', async () => {
    const opened = await adapter().open(anOrder({ notificationUrl: 'http://127.0.0.1:2/notification' }));
    expect(readReturn(await press(opened.redirect.url, 'paid'))).toMatchObject({ outcome: 'paid' });
    expect(logger.lines).toMatchObject([{ level: 'WARN', message: 'sandbox notification failed' }]);
  });

  it('leaves a row for fifteen days, with no email in it', async () => {
    const { reference } = await openOne(1005);
    const client = localClient(engine.endpoint);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: engine.tables.sandboxTable }));
    client.destroy();
    const row = Items.find(({ id }) => id?.S === reference);
    // 2026-12-08T12:00:00Z
    expect(row?.['ttlEpochSeconds']).toEqual({ N: '1796731200' });
    expect(JSON.stringify(row)).not.toContain('rungis');
  });
});

describe('magic amounts', () => {
  it.each([
    // cents, of the return, of the notifications, asked 5 s later, asked 10 s later
    [90001, 'refused', ['refused'], 'refused', 'refused'],
    [90002, 'pending', ['pending', 'paid'], 'paid', 'paid'],
    [90003, 'accepted', ['accepted', 'paid'], 'accepted', 'paid'],
    [90004, 'accepted', ['accepted', 'refused'], 'accepted', 'refused'],
    [90005, 'paid', [], 'paid', 'paid'],
    [90006, 'paid', ['paid', 'paid'], 'paid', 'paid'],
    [90010, 'paid', ['paid'], 'paid', 'paid'],
  ])('%i: returns %s, notifies %j, then says %s and %s', async (cents, returned, notified, soon, later) => {
    const { page, ask } = await openOne(cents);
    expect(readReturn(await press(page, 'paid'))).toMatchObject({ outcome: returned, amountCents: cents });
    for (const outcome of [soon, later]) {
      clock.advance(5_000);
      expect(await ask()).toMatchObject({ outcome });
      await Promise.all([tick(), tick()]);
    }
    expect(readNotifications().map((report) => report?.outcome)).toEqual(notified);
  });

  it('90003: says the day of the capture, tomorrow at the earliest', async () => {
    const { page, ask } = await openOne(90003);
    expect(readReturn(await press(page, 'paid'))).toMatchObject({ captureDate: '2026-11-24' });
    expect(await ask()).toMatchObject({ captureDate: '2026-11-24', bankData: { capture_date: '2026-11-24' } });
  });

  it('90007: notifies, and keeps the citizen on a page with a link back', async () => {
    const { page } = await openOne(90007);
    const answer = await press(page, 'paid');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, page]);
    expect(await (await fetch(page)).text()).toContain(`href="${shop.url}/retour"`);
    expect(readNotifications()).toMatchObject([{ outcome: 'paid' }]);
  });

  it('90008: says one cent less everywhere', async () => {
    const { page, ask } = await openOne(90008);
    expect(readReturn(await press(page, 'paid'))).toMatchObject({ outcome: 'paid', amountCents: 90007 });
    expect(readNotifications()).toMatchObject([{ outcome: 'paid', amountCents: 90007 }]);
    expect(await ask()).toMatchObject({ outcome: 'paid', amountCents: 90007 });
  });

  it('90009: lasts 20 s, and paid after that it is expired first', async () => {
    const { opened, page, ask } = await openOne(90009);
    expect(opened.sessionEndsAt).toEqual(new Date('2026-11-23T12:00:20.000Z'));
    clock.advance(30_000);
    expect(await ask()).toMatchObject({ outcome: 'expired' });
    expect(readReturn(await press(page, 'paid'))).toMatchObject({ outcome: 'expired' });
    clock.advance(5_000);
    await tick();
    expect(await ask()).toMatchObject({ outcome: 'paid' });
    expect(readNotifications()).toMatchObject([{ outcome: 'expired' }, { outcome: 'paid' }]);
  });

  it('90010: sends nothing before it is due', async () => {
    const { page } = await openOne(90010);
    await press(page, 'paid');
    clock.advance(4_999);
    await tick();
    expect(shop.notifications).toEqual([]);
    clock.advance(1);
    await tick();
    expect(shop.notifications).toHaveLength(1);
  });

  it.each([
    [90011, 'bank-unavailable'],
    [90012, 'bank-rejected'],
    [90013, 'bank-outcome-unknown'],
  ])('%i: opening fails as %s', async (amountCents, code) => {
    await expect(adapter().open(anOrder({ amountCents }))).rejects.toMatchObject({ code });
  });

  it('90013: the payment is there all the same', async () => {
    const order = anOrder({ amountCents: 90013 });
    await adapter()
      .open(order)
      .catch(() => undefined);
    const asked = { reference: order.reference, createdAt: noon.toISOString(), amountCents: 1005, currency: 'EUR' };
    expect(await adapter().ask(asked)).toMatchObject({ outcome: 'open', amountCents: 90013 });
  });

  it('90014: wants a form, which leads to the same page', async () => {
    const { opened, page } = await openOne(90014);
    const { redirect } = opened;
    expect(redirect).toEqual({ method: 'POST', url: `${url}/pay`, fields: { id: opened.bankReference } });
    const body = encodeFields('fields' in redirect ? redirect.fields : {});
    const shown = await fetch(redirect.url, { method: 'POST', headers: form, body });
    expect(shown.status).toBe(200);
    expect(await shown.text()).toContain(`action="${page}"`);
  });

  it('90015: nothing tells but the answer to a question', async () => {
    const { page, ask } = await openOne(90015);
    expect(readReturn(await press(page, 'paid'))).toBeUndefined();
    expect(shop.notifications).toEqual([]);
    expect(await ask()).toMatchObject({ outcome: 'paid' });
  });

  it('90016: the status is never guessed at', async () => {
    const { page, ask } = await openOne(90016);
    const answer = await press(page, 'paid');
    const refusal = { code: 'bank-message-refused', reason: 'status-unknown' };
    expect(() => readReturn(answer)).toThrow(expect.objectContaining(refusal));
    expect(readNotifications).toThrow(expect.objectContaining(refusal));
    await expect(ask()).rejects.toMatchObject(refusal);
  });

  it('are sixteen', () => {
    expect(Object.keys(magicAmounts).map(Number)).toEqual(Array.from({ length: 16 }, (_, index) => 90001 + index));
  });
});

describe('what the adapter does not take', () => {
  it('a reference used before', async () => {
    const order = anOrder();
    await adapter().open(order);
    await expect(adapter().open(order)).rejects.toMatchObject({ code: 'bank-rejected' });
  });

  it.each<[string, Partial<PaymentOrder>]>([
    ['a return address with a query string', { returnUrl: 'https://paiement.example.org/?a=b' }],
    ['a return address that runs code', { returnUrl: 'javascript:alert(1)' }],
    ['a host that would end the content security policy', { returnUrl: "https://a;script-src'/" }],
    ['a port that does not exist', { returnUrl: 'https://paiement.example.org:99999/' }],
    ['a notification address that is a file', { notificationUrl: 'file:///etc/passwd' }],
    ['another currency', { currency: 'USD' }],
    ['no label', { label: '' }],
    ['a label too long', { label: 'a'.repeat(256) }],
    ['an order too large', { label: 'a'.repeat(20_000) }],
    ['no money', { amountCents: 0 }],
  ])('an order with %s', async (_, change) => {
    await expect(adapter().open(anOrder(change))).rejects.toMatchObject({ code: 'bank-rejected' });
  });

  it('another key, at the opening and at the question', async () => {
    const { reference } = await openOne(1005);
    const stranger = adapter({ key: 'another-key' });
    await expect(stranger.open(anOrder())).rejects.toMatchObject({ code: 'bank-rejected' });
    const asked = { reference, createdAt: noon.toISOString(), amountCents: 1005, currency: 'EUR' };
    await expect(stranger.ask(asked)).rejects.toMatchObject({ code: 'bank-rejected' });
  });

  it('a question about a payment that is unknown, or of another shop', async () => {
    const { reference } = await openOne(1005);
    const asked = { createdAt: noon.toISOString(), amountCents: 1005, currency: 'EUR' };
    await expect(adapter().ask({ reference: 'nobody', ...asked })).rejects.toMatchObject({ code: 'bank-rejected' });
    const other = adapter({ shop: 'piscine' });
    await expect(other.ask({ reference, ...asked })).rejects.toMatchObject({ code: 'bank-rejected' });
  });

  it.each([
    ['a wrong signature', 'status=paid&signature=00', 'signature-wrong'],
    ['no signature', 'status=paid', 'signature-missing'],
    ['a field twice', 'status=paid&status=paid&signature=00', 'message-malformed'],
    ['hardly any field', encodeFields(signFields({ status: 'paid' }, key)), 'message-malformed'],
  ])('a message with %s', (_, raw, reason) => {
    for (const channel of ['return', 'notification'] as const) {
      const message = { channel, rawQuery: raw, body: raw };
      expect(() => adapter().read(message)).toThrow(expect.objectContaining({ code: 'bank-message-refused', reason }));
    }
  });

  it('nothing at all, which is no message', () => {
    expect(adapter().read({ channel: 'return', rawQuery: '', body: 'status=paid' })).toBeUndefined();
    expect(adapter().read({ channel: 'notification', rawQuery: 'status=paid', body: '' })).toBeUndefined();
  });

  it.each([
    [undefined, 200, 'OK'],
    ['bank-message-refused', 400, 'REFUSED bank-message-refused'],
    ['internal-error', 503, 'RETRY'],
    ['temporarily-unavailable', 503, 'RETRY'],
  ] as const)('answers a notification refused as %s with %i %s', (code, status, body) => {
    expect(adapter().answer(code)).toEqual({ status, contentType: 'text/plain', body });
  });
});

describe('what strangers send', () => {
  const nobody = `7zzzz-${'0'.repeat(32)}`;

  it.each([
    ['GET', '/', '', 404],
    ['GET', '/sandboxes', '', 404],
    ['GET', '/sandbox', '', 404],
    ['GET', '/sandbox/payments', '', 405],
    ['PROPFIND', '/sandbox/payments', '', 405],
    ['POST', '/sandbox/payments', '', 403],
    ['POST', '/sandbox/payments', '{"a":1}', 403],
    ['POST', '/sandbox/payments', 'a=%FF', 400],
    ['POST', '/sandbox/payments', 'a=1&a=1', 400],
    ['POST', '/sandbox/payments', Buffer.from([0xff, 0xfe]), 403],
    ['POST', '/sandbox/payments', 'a'.repeat(100_000), 413],
    ['POST', '/sandbox/payments', encodeFields(signFields({ reference: 'a' }, key)), 400],
    ['GET', '/sandbox/payments/abc', '', 403],
    ['GET', '/sandbox/payments/ABC', '', 404],
    ['GET', '/sandbox/payments/abc?shop=%FF', '', 400],
    ['GET', '/sandbox/payments/abc?reference=abc', '', 400],
    ['GET', '/sandbox/pay', '', 405],
    ['POST', '/sandbox/pay', '', 404],
    ['POST', '/sandbox/pay', 'id=%FF', 404],
    ['POST', '/sandbox/pay', `id=${nobody}`, 404],
    ['GET', '/sandbox/pay/%3Cscript%3E', '', 404],
    ['GET', `/sandbox/pay/${nobody}`, '', 404],
    ['POST', `/sandbox/pay/${nobody}`, 'outcome=paid', 404],
    ['POST', `/sandbox/pay/${nobody}`, 'outcome=free', 400],
    ['POST', `/sandbox/pay/${nobody}`, 'outcome=paid&outcome=refused', 400],
    ['POST', `/sandbox/pay/${nobody}`, '', 400],
  ])('%s %s is answered 4xx (%#)', async (method, target, body, status) => {
    const sent = body.length === 0 ? {} : { body };
    const answer = await fetch(`${bank.url}${target}`, { method, headers: form, ...sent });
    expect(answer.status).toBe(status);
    expect(logger.lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
  });

  it('a payment is not found by its reference with another session', async () => {
    const { reference } = await openOne(1005);
    const answer = await fetch(`${url}/pay/${reference}-${'0'.repeat(32)}`);
    expect(answer.status).toBe(404);
  });

  it('the logs hold neither reference nor session', async () => {
    const { reference, page } = await openOne(1005);
    await press(page, 'paid');
    await press(page, 'free');
    expect(logger.lines.length).toBeGreaterThan(1);
    expect(JSON.stringify(logger.lines)).not.toContain(reference);
  });
});
