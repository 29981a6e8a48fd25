/** Events in the shape that API Gateway gives them, holding URLs signed by w.c.s.'s own signer. */
import { readFile } from 'node:fs/promises';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHandler as createAttendHandler } from '../functions/attendItems.ts';
import { notificationUrl, returnUrl } from '../lib/payment/paymentLink.ts';
import { anItem } from './builders.ts';
import { httpApiEvent } from './loopbackServer.ts';
import { addPath, removePath, secrets, service, startTestBasket, type TestBasket } from './testBasket.ts';

let basket: TestBasket;
beforeAll(async () => {
  basket = await startTestBasket();
});
afterAll(() => basket.stop());

/** Each fixture has the key that its URL was signed with. */
async function handle(name: string) {
  const text = await readFile(new URL(`fixtures/${name}.event.json`, import.meta.url), 'utf8');
  const { event, key } = JSON.parse(text) as { event: APIGatewayProxyEventV2; key: string };
  await basket.writeSecrets({ ...secrets, services: { [service]: { keys: [key] } } });
  // A day off, so that the secrets are read anew at the event's own time.
  basket.clock.set(new Date(event.requestContext.timeEpoch - 86_400_000));
  await basket.deps.secrets.get();
  basket.clock.set(new Date(event.requestContext.timeEpoch));
  const handler = event.rawPath.includes('remove') ? basket.handlers.remove : basket.handlers.add;
  const { statusCode, body = '' } = await handler(event, {} as Context);
  return { statusCode, body: JSON.parse(body) as Record<string, unknown> };
}

describe('an event of API Gateway', () => {
  it.each([
    [
      'addBasketItem',
      { amountCents: 1005, label: 'Abonnement au cours de pétanque', nameId: 'ab1c2d3e4f5061728394a5b6c7d8e9f0' },
    ],
    ['addBasketItemWithoutBody', { amountCents: 375, nameId: 'x' }],
    ['addBasketItemInBase64', { amountCents: 300, label: 'Entrée à la piscine', nameId: "a~b*c(d)'!" }],
  ])('%s adds the item', async (name, expected) => {
    const { statusCode, body } = await handle(name);
    expect(statusCode).toBe(200);
    expect(await basket.item(body['id'])).toMatchObject({ ...expected, service: 'demarches.example.org' });
  });

  it('removeBasketItem takes it back', async () => {
    await basket.putRow({ ...anItem({ nameId: 'x' }), kind: 'item', dueShard: 'due' });
    const { statusCode } = await handle('removeBasketItem');
    expect(statusCode).toBe(200);
    expect(await basket.item(anItem().id)).toMatchObject({ state: 'cancelled', notice: { trigger: 'cancelled' } });
  });
});

