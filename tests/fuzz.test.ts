/** Whatever is sent to a handler, only documented answers come out, and the table holds what they say. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiErrors } from '../lib/http/apiErrors.ts';
import { newNonce } from '../lib/platform/random.ts';
import { signUrl } from '../lib/publik/signature.ts';
import type { CompiledSchema } from '../lib/values/validation.ts';
import { firstError } from '../lib/values/validation.ts';
import validateAddAnswer from '../schemas/compiled/addBasketItemAnswer.js';
import validateErrorAnswer from '../schemas/compiled/errorAnswer.js';
import validateItemRow from '../schemas/compiled/itemRow.js';
import validateRemoveAnswer from '../schemas/compiled/removeBasketItemAnswer.js';
import validateSpentUrlRow from '../schemas/compiled/spentUrlRow.js';
import { httpApiEvent } from './loopbackServer.ts';
import { addPath, removePath, service, serviceKey, startTestBasket, type TestBasket } from './testBasket.ts';

let basket: TestBasket;
beforeAll(async () => {
  basket = await startTestBasket();
});
afterAll(() => basket.stop());

const words = [
  '',
  ' ',
  'x',
  '10.05',
  '10,05',
  '0',
  '-1',
  'no',
  'true',
  'a@b.fr',
  '12',
  '2027-05-06',
  '06/05/2027',
  '1 000,50 €',
  '\u00AD',
  '\u202E10\u200B',
  'a\u3164b',
  'https://x.example/1/',
  '%',
  '&',
  '=',
  '\0',
  'é',
];
const text = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

/** A query string of documented and other names, some values not even UTF-8. */
const parameter = fc.tuple(
  fc.constantFrom(
    'NameId',
    'NameID',
    'email',
    'regie_id',
    'cancellable',
    'amount',
    'orig',
    'algo',
    'signature',
    'foo',
    '__proto__',
    '%FF',
  ),
  fc.oneof(
    text.map((value) => encodeURIComponent(value.toWellFormed())),
    fc.constantFrom('%FF', '%', '+', 'ab1c2d3e'),
  ),
);
const query = fc
  .array(parameter, { maxLength: 3 })
  .map((pairs) => ['foo=NameId', ...pairs.map((pair) => pair.join('='))].join('&'))
  .chain((others) => fc.constantFrom(others, `NameId=ab1c2d3e&${others}`));

/** JSON of documented names and odd values, JSON of anything, or bytes. */
const value = fc.oneof(
  text,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(text, fc.double(), fc.constant(null)), { maxLength: 4 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
);
const fields = fc.record(
  {
    amount: value,
    display_name: value,
    url: value,
    capture_date: value,
    basket_item_id: value,
    notify: value,
    ['__proto__']: value,
  },
  { requiredKeys: [] },
);
/** A good body with one field gone odd. */
const names = ['amount', 'display_name', 'url', 'capture_date', 'basket_item_id', 'notify', 'foo', 'extra'] as const;
const nearlyGood = fc.tuple(fc.constantFrom(...names), value).map(([name, odd]) => {
  return Buffer.from(JSON.stringify({ amount: '10.05', basket_item_id: 'x', [name]: odd }));
});
const body = fc.oneof(
  { weight: 6, arbitrary: nearlyGood },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fields, fc.option(fields))
      .map(([top, extra]) => Buffer.from(JSON.stringify(extra === null ? top : { ...top, extra }))),
  },
  { weight: 2, arbitrary: fc.json().map((json) => Buffer.from(json)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 20_000 })
      .map((levels) => Buffer.from(`{"amount":${'['.repeat(levels)}${']'.repeat(levels)}}`)),
  },
);

const request = fc.record({
  method: fc.oneof(
    { weight: 9, arbitrary: fc.constant('POST') },
    { weight: 1, arbitrary: fc.constantFrom('GET', 'HEAD', 'PUT', 'x') },
  ),
  query,
  body,
  isSigned: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  contentType: fc.constantFrom('application/json', 'text/plain', 'application/octet-stream', 'x', ''),
});

