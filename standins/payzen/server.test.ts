import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PayzenFault } from './faults.ts';
import { type PayzenServer, type PayzenServerOptions, startPayzenServer } from './server.ts';

const noon = new Date('2026-11-23T12:00:00Z');
const testKey = '1122334455667788';
const productionKey = '8877665544332211';

/** The shop's notification address: what came, and what it answers. */
interface Shop {
  readonly url: string;
  readonly bodies: string[];
  status: number;
  stop(): Promise<void>;
}

let shop: Shop;
let server: PayzenServer | undefined;
let time: Date;

beforeEach(async () => {
  time = noon;
  shop = await startShop();
});

afterEach(async () => {
  await server?.stop();
  await shop.stop();
});

async function startShop(): Promise<Shop> {
  const bodies: string[] = [];
  const listener = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.writeHead(shop.status, { location: '/elsewhere' }).end();
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/ipn`,
    bodies,
    status: 200,
    async stop() {
      listener.closeAllConnections();
      listener.close();
      await once(listener, 'close');
    },
  };
}

async function start(options: Partial<PayzenServerOptions> = {}): Promise<PayzenServer> {
  server = await startPayzenServer({
    siteId: '12345678',
    keys: { test: testKey, production: productionKey },
    restPasswords: { test: 'testpassword', production: 'prodpassword' },
    now: () => time,
    ...options,
  });
  return server;
}

/** HMAC-SHA-256 of the values, sorted by name, and of the key. */
function sign(fields: Readonly<Record<string, string>>, key = testKey): string {
  const names = Object.keys(fields).filter((name) => name !== 'signature');
  const values = names.toSorted().map((name) => fields[name]);
  return createHmac('sha256', key)
    .update(`${values.join('+')}+${key}`)
    .digest('base64');
}

function aForm(change: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    vads_action_mode: 'INTERACTIVE',
    vads_amount: '1005',
    vads_ctx_mode: 'TEST',
    vads_currency: '978',
    vads_page_action: 'PAYMENT',
    vads_payment_config: 'SINGLE',
    vads_site_id: '12345678',
    vads_trans_date: '20261123120000',
    vads_trans_id: 'aS76J3',
    vads_version: 'V2',
    vads_order_id: 'order-1',
    vads_cust_email: '',
    vads_ext_info_ref: 'É+a b',
    vads_url_check: shop.url,
    vads_url_return: 'http://127.0.0.1:9/retour?id=7',
    vads_return_mode: 'GET',
    ...change,
  };
}

function post(gateway: PayzenServer, form: Record<string, string>, signature = sign(form)): Promise<Response> {
  return fetch(gateway.formUrl, { method: 'POST', body: new URLSearchParams({ ...form, signature }) });
}

async function open(gateway: PayzenServer, change: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await post(gateway, aForm(change))).text();
}

function choose(gateway: PayzenServer, page: string, choice: string): Promise<Response> {
  const [, path = ''] = /action="([^"]+)"/.exec(page) ?? [];
  const body = new URLSearchParams({ choice });
  return fetch(`${gateway.url}${path}`, { method: 'POST', body, redirect: 'manual' });
}

const choicesOn = (page: string) => Array.from(page.matchAll(/name="choice" value="(\w+)"/g), ([, choice]) => choice);
const fieldsOf = (encoded: string) => Object.fromEntries(new URLSearchParams(encoded));
const returned = (address = '') => Object.fromEntries(new URL(address).searchParams);

function ask(gateway: PayzenServer, orderId: string, password = 'testpassword'): Promise<Response> {
  return fetch(`${gateway.restUrl}/api-payment/V4/Order/Get`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`12345678:${password}`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ orderId }),
  });
}

describe('the payment form', () => {
  it('leads to a page with the amount and a button for each outcome', async () => {
    const gateway = await start();
    const answer = await post(gateway, aForm());
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('Simulateur PayZen');
    expect(page).toMatch(/order-1 : <strong>10,05\s€/);
    expect(choicesOn(page)).toEqual(['paid', 'refused', 'abandoned', 'pending']);
    expect(gateway.payments()).toMatchObject([
      { orderId: 'order-1', mode: 'TEST', amountCents: 1005, captureDelay: 0, openedAt: noon },
    ]);
    expect(shop.bodies).toEqual([]);
  });

  const official = {
    vads_action_mode: 'INTERACTIVE',
    vads_amount: '5124',
    vads_ctx_mode: 'TEST',
    vads_currency: '978',
    vads_page_action: 'PAYMENT',
    vads_payment_config: 'SINGLE',
    vads_site_id: '12345678',
    vads_trans_date: '20170129130025',
    vads_trans_id: '123456',
    vads_version: 'V2',
  };
  const derived = {
    ...official,
    vads_capture_delay: '4',
    vads_cust_email: '',
    vads_cust_last_name: 'Éloïse',
    vads_ext_info_ref: 'a+b c',
  };

  it.each([
    ['hmac-sha256', official, 'ycA5Do5tNvsnKdc/eP1bj2xa19z9q3iWPy9/rpesfS0='],
    ['sha1', official, '59c96b34c74b9375c332b0b6a32e6deeec87de2b'],
    ['hmac-sha256', derived, 'idk1Zk4Nnr7GV8d2rc8xHLA6Ug7UefFWGQOVNBpZr8c='],
    ['sha1', derived, '3236a9ee82649bd915a2478247089e9930676530'],
  ] as const)('is believed with a signature of the documentation, by %s', async (algorithm, form, signature) => {
    time = new Date('2017-01-29T13:00:25Z');
    const gateway = await start({ algorithm });
    expect(await (await post(gateway, form, signature)).text()).toContain('name="choice"');
    expect(gateway.payments()).toMatchObject([{ orderId: '', amountCents: 5124 }]);
  });

  it.each<[string, Record<string, string>]>([
    ['vads_version', { vads_version: 'V1' }],
    ['vads_page_action', { vads_page_action: '' }],
    ['vads_action_mode', { vads_action_mode: 'SILENT' }],
    ['vads_payment_config', { vads_payment_config: 'MULTI' }],
    ['vads_site_id', { vads_site_id: '87654321' }],
    ['vads_ctx_mode', { vads_ctx_mode: 'test' }],
    ['vads_currency', { vads_currency: 'EUR' }],
    ['vads_amount', { vads_amount: '10.05' }],
    ['vads_amount', { vads_amount: '0' }],
    ['vads_order_id', { vads_order_id: 'order_1' }],
    ['vads_order_id', { vads_order_id: 'o'.repeat(33) }],
    ['vads_cust_email', { vads_cust_email: 'e'.repeat(151) }],
    ['vads_return_mode', { vads_return_mode: 'get' }],
    ['vads_redirect_success_timeout', { vads_redirect_success_timeout: '301' }],
  ])('is refused for its %s', async (field, change) => {
    const gateway = await start();
    const answer = await post(gateway, aForm(change));
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('<h1>Erreur de format</h1>');
    expect(page).toContain(`<code>${field}</code>`);
    expect(gateway.payments()).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['03', { vads_trans_id: 'aS76J' }],
    ['03', { vads_trans_id: 'aS76J-' }],
    ['04', { vads_trans_date: '2026112312000' }],
    ['04', { vads_trans_date: '20261123112959' }],
    ['04', { vads_trans_date: '20261123133001' }],
    ['04', { vads_trans_date: '20261323120000' }],
    ['06', { vads_capture_delay: '-1' }],
    ['06', { vads_capture_delay: '1000' }],
  ])('meets error %s with %j, and nobody is told', async (code, change) => {
    const gateway = await start();
    const answer = await post(gateway, aForm(change));
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(`<h1>Erreur ${code}</h1>`)]);
    expect([gateway.payments(), gateway.notifications()]).toEqual([[], []]);
  });

  it.each(['20261123113000', '20261123133000'])('may be dated %s', async (date) => {
    const gateway = await start();
    expect(await open(gateway, { vads_trans_date: date })).toContain('name="choice"');
  });

  it('meets error 00 with the key of the other mode, with none, or when a field was changed or comes twice', async () => {
    const gateway = await start();
    const form = aForm();
    const pages = [
      await (await post(gateway, form, sign(form, productionKey))).text(),
      await (await post(gateway, form, '')).text(),
      await (await post(gateway, { ...form, vads_amount: '1' }, sign(form))).text(),
    ];
    for (const page of pages) expect(page).toContain('<h1>Erreur 00</h1>');
    const body = new URLSearchParams({ ...form, signature: sign(form) });
    body.append('vads_amount', '1005');
    expect(await (await fetch(gateway.formUrl, { method: 'POST', body })).text()).toContain('<code>vads_amount</code>');
    expect(gateway.payments()).toEqual([]);
  });

  it('takes a transaction number once a UTC day, whatever its case, and loses none to a form that it refuses', async () => {
    const gateway = await start();
    await post(gateway, aForm(), 'wrong');
    expect(await open(gateway, { vads_trans_id: 'ABC123' })).toContain('name="choice"');
    expect(await open(gateway, { vads_trans_id: 'ABc123' })).toContain('<h1>Erreur 03</h1>');
    expect(await open(gateway, { vads_trans_id: 'aS76J3' })).toContain('name="choice"');
    time = new Date('2026-11-24T00:00:00Z');
    expect(await open(gateway, { vads_trans_id: 'ABC123', vads_trans_date: '20261124000000' })).toContain(
      'name="choice"',
    );
    expect([gateway.payments().length, gateway.notifications()]).toEqual([3, []]);
  });

  it.each([
    ['7', 7, false],
    ['8', 8, true],
    ['366', 365, true],
    ['', 0, false],
  ])('with a capture delay of "%s" waits %d days', async (captureDelay, days, isAuthorisedLater) => {
    const gateway = await start();
    const page = await open(gateway, { vads_capture_delay: captureDelay });
    expect(gateway.payments()).toMatchObject([{ captureDelay: days }]);
    expect(choicesOn(page).includes('accepted')).toBe(isAuthorisedLater);
  });
});

describe('a press', () => {
  it.each([
    ['paid', '00', 'AUTHORISED', '00'],
    ['refused', '05', 'REFUSED', '51'],
    ['pending', '00', 'UNDER_VERIFICATION', '00'],
    ['accepted', '00', 'WAITING_AUTHORISATION', ''],
  ])('%s: tells the shop, then sends the citizen back with the same fields', async (choice, result, status, auth) => {
    const gateway = await start();
    const page = await open(gateway, { vads_capture_delay: '8' });
    const answer = await choose(gateway, page, choice);
    expect(answer.status).toBe(303);
    const location = answer.headers.get('location') ?? '';
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:9\/retour\?id=7&vads_/);
    const { id, ...back } = returned(location);
    const [told = {}] = shop.bodies.map(fieldsOf);
    expect([id, shop.bodies.length]).toEqual(['7', 1]);
    expect(told).toMatchObject({
      vads_amount: '1005',
      vads_capture_delay: '8',
      vads_card_brand: 'CB',
      vads_cust_email: '',
      vads_effective_creation_date: '20261123120000',
      vads_ext_info_ref: 'É+a b',
      vads_operation_type: 'DEBIT',
      vads_order_id: 'order-1',
      vads_presentation_date: '20261201120000',
      vads_trans_id: 'aS76J3',
      vads_url_check_src: 'PAY',
      vads_warranty_result: '',
      vads_result: result,
      vads_trans_status: status,
      vads_auth_result: auth,
    });
    expect(told['vads_trans_uuid']).toBe(gateway.payments()[0]?.id);
    expect(told['vads_bank_label']).toMatch(/[éÉ]/);
    expect([told['signature'], back['signature']]).toEqual([sign(told), sign(back)]);
    const { vads_url_check_src, vads_hash, signature, ...shared } = told;
    expect(vads_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(back).toEqual({ ...shared, signature: sign(shared) });
  });

  it('abandoned: tells the shop only by a rule of the back office, and the citizen says so in any case', async () => {
    const silent = await start();
    const back = returned((await choose(silent, await open(silent), 'abandoned')).headers.get('location') ?? '');
    expect(back).toMatchObject({ vads_trans_status: 'ABANDONED', vads_result: '17', vads_trans_uuid: '' });
    expect(shop.bodies).toEqual([]);
    await silent.stop();
    const talkative = await start({ notifiesAbandons: true });
    await choose(talkative, await open(talkative), 'abandoned');
    expect(shop.bodies.map(fieldsOf)).toMatchObject([{ vads_trans_status: 'ABANDONED', vads_url_check_src: 'PAY' }]);
  });

  it('signs by SHA-1 for a shop that is set so, and with the key of the mode', async () => {
    const gateway = await start({ algorithm: 'sha1' });
    const sha1 = (fields: Record<string, string>) => {
      const { signature: _, ...signed } = fields;
      const values = Object.keys(signed)
        .toSorted()
        .map((name) => signed[name]);
      return createHash('sha1')
        .update(`${values.join('+')}+${productionKey}`)
        .digest('hex');
    };
    const form = aForm({ vads_ctx_mode: 'PRODUCTION' });
    await post(gateway, form, sha1(form));
    const told = returned(await gateway.decide('order-1', 'paid'));
    const { id: _, ...back } = told;
    expect(back['signature']).toBe(sha1(back));
  });

  it('has in its messages what the citizen typed at the bank, signed with the rest', async () => {
    const gateway = await start();
    await open(gateway);
    const { id: _, ...back } = returned(await gateway.decide('order-1', 'paid', { vads_cust_city: 'TEST+REFUSED' }));
    const told = fieldsOf(shop.bodies[0] ?? '');
    for (const fields of [back, told]) {
      expect(fields).toMatchObject({ vads_cust_city: 'TEST+REFUSED', signature: sign(fields) });
    }
  });

  it('counts once: the first one decides', async () => {
    const gateway = await start();
    const page = await open(gateway);
    await Promise.all([choose(gateway, page, 'paid'), choose(gateway, page, 'refused')]);
    const late = await choose(gateway, page, 'abandoned');
    const { status } = gateway.payments()[0] ?? {};
    expect(returned(late.headers.get('location') ?? '')).toMatchObject({ vads_trans_status: status });
    expect(shop.bodies).toHaveLength(1);
    const shown = await fetch(`${gateway.formUrl}${gateway.payments()[0]?.id}`);
    expect(await shown.text()).toContain('<h1>Paiement terminé</h1>');
  });

  it.each(['accepted', 'free', ''])('of a button "%s" that is not on the page does nothing', async (choice) => {
    const gateway = await start();
    expect((await choose(gateway, await open(gateway), choice)).status).toBe(400);
    expect(gateway.payments()).toMatchObject([{ orderId: 'order-1' }]);
    expect(gateway.payments()[0]).not.toHaveProperty('status');
  });

  it.each([
    ['10:00', 303, 'AUTHORISED'],
    ['10:01', 200, 'ABANDONED'],
  ])('after %s minutes', async (minutes, status, transStatus) => {
    const gateway = await start();
    const page = await open(gateway);
    time = new Date(`2026-11-23T12:${minutes}Z`);
    const answer = await choose(gateway, page, 'paid');
    expect([answer.status, gateway.payments()[0]?.status]).toEqual([status, transStatus]);
    expect((await answer.text()).includes('Session de paiement expirée')).toBe(status === 200);
  });

  it.each(['NONE', 'POST', ''])('brings nothing back with the return mode "%s"', async (mode) => {
    const gateway = await start();
    await open(gateway, { vads_return_mode: mode });
    expect(await gateway.decide('order-1', 'paid')).toBe('http://127.0.0.1:9/retour?id=7');
  });

  it('ends on a page, and tells nobody, without addresses', async () => {
    const gateway = await start();
    const answer = await choose(gateway, await open(gateway, { vads_url_return: '', vads_url_check: '' }), 'paid');
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('fermer cette page')]);
    expect(gateway.notifications()).toEqual([]);
  });

  it('may be made by name, of the latest payment of an order', async () => {
    const gateway = await start();
    await open(gateway);
    await open(gateway, { vads_trans_id: 'bbbbbb' });
    await gateway.decide('order-1', 'paid');
    await gateway.decide(gateway.payments()[0]?.id ?? '', 'refused');
    expect(gateway.payments().map(({ status }) => status)).toEqual(['REFUSED', 'AUTHORISED']);
    await expect(gateway.decide('order-2', 'paid')).rejects.toThrow('no such payment');
  });
});

describe('a later word', () => {
  it.each([
    ['accepted', 'paid', 'BATCH_AUTO', 'AUTHORISED'],
    ['accepted', 'refused', 'BATCH_AUTO', 'REFUSED'],
    ['pending', 'paid', 'BATCH', 'AUTHORISED'],
  ] as const)('on a payment that is %s: %s, by %s', async (first, outcome, source, status) => {
    const gateway = await start();
    await open(gateway, { vads_capture_delay: '30' });
    await gateway.decide('order-1', first);
    time = new Date('2026-12-22T03:00:00Z');
    await gateway.authorise('order-1', outcome);
    const told = fieldsOf(shop.bodies[1] ?? '');
    expect(told).toMatchObject({ vads_url_check_src: source, vads_trans_status: status });
    expect(told).toMatchObject({ vads_effective_creation_date: '20261123120000', signature: sign(told) });
  });

  it('does not come on a payment that is decided, or too near to be authorised later', async () => {
    const gateway = await start();
    await open(gateway);
    await expect(gateway.decide('order-1', 'accepted')).rejects.toThrow('too near');
    await gateway.decide('order-1', 'paid');
    await expect(gateway.authorise('order-1', 'refused')).rejects.toThrow('waits for nothing');
  });

  it('is said again from the back office, when there is a transaction', async () => {
    const gateway = await start();
    await open(gateway);
    await expect(gateway.replay('order-1')).rejects.toThrow('no transaction');
    await gateway.decide('order-1', 'paid');
    await gateway.replay('order-1');
    expect(gateway.notifications().map(({ source, status }) => [source, status])).toEqual([
      ['PAY', 200],
      ['BO', 200],
    ]);
  });
});

describe('a notification that is not answered 200', () => {
  it.each([[302], [204], [500]])('%d: is tried again four times, and no redirect is followed', async (status) => {
    const gateway = await start({ retries: true });
    shop.status = status;
    await open(gateway);
    await gateway.decide('order-1', 'paid');
    for (let round = 0; round < 6; round += 1) await gateway.retry();
    const told = shop.bodies.map(fieldsOf);
    expect(told.map(({ vads_url_check_src }) => vads_url_check_src)).toEqual([
      'PAY',
      'RETRY',
      'RETRY',
      'RETRY',
      'RETRY',
    ]);
    for (const fields of told) expect(fields['signature']).toBe(sign(fields));
    expect(gateway.notifications().map((notification) => notification.status)).toEqual(Array(5).fill(status));
  });

  it('is no longer tried once it was taken, and never where the retry is off', async () => {
    const gateway = await start({ retries: true });
    shop.status = 503;
    await open(gateway);
    await gateway.decide('order-1', 'paid');
    shop.status = 200;
    await gateway.retry();
    await gateway.retry();
    expect(gateway.notifications().map(({ status }) => status)).toEqual([503, 200]);
    await gateway.stop();
    const without = await start();
    shop.status = 503;
    await open(without);
    await without.decide('order-1', 'paid');
    await without.retry();
    expect(without.notifications()).toHaveLength(1);
  });
});

describe('behave', () => {
  it.each<[PayzenFault, Record<string, string>, string]>([
    ['wrong-amount', { vads_amount: '1006' }, testKey],
    ['other-mode', { vads_ctx_mode: 'PRODUCTION' }, productionKey],
    ['credit', { vads_operation_type: 'CREDIT' }, testKey],
    ['unknown-status', { vads_trans_status: 'TELEPORTED' }, testKey],
    ['wrong-signature', { vads_trans_status: 'AUTHORISED' }, `${testKey}0`],
  ])('%s: in the notification and in the return', async (fault, lie, key) => {
    const gateway = await start();
    await open(gateway);
    gateway.behave([fault]);
    const { id: _, ...back } = returned(await gateway.decide('order-1', 'paid'));
    const told = fieldsOf(shop.bodies[0] ?? '');
    for (const fields of [back, told]) expect(fields).toMatchObject({ ...lie, signature: sign(fields, key) });
  });

  it('lost: nothing arrives, and it may be tried again', async () => {
    const gateway = await start({ retries: true });
    await open(gateway);
    gateway.behave(['lost']);
    expect(returned(await gateway.decide('order-1', 'paid'))).toMatchObject({ vads_trans_status: 'AUTHORISED' });
    expect(shop.bodies).toEqual([]);
    gateway.behave([]);
    await gateway.retry();
    expect(gateway.notifications().map(({ source, status }) => [source, status])).toEqual([
      ['PAY', undefined],
      ['RETRY', 200],
    ]);
  });

  it('doubled: the same arrives twice', async () => {
    const gateway = await start();
    await open(gateway);
    gateway.behave(['doubled']);
    await gateway.decide('order-1', 'paid');
    expect(shop.bodies).toHaveLength(2);
    expect(shop.bodies[1]).toBe(shop.bodies[0]);
  });

  it('late: arrives with flush, once, and says what was true then', async () => {
    const gateway = await start({ retries: true });
    await open(gateway);
    gateway.behave(['late']);
    await gateway.decide('order-1', 'pending');
    await gateway.retry();
    expect(shop.bodies).toEqual([]);
    gateway.behave([]);
    await gateway.authorise('order-1', 'paid');
    await gateway.flush();
    await gateway.flush();
    expect(shop.bodies.map((body) => fieldsOf(body)['vads_trans_status'])).toEqual([
      'AUTHORISED',
      'UNDER_VERIFICATION',
    ]);
  });

  it('bare-return: the citizen brings nothing', async () => {
    const gateway = await start();
    await open(gateway);
    gateway.behave(['bare-return']);
    expect(await gateway.decide('order-1', 'paid')).toBe('http://127.0.0.1:9/retour?id=7');
    expect(shop.bodies).toHaveLength(1);
  });

  it('stay: the citizen is left on a page with a link to the shop', async () => {
    const gateway = await start();
    gateway.behave(['stay']);
    const answer = await choose(gateway, await open(gateway), 'paid');
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('>Retour à la boutique</a>');
    expect(page).toContain('href="http://127.0.0.1:9/retour?id=7&amp;vads_');
  });

  it('silent: reads every call and answers none', async () => {
    const gateway = await start();
    gateway.behave(['silent']);
    const signal = AbortSignal.timeout(100);
    await expect(fetch(gateway.formUrl, { method: 'POST', body: 'a=1', signal })).rejects.toThrow('timeout');
  });
});

describe('a question by order', () => {
  it.each([
    ['paid', 'PAID', 'AUTHORISED'],
    ['refused', 'UNPAID', 'REFUSED'],
    ['pending', 'RUNNING', 'UNDER_VERIFICATION'],
    ['accepted', 'RUNNING', 'WAITING_AUTHORISATION'],
  ] as const)('is answered %s as %s', async (choice, status, detailedStatus) => {
    const gateway = await start();
    await open(gateway, { vads_capture_delay: '9' });
    await gateway.decide('order-1', choice);
    const answer = await ask(gateway, 'order-1');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      webService: 'Order/Get',
      version: 'V4',
      status: 'SUCCESS',
      answer: {
        shopId: '12345678',
        orderDetails: { orderId: 'order-1', mode: 'TEST', orderTotalAmount: 1005, orderCurrency: 'EUR' },
        transactions: [
          {
            shopId: '12345678',
            orderId: 'order-1',
            uuid: gateway.payments()[0]?.id,
            amount: 1005,
            currency: 'EUR',
            status,
            detailedStatus,
            operationType: 'DEBIT',
            creationDate: '2026-11-23T12:00:00+00:00',
            transactionDetails: { cardDetails: { expectedCaptureDate: '2026-12-02T12:00:00+00:00' } },
          },
        ],
      },
    });
  });

  it('has all the transactions of the order, in one mode', async () => {
    const gateway = await start();
    await open(gateway);
    await gateway.decide('order-1', 'refused');
    await open(gateway, { vads_trans_id: 'bbbbbb' });
    await gateway.decide('order-1', 'paid');
    const { answer } = (await (await ask(gateway, 'order-1')).json()) as { answer: { transactions: object[] } };
    expect(answer.transactions).toMatchObject([{ detailedStatus: 'REFUSED' }, { detailedStatus: 'AUTHORISED' }]);
    const elsewhere = await ask(gateway, 'order-1', 'prodpassword');
    expect(await elsewhere.json()).toMatchObject({ status: 'ERROR', answer: { errorCode: 'PSP_010' } });
  });

  it('finds no transaction before a choice, after an abandon, or of an order that is unknown', async () => {
    const gateway = await start();
    const noTransaction = { status: 'ERROR', answer: { errorCode: 'PSP_010', errorMessage: 'transaction not found' } };
    await open(gateway);
    expect(await (await ask(gateway, 'order-1')).json()).toMatchObject(noTransaction);
    await gateway.decide('order-1', 'abandoned');
    expect(await (await ask(gateway, 'order-1')).json()).toMatchObject(noTransaction);
    expect(await (await ask(gateway, 'order-2')).json()).toMatchObject(noTransaction);
  });

  it('with a wrong password, or to a shop without one, is an error with status 200', async () => {
    const badLogin = { status: 'ERROR', answer: { errorCode: 'INT_905' } };
    const gateway = await start();
    const answer = await ask(gateway, 'order-1', 'wrong');
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ status: 'ERROR' })]);
    expect(await (await ask(gateway, 'order-1', '')).json()).toMatchObject(badLogin);
    await gateway.stop();
    server = await startPayzenServer({ siteId: '12345678', keys: { test: testKey, production: productionKey } });
    expect(await (await ask(server, 'order-1')).json()).toMatchObject(badLogin);
  });

  it('meets the lies of the moment', async () => {
    const gateway = await start();
    await open(gateway);
    await gateway.decide('order-1', 'paid');
    gateway.behave(['wrong-amount', 'credit', 'unknown-status', 'other-mode']);
    expect(await (await ask(gateway, 'order-1')).json()).toMatchObject({
      answer: {
        orderDetails: { mode: 'PRODUCTION', orderTotalAmount: 1006 },
        transactions: [{ amount: 1006, operationType: 'CREDIT', detailedStatus: 'TELEPORTED' }],
      },
    });
  });

  it('tells what it is told to, of each transaction', async () => {
    const gateway = await start();
    await open(gateway);
    await gateway.decide('order-1', 'paid');
    const restTells: PayzenFault = {
      restTells: ({ uuid, operationType, ...rest }) => [
        { ...rest, amount: 400 },
        { ...rest, uuid, amount: 605 },
      ],
    };
    gateway.behave([restTells]);
    const { answer } = (await (await ask(gateway, 'order-1')).json()) as { answer: { transactions: object[] } };
    expect(answer.transactions).toMatchObject([{ amount: 400 }, { amount: 605, uuid: gateway.payments()[0]?.id }]);
    for (const transaction of answer.transactions) expect(transaction).not.toHaveProperty('operationType');
  });

  it('meets a 502, an answer cut short, and a slow one', async () => {
    const gateway = await start();
    gateway.behave(['rest-502']);
    const bad = await ask(gateway, 'order-1');
    expect([bad.status, bad.headers.get('content-type')]).toEqual([502, 'text/html']);
    gateway.behave(['rest-truncated']);
    await expect((await ask(gateway, 'order-1')).json()).rejects.toThrow(SyntaxError);
    gateway.behave([{ restSlowMs: 120 }]);
    const startMs = performance.now();
    expect((await ask(gateway, 'order-1')).status).toBe(200);
    expect(performance.now() - startMs).toBeGreaterThan(110);
  });
});

describe('the rest', () => {
  it.each([
    ['GET', '/vads-payment/'],
    ['GET', '/'],
    ['POST', '/vads-payment/0123'],
    ['GET', '/api-payment/V4/Order/Get'],
  ])('%s %s is a page that is not there', async (method, path) => {
    const gateway = await start();
    expect((await fetch(`${gateway.url}${path}`, { method })).status).toBe(404);
  });
});