describe('an event of a test in the console or of an emulator, which holds less', () => {
  /** All that may be missing is null. */
  const nulls = {
    ...{ body: null, isBase64Encoded: null, headers: null, cookies: null, queryStringParameters: null },
    ...{ pathParameters: null, stageVariables: null },
  };

  interface Call {
    readonly route: string;
    readonly method?: string;
    readonly token?: string;
    readonly rawQuery?: string;
  }

  /** Sends an event in which everything else is null, or missing. */
  async function send({ route, method = 'POST', token, rawQuery = '' }: Call, isMissing: boolean) {
    const { headers, isBase64Encoded, ...least } = httpApiEvent({
      method,
      path: route,
      rawQuery,
      routeKey: `ANY ${route}`,
    });
    const pathParameters = token === undefined ? {} : { pathParameters: { token } };
    const event = { ...least, ...(isMissing ? {} : nulls), ...pathParameters };
    return basket.handlers.byRoute(route)(event as unknown as APIGatewayProxyEventV2, {} as Context);
  }

  const signed = (path: string, query: Readonly<Record<string, string>>) =>
    basket.sign(path, { query }).slice(path.length + 1);
  const tokenOf = (url: string) => url.split('/').at(-1) ?? '';

  async function add(): Promise<{ id: string; token: string }> {
    const { body } = await basket.add();
    return { id: String(body['id']), token: tokenOf(String(body['payment_url'])) };
  }

  beforeAll(async () => {
    await basket.writeSecrets(secrets);
    basket.clock.advance(86_400_000);
  });

  describe.each([
    ['null', false],
    ['missing', true],
  ])('the rest is %s', (_, isMissing) => {
    it('addBasketItem reads the amount of the query string', async () => {
      const rawQuery = signed(addPath, { NameId: 'x', amount: '3' });
      const { statusCode, body = '' } = await send({ route: addPath, rawQuery }, isMissing);
      expect(statusCode).toBe(200);
      expect(await basket.item((JSON.parse(body) as { id: string }).id)).toMatchObject({ amountCents: 300 });
    });

    it('addBasketItem and removeBasketItem say what the body lacks', async () => {
      const answers = [addPath, removePath].map((route) =>
        send({ route, rawQuery: signed(route, { NameId: 'x' }) }, isMissing),
      );
      expect((await Promise.all(answers)).map(({ body = '' }) => JSON.parse(body))).toMatchObject([
        { err: 1, err_class: 'missing-amount' },
        { err: 1, err_class: 'missing-basket-item-id' },
      ]);
    });

    it('paymentPage shows the item, leads to the bank, and takes who comes back from it', async () => {
      const { id, token } = await add();
      expect(await send({ route: '/payment/{token}', method: 'GET', token }, isMissing)).toMatchObject({
        statusCode: 200,
        body: expect.stringContaining('10,05'),
      });
      const paid = await send({ route: '/payment/{token}/pay', token }, isMissing);
      expect([paid.statusCode, paid.headers?.['Location']]).toEqual([303, expect.stringContaining('/sandbox/pay/')]);
      expect(await basket.item(id)).toMatchObject({ lockedBy: '1' });
      const back = tokenOf(returnUrl({ itemId: id, attemptId: '1' }, await basket.deps.links()));
      expect(await send({ route: '/payment/return/{token}', token: back }, isMissing)).toMatchObject({
        statusCode: 303,
      });
    });

    it('paymentNotification takes it for a message that says nothing', async () => {
      const { id, token } = await add();
      await send({ route: '/payment/{token}/pay', token }, isMissing);
      const notification = tokenOf(notificationUrl({ itemId: id, attemptId: '1' }, await basket.deps.links()));
      const route = '/payment-notification/{token}';
      expect((await send({ route, token: notification }, isMissing)).statusCode).toBe(200);
      expect(await basket.item(id)).toMatchObject({ state: 'waiting', payments: { 1: { state: 'open' } } });
    });

    it.each([
      ['/sandbox/payments', 403],
      ['/sandbox/pay', 404],
      ['/sandbox/pay/00000000000000000000000000', 400],
    ])('sandboxBank, %s: %i', async (path, status) => {
      const { headers, ...least } = httpApiEvent({ path });
      const event = { ...least, ...(isMissing ? {} : nulls) } as unknown as APIGatewayProxyEventV2;
      const answer = await basket.handlers.byRoute('/sandbox/{proxy+}')(event, {} as Context);
      expect(answer.statusCode).toBe(status);
    });
  });

  /** As a test begins in the console of Lambda, and in that of a REST API. */
  const strange = {
    ...{ null: null, nothing: {}, 'hello-world': { key1: 'value1', key2: 'value2', key3: 'value3' } },
    'a REST API': {
      ...nulls,
      ...{
        resource: '/',
        path: '/',
        httpMethod: 'POST',
        multiValueHeaders: null,
        multiValueQueryStringParameters: null,
      },
      requestContext: { requestId: 'test-invoke-request', httpMethod: 'POST', resourcePath: '/', identity: {} },
    },
    'no method': { ...httpApiEvent({ path: addPath }), requestContext: { requestId: null } },
    'no context': { ...httpApiEvent({ path: addPath }), requestContext: null },
    'nothing but nulls': { ...nulls, routeKey: null, rawPath: null, rawQueryString: null, requestContext: null },
  };

  it.each(Object.entries(strange))('%s: refused by every handler, in its own words', async (_, event) => {
    const routes = [addPath, removePath, '/payment/{token}', '/payment-notification/{token}'];
    const answers = routes.map((route) => basket.handlers.byRoute(route)(event as never, {} as Context));
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([405, 405, 404, 404]);
    const bank = await basket.handlers.byRoute('/sandbox/{proxy+}')(event as never, {} as Context);
    // What is no request is a tick of its clock.
    expect(bank?.statusCode).toBe('rawPath' in (event ?? {}) ? 404 : undefined);
  });

  it.each(['hello', 5, true, []])('%j: refused by every handler too', async (event) => {
    const routes = [addPath, removePath, '/payment/{token}', '/payment-notification/{token}'];
    const answers = routes.map((route) => basket.handlers.byRoute(route)(event as never, {} as Context));
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([405, 405, 404, 404]);
    expect(await basket.handlers.byRoute('/sandbox/{proxy+}')(event as never, {} as Context)).toBeUndefined();
  });

  it.each([{}, { amount: 10 }, 5, [1]])('a body that is no text, %j, is none', async (body) => {
    const { token } = await add();
    const event = (path: string) => ({ ...httpApiEvent({ path }), body }) as unknown as APIGatewayProxyEventV2;
    const unsigned = [addPath, removePath].map((path) => basket.handlers.byRoute(path)(event(path), {} as Context));
    expect((await Promise.all(unsigned)).map(({ statusCode }) => statusCode)).toEqual([403, 403]);
    const paid = { ...event(`/payment/${token}/pay`), routeKey: 'ANY /payment/{token}/pay', pathParameters: { token } };
    const { statusCode, headers } = await basket.handlers.byRoute('/payment/{token}/pay')(paid, {} as Context);
    expect([statusCode, headers?.['Location']]).toEqual([303, expect.stringContaining('/sandbox/pay/')]);
  });

  it('a signed call without a query string is one without a signature', async () => {
    const event = { ...httpApiEvent({ path: addPath }), rawQueryString: null, queryStringParameters: { NameId: 'x' } };
    const { statusCode, body = '' } = await basket.handlers.add(event as never, {} as Context);
    expect([statusCode, JSON.parse(body)]).toMatchObject([403, { err_class: 'access-denied' }]);
  });

  it.each([
    [null, 'cancelled'],
    [{}, 'cancelled'],
    [{ Records: null }, 'cancelled'],
    [{ key1: 'value1' }, 'cancelled'],
    [{ Records: [] }, 'waiting'],
    [{ Records: [null, {}, { dynamodb: null }, { dynamodb: { Keys: { id: { S: null } } } }] }, 'waiting'],
  ])(
    'attendItems takes %j for its schedule, unless there are records: an item to erase is %s',
    async (event, state) => {
      const id = `7${'d'.repeat(25)}`;
      const now = basket.clock.now().toISOString();
      await basket.putRow({ ...anItem({ id, eraseAt: now, dueAt: now }), kind: 'item', dueShard: 'due' });
      basket.logger.lines.length = 0;
      await createAttendHandler(() => basket.deps)(event as never, { getRemainingTimeInMillis: () => 120_000 });
      expect(basket.logger.lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
      expect(await basket.item(id)).toMatchObject({ state });
    },
  );
});