describe.each<[string, string, CompiledSchema]>([
  ['add', addPath, validateAddAnswer],
  ['remove', removePath, validateRemoveAnswer],
])('the handler of %s', (name, path, validateAnswer) => {
  it('gives documented answers only, and the rows agree with them', async () => {
    const before = await basket.rows();
    let successes = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ method, query: parameters, body: bytes, isSigned, contentType }) => {
        const handler = name === 'add' ? basket.handlers.add : basket.handlers.remove;
        const unsigned = [parameters, `orig=${service}`].filter((part) => part !== '').join('&');
        const signed = signUrl(`?${unsigned}`, {
          key: serviceKey,
          timestamp: basket.clock.now(),
          nonce: newNonce(),
        }).slice(1);
        const rawQuery = isSigned ? signed : parameters;
        const event = httpApiEvent({ method, path, rawQuery, headers: { 'content-type': contentType }, body: bytes });
        const answer = await handler(event, {} as Parameters<typeof handler>[1]);
        const json = JSON.parse(answer.body ?? '');
        if (answer.statusCode === 200) {
          successes += 1;
          expect(firstError(validateAnswer, json)).toBeUndefined();
          return;
        }
        expect(firstError(validateErrorAnswer, json)).toBeUndefined();
        const known = apiErrors[json.err_class as keyof typeof apiErrors];
        expect(answer.statusCode).toBe(known.status);
        expect(known.status).toBeLessThan(500);
      }),
      { numRuns: 1_500 },
    );
    const rows = await basket.rows();
    const items = rows.filter(({ kind }) => kind === 'item');
    for (const item of items) expect(firstError(validateItemRow, item)).toBeUndefined();
    for (const row of rows.filter(({ kind }) => kind !== 'item'))
      expect(firstError(validateSpentUrlRow, row)).toBeUndefined();
    if (name === 'add') {
      expect(successes).toBeGreaterThan(0);
      expect(items).toHaveLength(successes);
    } else expect(items).toEqual(before.filter(({ kind }) => kind === 'item'));
  });
});

describe('bodies that are heavy to read', () => {
  it.each([
    ['a million levels', '['.repeat(1_000_000)],
    ['a thousand levels', `${'{"extra":'.repeat(1_000)}1${'}'.repeat(1_000)}`],
    ['two million amounts', `{"amount":[${'1,'.repeat(2_000_000)}1]}`],
    ['a number of four million digits', `{"amount":${'1'.repeat(4_000_000)}}`],
    ['a text of four million digits', `{"amount":"${'1'.repeat(4_000_000)}x"}`],
    ['a name of four million letters', `{"amount":1,"display_name":"${'a '.repeat(2_000_000)}"}`],
    ['a name of 600,000 joiners', `{"amount":1,"display_name":"${'\u{1F468}\u200D\u0628\u200C'.repeat(300_000)}"}`],
    ['a name of a million blank letters', `{"amount":1,"display_name":"${'\u3164'.repeat(1_000_000)}"}`],
    ['an amount of a million thousands', `{"amount":"1${' 000'.repeat(1_000_000)},x"}`],
    ['an amount after a million characters that show nothing', `{"amount":"${'\u200B'.repeat(1_000_000)}1"}`],
    ['an address of four million letters', `{"amount":1,"url":"https://${'a'.repeat(4_000_000)}"}`],
    ['a day of four million digits', `{"amount":1,"capture_date":"${'1-'.repeat(2_000_000)}"}`],
  ])('%s', async (_, raw) => {
    const answer = await basket.add({ raw });
    expect([200, 400]).toContain(answer.status);
  });

  it('a query string of many parameters and an email of many characters', async () => {
    const query = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, 'x']));
    expect(
      (await basket.add({ query: { ...query, email: `${'a'.repeat(5_000)}@${'b.'.repeat(1_000)}` } })).body,
    ).toMatchObject({
      err_class: 'invalid-email',
    });
  });
});
