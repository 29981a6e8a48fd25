/** Whatever is sent to the pages, the notification address or the sandbox bank, none fails, and none changes what it may not. */
import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFields, signFields } from '../lib/bank/sandbox/sandboxSignature.ts';
import type { Item } from '../lib/item/item.ts';
import { notificationUrl, paymentUrl, returnUrl } from '../lib/payment/paymentLink.ts';
import { httpApiEvent } from './loopbackServer.ts';
import { secrets, startTestBasket, type TestBasket } from './testBasket.ts';

let basket: TestBasket;
let item: Item;
beforeAll(async () => {
  basket = await startTestBasket({ isBrowsable: true });
  const { body } = await basket.add();
  await fetch(`${body['payment_url']}/pay`, { method: 'POST', redirect: 'manual' });
  item = (await basket.item(body['id'])) as Item;
});
afterAll(() => basket.stop());

const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '%00',
    '%FF',
    '../..',
    '__proto__',
    'constructor',
    '<script>',
    '0'.repeat(52),
    'a'.repeat(8_000),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), minLength: 50, maxLength: 56 }),
);

const links = { publicUrl: '', linkKeys: secrets.linkKeys };
/** Tokens that we made, for this use or another. */
const tokens = fc
  .constantFrom(
    (id: string) => paymentUrl(id, links).split('/').at(-1) ?? '',
    (id: string) => returnUrl({ itemId: id, attemptId: '1' }, links).split('/').at(-1) ?? '',
    (id: string) => returnUrl({ itemId: id, attemptId: '99' }, links).split('/').at(-1) ?? '',
    (id: string) => notificationUrl({ itemId: id, attemptId: '1' }, links).split('/').at(-1) ?? '',
    (id: string) => `${id}01`,
  )
  .map((make) => make);

const routes = [
  '/payment/{token}',
  // Not the cancel button's own post: it may change the item, and is not odd.
  '/payment/return/{token}',
  '/payment-notification/{token}',
  '/payment/{proxy+}',
  '/sandbox/{proxy+}',
] as const;

/** Fields of a message, signed or not, some of them odd. */
const message = fc
  .record(
    { reference: odd, shop: odd, mode: odd, amount: odd, currency: odd, status: odd, date: odd, outcome: odd, id: odd },
    { requiredKeys: [] },
  )
  .chain((fields) =>
    fc.constantFrom(
      encodeFields(withoutUndefined(fields)),
      encodeFields(signFields(withoutUndefined(fields), 'another-key')),
      encodeFields(signFields(withoutUndefined(fields), secrets.sandboxKey ?? '')),
    ),
  );

function withoutUndefined(fields: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]) => [name, (value ?? '').toWellFormed()]);
  return Object.fromEntries(entries);
}

const request = fc.record({
  route: fc.constantFrom(...routes),
  token: fc.oneof(odd, tokens),
  path: fc.constantFrom('payments', 'pay', 'pay/x', 'payments/x', ''),
  method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'x'),
  rawQuery: fc.oneof(odd, message),
  body: fc.oneof(odd, message).map((text) => Buffer.from(text)),
  language: fc.oneof(odd, fc.constantFrom('fr', 'en-GB,en;q=0.9', '*;q=0', `${'a;q=1,'.repeat(2_000)}`)),
});

describe('anything at all', () => {
  it('is answered below 500, and leaves the item as it was', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ route, token: given, path, method, rawQuery, body, language }) => {
        const token = typeof given === 'function' ? given(item.id) : given;
        const pathParameters = route.includes('{token}') ? { token } : { proxy: `${path}${token}` };
        const event = httpApiEvent({
          method,
          path: route === '/sandbox/{proxy+}' ? `/sandbox/${path}/${token}` : route.replace(/\{.*\}/, token),
          routeKey: `ANY ${route}`,
          pathParameters,
          rawQuery,
          headers: { 'accept-language': language },
          body,
        });
        const handler = basket.handlers.byRoute(route);
        const { statusCode, body: text } = (await handler(event, {} as Context)) as APIGatewayProxyStructuredResultV2;
        expect(statusCode).toBeLessThan(500);
        expect(text ?? '').not.toMatch(/<script|\bat \/|node_modules/);
      }),
      { numRuns: 2_000 },
    );
    expect(await basket.item(item.id)).toEqual(item);
    expect(basket.logger.lines.filter(({ message: line }) => / failed$/.test(line))).toEqual([]);
  });
});
