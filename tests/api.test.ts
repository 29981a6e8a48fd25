/** The contract of the two calls, a row for each rule and each error, over real HTTP on a real engine. */
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHandler } from '../functions/removeBasketItem.ts';
import { apiErrors } from '../lib/http/apiErrors.ts';
import { newNonce } from '../lib/platform/random.ts';
import { signUrl } from '../lib/publik/signature.ts';
import { disableRegie } from '../lib/regie/administerRegies.ts';
import { firstError } from '../lib/values/validation.ts';
import validateAddAnswer from '../schemas/compiled/addBasketItemAnswer.js';
import validateErrorAnswer from '../schemas/compiled/errorAnswer.js';
import validateRemoveAnswer from '../schemas/compiled/removeBasketItemAnswer.js';
import { anAttempt, anItem, noon } from './builders.ts';
import { startDocumentedBasket, verdicts } from './documentedBasket.ts';
import { type HttpApiHandler, httpApiEvent } from './loopbackServer.ts';
import {
  type Answer,
  addPath,
  type CallParts,
  removePath,
  service,
  serviceKey,
  type TestBasket,
} from './testBasket.ts';

let basket: TestBasket;
beforeAll(async () => {
  basket = await startDocumentedBasket();
});
afterAll(() => basket.stop());
beforeEach(() => basket.clock.set(noon));

const seen = new Set<string>();

function expectError(answer: Answer, status: number, errClass: string): void {
  expect(answer.body).toMatchObject({ err: 1, result: 'erreur', err_class: errClass });
  expect(answer.status).toBe(status);
  expect(firstError(validateErrorAnswer, answer.body)).toBeUndefined();
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('x-error-code')).toBeNull();
  seen.add(errClass);
}

async function addedItem(parts: CallParts) {
  const answer = await basket.add(parts);
  expect(answer.body).toMatchObject({ err: 0 });
  const item = await basket.item(answer.body['id']);
  if (item === undefined) throw new Error('The item is not in the table.');
  return item;
}

describe('add-basket-item: success', () => {
  it('answers the documented fields and keeps the item as asked', async () => {
    const answer = await basket.add({
      query: {
        NameId: 'ab1c2d3e',
        email: 'Gerard.Lambert@Rungis.fr',
        regie_id: 'la-regie-pas-cher',
        cancellable: 'no',
      },
      body: {
        amount: '5.05',
        display_name: 'Abonnement au cours de pétanque',
        url: 'https://demarches.example.org/petanque/3/',
        capture_date: '2027-05-06',
      },
    });
    expect(answer.status).toBe(200);
    expect(firstError(validateAddAnswer, answer.body)).toBeUndefined();
    expect(answer.body['payment_url']).toBe(answer.body['payement_url']);
    expect(answer.body['payement_url']).toMatch(/^https:\/\/paiement\.example\.org\/payment\//);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await basket.item(answer.body['id'])).toEqual({
      id: answer.body['id'],
      kind: 'item',
      writeId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      version: 1,
      service: 'demarches.example.org',
      state: 'waiting',
      regieId: '12',
      amountCents: 505,
      currency: 'EUR',
      label: 'Abonnement au cours de pétanque',
      url: 'https://demarches.example.org/petanque/3/',
      captureDate: '2027-05-06',
      nameId: 'ab1c2d3e',
      email: 'gerard.lambert@rungis.fr',
      cancellable: false,
      payments: {},
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2026-11-23T12:00:00.000Z',
      eraseAt: '2027-12-28T12:00:00.000Z',
      dueShard: 'due',
      dueAt: '2027-12-28T12:00:00.000Z',
    });
  });

  const user = { NameId: 'x' };
  it.each<[string, CallParts, object]>([
    ['amount: a JSON number', { body: { amount: 10.05 } }, { amountCents: 1005 }],
    ['amount: a number is read from its shortest decimal text', { body: { amount: 10.055 } }, { amountCents: 1006 }],
    ['amount: a number with an exponent', { body: { amount: 1e3 } }, { amountCents: 100_000 }],
    ['amount: a string with a dot', { body: { amount: '10.05' } }, { amountCents: 1005 }],
    ['amount: a string with a comma', { body: { amount: '10,05' } }, { amountCents: 1005 }],
    ['amount: thousands parted by a space', { body: { amount: '1 000,50' } }, { amountCents: 100_050 }],
    ['amount: by a no-break space', { body: { amount: '1\u00A0000,50' } }, { amountCents: 100_050 }],
    ['amount: by a narrow one', { body: { amount: '1\u202F234\u202F567' } }, { amountCents: 123_456_700 }],
    ['amount: a euro sign', { body: { amount: '10,05 €' } }, { amountCents: 1005 }],
    ['amount: a euro sign, no space', { body: { amount: '10.05€' } }, { amountCents: 1005 }],
    [
      'amount: both, in a list',
      { body: { amount: ['1 000,50 €', ' 2\u00A0000\u00A0€ ', 1] } },
      { amountCents: 300_150 },
    ],
    ['amount: both, in extra', { body: { extra: { amount: '1\u202F000,50\u00A0€' } } }, { amountCents: 100_050 }],
    [
      'amount: both, in the query, repeated',
      { query: { ...user, amount: ['1 000,50', '10\u00A0€'] }, body: {} },
      { amountCents: 101_050 },
    ],
    ['amount: what shows nothing around it', { body: { amount: '\uFEFF 10,05\u200B' } }, { amountCents: 1005 }],
    [
      'amount: what shows nothing alone counts as absent',
      { query: { ...user, amount: ['\u200B', '4'] }, body: { amount: '\u00AD' } },
      { amountCents: 400 },
    ],
    ['amount: a plus sign', { body: { amount: '+10.05' } }, { amountCents: 1005 }],
    ['amount: white space around', { body: { amount: ' 10.05\n' } }, { amountCents: 1005 }],
    ['amount: rounded half up', { body: { amount: '10.055' } }, { amountCents: 1006 }],
    ['amount: rounded once, after the sum', { body: { amount: ['0.004', '0.004'] } }, { amountCents: 1 }],
    ['amount: a flat list', { body: { amount: ['1.50', 2, '0,25'] } }, { amountCents: 375 }],
    ['amount: a part of zero', { body: { amount: ['0', '1'] } }, { amountCents: 100 }],
    [
      'amount: in the query, repeated',
      { query: { ...user, amount: ['1.50', '2.25'] }, body: {} },
      { amountCents: 375 },
    ],
    ['amount: in extra', { body: { extra: { amount: '3' } } }, { amountCents: 300 }],
    [
      'amount: body, extra and query are summed',
      { query: { ...user, amount: '4' }, body: { amount: '1', extra: { amount: ['2'] } } },
      { amountCents: 700 },
    ],
    [
      'amount: blank in the body counts as absent',
      { query: { ...user, amount: '4' }, body: { amount: ' ' } },
      { amountCents: 400 },
    ],
    [
      'amount: blank in the query counts as absent',
      { query: { ...user, amount: ['', '4'] }, body: {} },
      { amountCents: 400 },
    ],
    ['display_name: absent, the default label', { body: { amount: 1 } }, { label: 'Cantine' }],
    ['display_name: blank counts as absent', { body: { amount: 1, display_name: ' \t ' } }, { label: 'Cantine' }],
    ['display_name: null counts as absent', { body: { amount: 1, display_name: null } }, { label: 'Cantine' }],
    ['display_name: a number becomes its text', { body: { amount: 1, display_name: 12.5 } }, { label: '12.5' }],
    [
      'display_name: white space and line ends folded',
      { body: { amount: 1, display_name: ' a\r\n\t b  c ' } },
      { label: 'a b c' },
    ],
    [
      'display_name: what shows nothing is gone',
      { body: { amount: 1, display_name: 'Can\u00ADtine\u200B' } },
      { label: 'Cantine' },
    ],
    [
      'display_name: nothing turns it round',
      { body: { amount: 1, display_name: '\u202Eenitnac' } },
      { label: 'enitnac' },
    ],
    [
      'display_name: a pictogram stays whole',
      { body: { amount: 1, display_name: 'Fête 👨‍👩‍👧' } },
      { label: 'Fête 👨‍👩‍👧' },
    ],
    ...['\u00AD', '\u3164', '\u202E', '\u2800', '\uFEFF', '\u200D \uFE0F', '\u{E0041}\u115F'].map(
      (nothing): [string, CallParts, object] => [
        `display_name: ${JSON.stringify(nothing)} counts as absent`,
        { body: { amount: 1, display_name: nothing, extra: { display_name: nothing } } },
        { label: 'Cantine' },
      ],
    ),
    [
      'display_name: 200 characters that are seen',
      { body: { amount: 1, display_name: 'é\u200B'.repeat(200) } },
      { label: 'é'.repeat(200) },
    ],
    [
      'display_name: 200 characters, not 200 UTF-16 units',
      { body: { amount: 1, display_name: '🎓'.repeat(200) } },
      { label: '🎓'.repeat(200) },
    ],
    [
      'extra wins over the top level',
      { body: { amount: 1, display_name: 'Formulaire #14-3', extra: { display_name: 'Cantine de mai' } } },
      { label: 'Cantine de mai' },
    ],
    [
      'blank in extra leaves the top level',
      { body: { amount: 1, display_name: 'Formulaire #14-3', extra: { display_name: '' } } },
      { label: 'Formulaire #14-3' },
    ],
    ['extra that is no object is ignored', { body: { amount: 1, extra: 'x' } }, { amountCents: 100 }],
    ['extra that is null is ignored', { body: { amount: 1, extra: null } }, { amountCents: 100 }],
    [
      'url: kept in its canonical form',
      { body: { amount: 1, url: 'HTTPS://Demarches.example.org/é?a=1#b' } },
      { url: 'https://demarches.example.org/%C3%A9?a=1#b' },
    ],
    [
      'url: of another host, for the link on the page',
      { body: { amount: 1, url: 'https://ailleurs.example/1/' } },
      { url: 'https://ailleurs.example/1/' },
    ],
    [
      'url: what shows nothing is gone',
      { body: { amount: 1, url: '\uFEFFhttps://demarches.example.org/\u200Bcantine/14/\u2069' } },
      { url: 'https://demarches.example.org/cantine/14/' },
    ],
    ['url: blank counts as absent', { body: { amount: 1, url: '' } }, { state: 'waiting' }],
    ['capture_date: today', { body: { amount: 1, capture_date: '2026-11-23' } }, { captureDate: '2026-11-23' }],
    ['capture_date: past', { body: { amount: 1, capture_date: '2019-05-06' } }, { captureDate: '2019-05-06' }],
    [
      'capture_date: the last day that the bank can hold',
      { body: { amount: 1, capture_date: '2027-11-23' } },
      { captureDate: '2027-11-23' },
    ],
    [
      'capture_date: as w.c.s. writes a date alone on a French site',
      { body: { amount: 1, capture_date: '24/12/2026' } },
      { captureDate: '2026-12-24' },
    ],
    [
      'capture_date: the same, in extra',
      { body: { extra: { amount: 1, capture_date: ' 03/02/2027 ' } } },
      { captureDate: '2027-02-03' },
    ],
    [
      'capture_date: the same, past',
      { body: { amount: 1, capture_date: '06/05/2019' } },
      { captureDate: '2019-05-06' },
    ],
    ['capture_date: null counts as absent', { body: { amount: 1, capture_date: null } }, { state: 'waiting' }],
    ['NameId alone', { query: { NameId: 'https://idp/x?a=b&c' } }, { nameId: 'https://idp/x?a=b&c' }],
    ['NameID is an alias', { query: { NameID: 'a~b*c(d)' } }, { nameId: 'a~b*c(d)' }],
    ['email alone, in lower case', { query: { email: 'Renée@Rungis.FR' } }, { email: 'renée@rungis.fr' }],
    ['NameId blank, email given', { query: { NameId: '', email: 'a@b.fr' } }, { email: 'a@b.fr' }],
    [
      'email: what shows nothing is gone',
      { query: { email: 'ger\u00ADard@rungis.fr\u200B' } },
      { email: 'gerard@rungis.fr' },
    ],
    ['NameId: the same', { query: { NameId: '\u2060ab1c\u200D2d3e\u3164' } }, { nameId: 'ab1c2d3e' }],
    ['NameId: nothing to be seen, email given', { query: { NameId: '\u200B', email: 'a@b.fr' } }, { email: 'a@b.fr' }],
    [
      'regie_id: what shows nothing is gone',
      { query: { ...user, regie_id: '1\u200B2' }, body: { amount: 5 } },
      { regieId: '12' },
    ],
    ['cancellable: the same', { query: { ...user, cancellable: 'n\u00ADo' } }, { cancellable: false }],
    ['a blank repeat is no repeat', { query: { NameId: ['x', ''], NameID: ' ' } }, { nameId: 'x' }],
    [
      'regie_id: by id',
      { query: { ...user, regie_id: '12' }, body: { amount: 5 } },
      { regieId: '12', label: 'Petite somme' },
    ],
    [
      'regie_id: by slug',
      { query: { ...user, regie_id: 'la-regie-pas-cher' }, body: { amount: 5 } },
      { regieId: '12' },
    ],
    ['regie_id: blank, the default regie', { query: { ...user, regie_id: '' } }, { regieId: 'cantine' }],
    [
      'the smallest amount of the regie',
      { query: { ...user, regie_id: '12' }, body: { amount: 2 } },
      { amountCents: 200 },
    ],
    [
      'the largest amount of the regie',
      { query: { ...user, regie_id: '12' }, body: { amount: 10 } },
      { amountCents: 1000 },
    ],
    ['cancellable: absent', { query: user }, { cancellable: true }],
    ...['no', 'non', 'False', '0', 'OFF'].map((word): [string, CallParts, object] => [
      `cancellable: ${word}`,
      { query: { ...user, cancellable: word } },
      { cancellable: false },
    ]),
    ...['yes', 'Oui', 'True', '1', 'on', ''].map((word): [string, CallParts, object] => [
      `cancellable: "${word}"`,
      { query: { ...user, cancellable: word } },
      { cancellable: true },
    ]),
    [
      'unknown keys and parameters are ignored',
      { query: { ...user, foo: ['1', '2'] }, body: { amount: 1, foo: {} } },
      { amountCents: 100 },
    ],
    ['no body, the amount in the query', { query: { ...user, amount: '7' }, body: undefined }, { amountCents: 700 }],
    [
      'no Content-Type: the body comes in Base64',
      { raw: '{"amount": "1"}', headers: { 'content-type': '' } },
      { amountCents: 100 },
    ],
    [
      'a byte order mark',
      { raw: Buffer.from('\uFEFF{"amount": "1"}'), headers: { 'content-type': 'application/octet-stream' } },
      { amountCents: 100 },
    ],
    [
      'capture_date: as w.c.s. writes a date alone on a French site',
      { body: { amount: 1, capture_date: '24/12/2026' } },
      { captureDate: '2026-12-24' },
    ],
    [
      'capture_date: the same, in extra',
      { body: { extra: { amount: 1, capture_date: ' 03/02/2027 ' } } },
      { captureDate: '2027-02-03' },
    ],
    [
      'capture_date: the same, past',
      { body: { amount: 1, capture_date: '06/05/2019' } },
      { captureDate: '2019-05-06' },
    ],
    ['a signature by sha512', { algorithm: 'sha512' }, { amountCents: 1005 }],
    [
      'a signature by the second key of a service',
      { orig: 'autre.example.org', key: 'nouvelle-clé' },
      { service: 'autre.example.org' },
    ],
  ])('%s', async (_, parts, expected) => {
    expect(await addedItem({ ...parts })).toMatchObject(expected);
  });

  it('keeps nothing that was not asked: absent fields are absent in the row, unknown ones are not stored', async () => {
    const item = await addedItem({
      query: { email: 'a@b.fr', foo: '1' },
      body: { amount: 1, foo: 'bar', cancellable: 'no' },
    });
    expect(Object.keys(item)).not.toEqual(expect.arrayContaining(['foo']));
    for (const absent of ['nameId', 'url', 'captureDate', 'foo']) expect(item).not.toHaveProperty(absent);
    expect(item.cancellable).toBe(true);
  });

  it('takes the whole form that w.c.s. sends, files of several MB included', async () => {
    const form = {
      display_name: 'Cantine #14-3',
      url: 'https://demarches.example.org/cantine/14/',
      fields: { piece: { content: 'A'.repeat(3_500_000) } },
      extra: { amount: '12,30', capture_date: '' },
    };
    const item = await addedItem({ body: form });
    expect(item).toMatchObject({ amountCents: 1230, label: 'Cantine #14-3', url: form.url });
    expect(item).not.toHaveProperty('captureDate');
  });

  it('gives each call its own item', async () => {
    const [one, two] = await Promise.all([basket.add(), basket.add()]);
    expect(one.body['id']).not.toBe(two.body['id']);
  });
});

describe('add-basket-item: refusals', () => {
  const user = { NameId: 'x' };
  it.each<[string, string, CallParts]>([
    ['invalid-json', 'not JSON', { raw: '{"amount": ' }],
    ['invalid-json', 'NaN', { raw: '{"amount": NaN}' }],
    ['invalid-json', 'invalid UTF-8', { raw: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }],
    ['invalid-json', 'white space only', { raw: ' ' }],
    ['invalid-json', 'a key that would reach a prototype', { raw: '{"amount": "1", "__proto__": {"url": "x"}}' }],
    ['invalid-payload', 'an array', { body: ['10.05'] }],
    ['invalid-payload', 'null', { raw: 'null' }],
    ['invalid-payload', 'a string', { body: 'amount' }],
    ['invalid-payload', 'a number', { body: 10.05 }],
    ['missing-amount', 'no amount', { body: {} }],
    ['missing-amount', 'no body', { body: undefined }],
    ['missing-amount', 'null', { body: { amount: null } }],
    [
      'missing-amount',
      'blank everywhere',
      { query: { ...user, amount: '' }, body: { amount: '', extra: { amount: ' ' } } },
    ],
    ...[
      'abc',
      '10.0.5',
      '10,0,5',
      '1.000,50',
      '1,000.50',
      '1 00',
      '10 00',
      '1 0000',
      '1000 000',
      '1 000 50',
      '0 100',
      '1  000',
      '1\n000',
      '1\t000',
      '1\u2009000',
      '1\u00AD000',
      '1\u200B000',
      '1\u3164000',
      '\u202E50,01',
      '1 000\u200F',
      '€10',
      '€',
      '10 €€',
      '10  €',
      '10\n€',
      '10 € 50',
      '10 EUR',
      '-1',
      '1e3',
      '0x10',
      '١٢',
      '.',
      ',',
      '+',
      'NaN',
      'Infinity',
      '1'.repeat(101),
    ].map((amount): [string, string, CallParts] => [
      'invalid-amount',
      JSON.stringify(amount.slice(0, 20)),
      { body: { amount } },
    ]),
    ...[
      0,
      '0',
      '0.00',
      '0.004',
      -1,
      -0.01,
      true,
      false,
      {},
      [],
      [[]],
      [[7]],
      [null],
      [''],
      ['\u200B'],
      ['1 00'],
      [['1 000']],
      ['1', null],
      [true],
      ['1', '-1'],
      1e-300,
    ].map((amount): [string, string, CallParts] => ['invalid-amount', JSON.stringify(amount), { body: { amount } }]),
    ['invalid-amount', 'a number too large for JavaScript', { raw: '{"amount": 1e999}' }],
    ['invalid-amount', 'in extra', { body: { extra: { amount: '1 00 €' } } }],
    ['invalid-amount', 'two lines in the query', { query: { ...user, amount: '1\n000' }, body: {} }],
    ['invalid-amount', 'in the query', { query: { ...user, amount: 'abc' }, body: { amount: 1 } }],
    ['invalid-amount', 'one part of several', { query: { ...user, amount: '-5' }, body: { amount: 10 } }],
    ['amount-too-high', 'above the regie', { query: { ...user, regie_id: '12' }, body: { amount: '10.01' } }],
    ['amount-too-high', 'above any bank', { body: { amount: 1e10 } }],
    ['amount-too-high', 'far above', { body: { amount: 1e300 } }],
    ['amount-too-low', 'below the regie', { query: { ...user, regie_id: '12' }, body: { amount: '1.99' } }],
    ['invalid-display-name', '201 characters', { body: { amount: 1, display_name: 'a'.repeat(201) } }],
    ['invalid-display-name', 'a control character', { body: { amount: 1, display_name: 'a\u0007b' } }],
    ['invalid-display-name', 'a zero byte', { body: { amount: 1, display_name: 'a\u0000' } }],
    ['invalid-display-name', 'a boolean', { body: { amount: 1, display_name: true } }],
    ['invalid-display-name', 'an object', { body: { amount: 1, display_name: {} } }],
    ['invalid-display-name', 'half a surrogate pair', { raw: '{"amount": 1, "display_name": "\\ud800"}' }],
    ['invalid-display-name', 'in extra', { body: { amount: 1, display_name: 'good', extra: { display_name: [] } } }],
    ...[
      'http://demarches.example.org/1/',
      'ftp://x.example/',
      '/relative',
      'demarches.example.org',
      'https://',
      'https:x.example',
      'https://user:pw@x.example/',
      'https://user@x.example/',
      'https://@x.example/',
      'https:////x.example/',
      `https://x.example/${'é'.repeat(400)}`,
      'https://x example/',
      'https://x.example\\@y/',
      'javascript:alert(1)',
      `https://x.example/${'a'.repeat(2048)}`,
      'https://x.example/a b',
    ].map((url): [string, string, CallParts] => ['invalid-url', url.slice(0, 40), { body: { amount: 1, url } }]),
    ['invalid-url', 'a number', { body: { amount: 1, url: 5 } }],
    ...[
      '2027-02-29',
      '2027-13-01',
      '2027-1-1',
      '6/5/2027',
      '06/05/27',
      '06-05-2027',
      '06.05.2027',
      '2027/05/06',
      '29/02/2027',
      '05/31/2027',
      '24/11/2027',
      '06/05/2027 00:00',
      '2027-05-06T00:00:00Z',
      '20270506',
      'demain',
      '2027-11-24',
      '9999-12-31',
    ].map((day): [string, string, CallParts] => [
      'invalid-capture-date',
      day,
      { body: { amount: 1, capture_date: day } },
    ]),
    ['invalid-capture-date', 'a number', { body: { amount: 1, capture_date: 20270506 } }],
    ['missing-user', 'no user', { query: {} }],
    ['missing-user', 'a user of whom nothing is seen', { query: { NameId: '\u200B', email: '\u00AD' } }],
    ['missing-user', 'blank user', { query: { NameId: '', email: ' ' } }],
    ['invalid-name-id', '257 characters', { query: { NameId: 'a'.repeat(257) } }],
    ['invalid-name-id', 'a control character', { query: { NameId: 'a\u0001' } }],
    ['invalid-email', 'no at', { query: { email: 'gerard' } }],
    ['invalid-email', 'two at', { query: { email: 'a@b@c.fr' } }],
    ['invalid-email', 'no dot', { query: { email: 'a@localhost' } }],
    ['invalid-email', 'white space', { query: { email: 'a b@c.fr' } }],
    ['invalid-email', 'a letter that is blank', { query: { email: 'a\u3164b@c.fr' } }],
    ['invalid-email', 'too long', { query: { email: `${'a'.repeat(250)}@b.fr` } }],
    ['invalid-email', 'beside a good NameId', { query: { NameId: 'x', email: 'gerard' } }],
    ['unknown-regie', 'unknown', { query: { ...user, regie_id: 'nulle-part' } }],
    ['unknown-regie', 'a name that every object has', { query: { ...user, regie_id: 'constructor' } }],
    ['invalid-cancellable', 'another word', { query: { ...user, cancellable: 'maybe' } }],
    ['repeated-parameter', 'NameId', { query: { NameId: ['x', 'x'] } }],
    ['repeated-parameter', 'NameId and its alias', { query: { NameId: 'x', NameID: 'x' } }],
    ['repeated-parameter', 'email', { query: { email: ['a@b.fr', 'c@d.fr'] } }],
    ['repeated-parameter', 'regie_id', { query: { ...user, regie_id: ['12', '12'] } }],
    ['repeated-parameter', 'cancellable', { query: { ...user, cancellable: ['no', 'no'] } }],
  ])('%s: %s', async (errClass, _, parts) => {
    const before = await basket.rows();
    expectError(await basket.add(parts), 400, errClass);
    expect(await basket.rows()).toHaveLength(before.length);
  });

  it.each([
    ['invalid-name-id', 'NameId=%FF'],
    ['invalid-name-id', 'NameId=%zz'],
    ['invalid-email', 'email=%C3%28'],
    ['unknown-regie', 'NameId=x&regie_id=%FF'],
    ['invalid-cancellable', 'NameId=x&cancellable=%FF'],
    ['invalid-amount', 'NameId=x&amount=%FF'],
  ])('%s: a value that is not UTF-8: %s', async (errClass, query) => {
    expectError(
      await basket.send(basket.sign(`${addPath}?${query}`, { query: {} }), { body: { amount: 1 } }),
      400,
      errClass,
    );
  });

  it('reads an unknown parameter that is not UTF-8 as nothing', async () => {
    const target = basket.sign(`${addPath}?NameId=x&%FF=%FF`, { query: {} });
    expect((await basket.send(target, { body: { amount: 1 } })).status).toBe(200);
  });

  it('unknown-regie: a disabled one, from the next refresh of the cache on', async () => {
    await basket.register.load();
    await disableRegie(basket.register, '12');
    basket.clock.advance(61_000);
    expectError(
      await basket.add({ query: { NameId: 'x', regie_id: '12' }, body: { amount: 5 } }),
      400,
      'unknown-regie',
    );
  });

  it('counts the capture date from today in Paris, not in UTC', async () => {
    basket.clock.set(new Date('2026-11-23T23:30:00Z'));
    expect((await basket.add({ body: { amount: 1, capture_date: '2027-11-24' } })).status).toBe(200);
  });
});

describe('every call', () => {
  it.each([addPath, removePath])('access-denied: no signature on %s', async (path) => {
    expectError(await basket.send(path, { body: {} }), 403, 'access-denied');
  });

  it('logs what was done, for which service and item, and nothing of the user', async () => {
    const { body } = await basket.add({ query: { NameId: 'ab1c2d3e', email: 'gerard@rungis.fr' } });
    const line = basket.logger.lines.at(-1);
    expect(line).toMatchObject({ level: 'INFO', message: 'call answered' });
    expect(line?.fields).toEqual({
      route: `ANY ${addPath}`,
      requestId: 'loopback-request',
      status: 200,
      caller: 'demarches.example.org',
      itemId: body['id'],
    });
  });

  it('internal-error, in French, when the stage cannot even be built', async () => {
    const broken = createHandler(() => {
      throw new Error('The setting ITEMS_TABLE is missing.');
    });
    const log = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const event = httpApiEvent({ path: removePath, rawQuery: 'a=b' });
    const { statusCode, body = '' } = await (broken as unknown as HttpApiHandler)(event, {} as Context);
    expect(statusCode).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ err: 1, err_class: 'internal-error' });
    expect(body).not.toContain('ITEMS_TABLE');
    expect(log.mock.calls.flat().join()).toContain('"level":"ERROR"');
    log.mockRestore();
  });

  it('checks the method before the size', async () => {
    expectError(await basket.send(addPath, { method: 'PUT', raw: Buffer.alloc(5_000_000) }), 405, 'method-not-allowed');
  });

  describe('a line of the log says why a call was refused', () => {
    const at = (seconds: number) => new Date(basket.clock.now().getTime() + seconds * 1_000);
    const signedAt = (seconds: number) =>
      signUrl(`${addPath}?NameId=a&orig=${service}`, { key: serviceKey, timestamp: at(seconds), nonce: newNonce() });
    const caller = 'demarches.example.org';
    it.each<[string, () => string, object]>([
      ['no signature', () => `${addPath}?NameId=a`, { reason: 'signature-missing' }],
      ['two', () => `${basket.sign(addPath)}&signature=a`, { reason: 'signature-repeated' }],
      ['one that is not last', () => `${basket.sign(addPath)}&a=b`, { reason: 'signature-not-last' }],
      ['one that is not Base64', () => `${basket.sign(addPath)}!`, { reason: 'signature-malformed' }],
      ['another key', () => basket.sign(addPath, { key: 'autre' }), { reason: 'signature-wrong', caller }],
      ['no nonce', () => basket.sign(addPath).replace('nonce=', 'once='), { reason: 'parameter-missing' }],
      ['two orig', () => basket.sign(`${addPath}?orig=a`), { reason: 'parameter-repeated' }],
      [
        'bytes that are no text',
        () => basket.sign(`${addPath}?`, { orig: '' }).replace('algo=', 'orig=%ff&algo='),
        { reason: 'parameter-malformed' },
      ],
      ['md5', () => basket.sign(addPath).replace('sha256', 'md5'), { reason: 'algorithm-unknown' }],
      ['an odd time', () => basket.sign(addPath).replace('Z&nonce', '&nonce'), { reason: 'timestamp-malformed' }],
      ['a clock that is behind', () => signedAt(-95), { reason: 'timestamp-outside-window', skewSeconds: 95 }],
      ['a clock that is ahead', () => signedAt(31), { reason: 'timestamp-outside-window', skewSeconds: -31 }],
      [
        'a stranger',
        () => basket.sign(addPath, { orig: 'inconnu.example.org' }),
        { reason: 'caller-unknown', claimedCaller: 'inconnu.example.org' },
      ],
      ['a person', () => basket.sign(addPath, { orig: 'gerard@rungis.fr' }), { reason: 'caller-unknown' }],
      ['nobody', () => basket.sign(addPath, { orig: '' }), { reason: 'caller-unknown' }],
    ])('%s', async (_, target, expected) => {
      const headers = { 'publik-caller-url': 'https://demarches.example.org/backoffice/cantine/14/?q=gerard#s3cr3t' };
      expectError(await basket.send(target(), { body: {}, headers }), 403, 'access-denied');
      const { message, fields } = basket.logger.lines.at(-1) ?? {};
      expect(message).toBe('call refused');
      const always = { route: `ANY ${addPath}`, requestId: 'loopback-request', status: 403, code: 'access-denied' };
      expect(fields).toEqual({ ...always, callerPath: '/backoffice/cantine/14/', ...expected });
    });

    it('a signed URL that was used before', async () => {
      const target = basket.sign(addPath);
      await basket.send(target, { body: { amount: 1 } });
      expectError(await basket.send(target, { body: { amount: 1 } }), 403, 'nonce-already-used');
      expect(basket.logger.lines.at(-1)?.fields).toMatchObject({ code: 'nonce-already-used', caller });
    });
  });

  it('counts what was added and removed, by regie and by whom', async () => {
    basket.metrics.figures.length = 0;
    const { body } = await basket.add({
      query: { NameId: 'ab1c2d3e' },
      body: { amount: 3 },
    });
    await basket.remove(body['id']);
    await basket.remove(body['id']);
    expect(basket.metrics.figures).toEqual([
      { name: 'ItemsAdded', value: 1, regie: 'cantine' },
      { name: 'ItemsRemoved', value: 1, by: 'workflow' },
    ]);
  });

  it('answers one body, whatever is wrong with the signature', async () => {
    const good = basket.sign(addPath);
    const answers = await Promise.all([
      basket.send(addPath, { body: {} }),
      basket.send(good.replace(/signature=.{6}/, 'signature=AAAAAA'), { body: {} }),
      basket.send(basket.sign(addPath, { orig: 'inconnu.example.org' }), { body: {} }),
      basket.send(basket.sign(addPath, { orig: '' }), { body: {} }),
      basket.send(basket.sign(addPath, { key: 'autre' }), { body: {} }),
    ]);
    for (const answer of answers) {
      expectError(answer, 403, 'access-denied');
      expect(answer.body).toEqual(answers[0]?.body);
    }
  });

  it('checks the signature before it reads the body, and the size before the signature', async () => {
    expectError(await basket.send(addPath, { raw: 'not json' }), 403, 'access-denied');
    const large = Buffer.alloc(5_000_000, 'a');
    expectError(await basket.send(addPath, { raw: large }), 413, 'payload-too-large');
    expectError(await basket.send(removePath, { raw: large, headers: {} }), 413, 'payload-too-large');
  });

  it('takes a body of exactly 4 MB, and none above', async () => {
    const body = (bytes: number) => `{"amount":1,"x":"${'a'.repeat(bytes - 19)}"}`;
    expect((await basket.add({ raw: body(4_194_304) })).status).toBe(200);
    expectError(await basket.add({ raw: body(4_194_305) }), 413, 'payload-too-large');
    expect((await basket.add({ raw: body(4_194_304), headers: {} })).status).toBe(200);
    expectError(await basket.add({ raw: body(4_194_305), headers: {} }), 413, 'payload-too-large');
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('method-not-allowed: %s', async (method) => {
    for (const path of [addPath, removePath]) {
      const answer = await basket.send(path, { method });
      expectError(answer, 405, 'method-not-allowed');
      expect(answer.headers.get('allow')).toBe('POST');
    }
  });

  it.each(['/', '/api/lingo/', `${addPath}/`, '/payment', '/%FF', '/api/lingo/add-basket-item%20'])(
    'not-found: %s',
    async (path) => {
      expectError(await basket.send(path, { body: {} }), 404, 'not-found');
    },
  );

  it('nonce-already-used: a signed URL makes one row, on whichever call', async () => {
    const target = basket.sign(addPath);
    expect((await basket.send(target, { body: { amount: 1 } })).status).toBe(200);
    expectError(await basket.send(target, { body: { amount: 1 } }), 403, 'nonce-already-used');
    const elsewhere = target.replace(addPath, removePath);
    expectError(await basket.send(elsewhere, { body: { basket_item_id: anItem().id } }), 403, 'nonce-already-used');
  });

  it('spends nothing on a bad body', async () => {
    const target = basket.sign(addPath);
    expectError(await basket.send(target, { body: {} }), 400, 'missing-amount');
    expect((await basket.send(target, { body: { amount: 1 } })).status).toBe(200);
  });

  it('answers in English, with "success", where the stage asks for it', async () => {
    const english = await startDocumentedBasket({ language: 'en', resultWord: 'success' });
    expect((await english.add()).body).toMatchObject({ result: 'success' });
    expect((await english.add({ body: {} })).body).toMatchObject({
      result: 'erreur',
      err_desc: 'The parameter amount is required.',
    });
    await english.stop();
  });

  it('takes an http form only where the stage allows it', async () => {
    const laptop = await startDocumentedBasket({ allowHttp: true });
    const answer = await laptop.add({ body: { amount: 1, url: 'http://localhost:8080/form/1/' } });
    expect(answer.status).toBe(200);
    await laptop.stop();
  });

  it('checks a call without orig against the default service, if there is one', async () => {
    const stage = await startDocumentedBasket();
    await stage.writeSecrets({ services: { a: { keys: ['k'] } }, defaultService: 'a', linkKeys: ['l'] });
    expect((await stage.add({ orig: '', key: 'k' })).status).toBe(200);
    expectError(await stage.add({ orig: '', key: 'other' }), 403, 'access-denied');
    await stage.stop();
  });
});

describe('remove-basket-item', () => {
  const add = async (parts: CallParts = {}) => String((await basket.add(parts)).body['id']);

  it('cancels the item and answers the documented fields', async () => {
    const id = await add();
    basket.clock.advance(60_000);
    const answer = await basket.remove(id);
    expect(answer.status).toBe(200);
    expect(firstError(validateRemoveAnswer, answer.body)).toBeUndefined();
    const item = await basket.item(id);
    expect(item).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'workflow',
      cancelledAt: '2026-11-23T12:01:00.000Z',
      updatedAt: '2026-11-23T12:01:00.000Z',
      eraseAt: '2027-12-28T12:01:00.000Z',
      version: 2,
    });
    expect(item).not.toHaveProperty('notice');
  });

  const withForm = { body: { amount: 1, url: 'https://demarches.example.org/cantine/14/' } };
  it.each([true, 'true', 'True', 1, '1', 'yes', 'oui', 'ON'])(
    'notify %j: owes the form a notice, half a minute later',
    async (notify) => {
      const id = await add(withForm);
      expect((await basket.remove(id, { body: { basket_item_id: id, notify } })).status).toBe(200);
      expect(await basket.item(id)).toMatchObject({
        notice: { trigger: 'cancelled', tries: 0, nextAt: '2026-11-23T12:00:30.000Z' },
        dueAt: '2026-11-23T12:00:30.000Z',
      });
    },
  );

  it.each([false, 'false', 'no', 'non', 0, '0', 'off', '', null])('notify %j: owes nothing', async (notify) => {
    const id = await add(withForm);
    expect((await basket.remove(id, { body: { basket_item_id: id, notify } })).status).toBe(200);
    expect(await basket.item(id)).not.toHaveProperty('notice');
  });

  it('owes nothing when there is no form to tell', async () => {
    const id = await add();
    expect((await basket.remove(id, { body: { basket_item_id: id, notify: true } })).status).toBe(200);
    const item = await basket.item(id);
    expect(item).toMatchObject({ state: 'cancelled', dueAt: '2027-12-28T12:00:00.000Z' });
    expect(item).not.toHaveProperty('notice');
  });

  it('removing again is a success, and the first notify decides', async () => {
    const silent = await add(withForm);
    await basket.remove(silent);
    expect((await basket.remove(silent, { body: { basket_item_id: silent, notify: true } })).status).toBe(200);
    expect(await basket.item(silent)).not.toHaveProperty('notice');
    const told = await add(withForm);
    await basket.remove(told, { body: { basket_item_id: told, notify: true } });
    expect((await basket.remove(told)).status).toBe(200);
    expect(await basket.item(told)).toHaveProperty('notice');
  });

  it('reads its fields in extra, where they win, and removes what is not cancellable by the citizen', async () => {
    const id = await add({ query: { NameId: 'ab1c2d3e', cancellable: 'no' } });
    const body = { id: 5, basket_item_id: 'x', extra: { basket_item_id: `\u200B ${id} ` } };
    expect((await basket.remove(id, { body })).status).toBe(200);
    expect(await basket.item(id)).toMatchObject({ state: 'cancelled' });
    const told = await add(withForm);
    await basket.remove(told, { body: { basket_item_id: told, extra: { notify: 'oui' } } });
    expect(await basket.item(told)).toHaveProperty('notice');
  });

  const both = { NameId: 'ab1c2d3e', email: 'gerard@rungis.fr' };
  const byName = { NameId: 'ab1c2d3e' };
  const byEmail = { email: 'Gerard@rungis.fr' };
  it.each<[string, CallParts['query'], CallParts['query'], number]>([
    ['same NameId', byName, byName, 200],
    ['same NameId, another email', both, { ...byName, email: 'autre@rungis.fr' }, 200],
    ['same email, no NameId stored', byEmail, byEmail, 200],
    ['same email, no NameId given', both, byEmail, 200],
    ['same email, no NameId stored but one given', byEmail, both, 200],
    ['same email, but for what shows nothing', byEmail, { email: 'ger\u200Bard@rungis.fr' }, 200],
    ['same NameId, but for what shows nothing', { NameId: 'ab1c\uFEFF2d3e' }, byName, 200],
    ['another NameId', byName, { NameId: 'autre' }, 404],
    ['another NameId, same email', both, { ...both, NameId: 'autre' }, 404],
    ['another email', byEmail, { email: 'autre@rungis.fr' }, 404],
    ['an email, only NameId stored', byName, byEmail, 404],
    ['a NameId, only email stored', byEmail, byName, 404],
  ])('belongs to the user: %s', async (_, stored = {}, given = {}, status) => {
    const id = await add({ query: stored });
    const answer = await basket.remove(id, { query: given });
    expect(answer.status).toBe(status);
    if (status === 404) expectError(answer, 404, 'unknown-item');
    expect((await basket.item(id))?.state).toBe(status === 200 ? 'cancelled' : 'waiting');
  });

  it('unknown-item: another service, with the same user', async () => {
    const id = await add();
    expectError(await basket.remove(id, { orig: 'autre.example.org', key: 'autre-clé' }), 404, 'unknown-item');
    expect(await basket.item(id)).toMatchObject({ state: 'waiting' });
  });

  it.each(['0123456789abcdefghjkmnpqrs', '12', 'x'.repeat(5000), '8zzzzzzzzzzzzzzzzzzzzzzzzz', 12, 'ÀÉ'])(
    'unknown-item: malformed or unknown, case %#',
    async (id) => expectError(await basket.remove(id), 404, 'unknown-item'),
  );

  it('unknown-item: the row of a spent URL is no item', async () => {
    const id = await add();
    await basket.remove(id);
    const spent = (await basket.rows()).find(({ kind }) => kind === 'spentUrl');
    expectError(await basket.remove(spent?.['id']), 404, 'unknown-item');
  });

  it.each<[string, unknown]>([
    ['missing-basket-item-id', {}],
    ['missing-basket-item-id', { basket_item_id: '' }],
    ['missing-basket-item-id', { basket_item_id: null }],
    ['invalid-basket-item-id', { basket_item_id: true }],
    ['invalid-basket-item-id', { basket_item_id: ['x'] }],
    ['invalid-basket-item-id', { basket_item_id: {} }],
    ['invalid-notify', { basket_item_id: 'x', notify: 'peut-être' }],
    ['invalid-notify', { basket_item_id: 'x', notify: 2 }],
    ['invalid-notify', { basket_item_id: 'x', notify: [] }],
    ['invalid-payload', []],
    ['invalid-payload', 'x'],
  ])('%s: %j', async (errClass, body) => {
    const before = await basket.rows();
    expectError(await basket.remove('x', { body }), 400, errClass);
    expect(await basket.rows()).toHaveLength(before.length);
  });

  it.each<[string, CallParts['query']]>([
    ['missing-user', {}],
    ['invalid-email', { email: 'x' }],
    ['invalid-name-id', { NameId: 'a'.repeat(300) }],
    ['repeated-parameter', { email: ['a@b.fr', 'a@b.fr'] }],
  ])('%s, as for add', async (errClass, query = {}) => {
    expectError(await basket.remove(anItem().id, { query }), 400, errClass);
  });

  it('already-paid, and payment-in-progress while an attempt locks the item', async () => {
    const locked = { payments: { a1: anAttempt() }, lockedBy: 'a1', lockedUntil: '2026-11-23T12:45:00.000Z' };
    await basket.putRow({ ...anItem({ id: '1'.repeat(26), state: 'paid' }), kind: 'item', dueShard: 'due' });
    await basket.putRow({ ...anItem({ id: '2'.repeat(26), ...locked }), kind: 'item', dueShard: 'due' });
    expectError(await basket.remove('1'.repeat(26)), 409, 'already-paid');
    expectError(await basket.remove('2'.repeat(26)), 409, 'payment-in-progress');
    basket.clock.set(new Date('2026-11-23T12:45:00.000Z'));
    expect((await basket.remove('2'.repeat(26))).status).toBe(200);
  });

  it('is due no later than its erasure, also when the stage keeps data for less long than before', async () => {
    const id = await add();
    const strict = createHandler(() => ({
      ...basket.deps,
      store: { ...basket.deps.store, retentionDays: 30 },
    }));
    const [, rawQuery] = basket.sign(removePath).split('?');
    const body = Buffer.from(JSON.stringify({ basket_item_id: id }));
    const event = httpApiEvent({ path: removePath, body, ...(rawQuery === undefined ? {} : { rawQuery }) });
    expect(await (strict as unknown as HttpApiHandler)(event, {} as Context)).toMatchObject({ statusCode: 200 });
    const eraseAt = '2026-12-23T12:00:00.000Z';
    expect(await basket.item(id)).toMatchObject({ state: 'cancelled', eraseAt, dueAt: eraseAt });
  });

  it('never sets dueAt later: what was due earlier stays due then', async () => {
    const early = '2026-11-23T12:00:10.000Z';
    const payments = { a1: anAttempt({ state: 'abandoned', askAt: early }) };
    await basket.putRow({ ...anItem({ id: '3'.repeat(26), payments, dueAt: early }), kind: 'item', dueShard: 'due' });
    const answer = await basket.remove('3'.repeat(26), { body: { basket_item_id: '3'.repeat(26), notify: true } });
    expect(answer.status).toBe(200);
    expect(await basket.item('3'.repeat(26))).toMatchObject({
      state: 'cancelled',
      dueAt: early,
      notice: { nextAt: '2026-11-23T12:00:30.000Z' },
      version: 2,
    });
  });
});

describe('the table of errors', () => {
  it('is covered, but for what only faults bring about (see exactlyOnce.test.ts)', () => {
    const elsewhere = ['internal-error', 'temporarily-unavailable'];
    expect([...seen, ...elsewhere].sort()).toEqual(Object.keys(apiErrors).sort());
  });
});

describe('the OpenAPI document', () => {
  const { good, bad } = verdicts;

  it('finds each request good that succeeds, and bad where one field has no meaning', () => {
    expect([...bad].filter((answer) => !good.has(answer)).sort()).toEqual([
      'invalid-basket-item-id',
      'invalid-cancellable',
      'invalid-notify',
      'invalid-payload',
      'missing-basket-item-id',
    ]);
  });

  it('cannot tell what is wrong between two places, or with a regie', () => {
    expect([...good].filter((answer) => !bad.has(answer)).sort()).toEqual([
      200,
      'amount-too-high',
      'amount-too-low',
      'missing-amount',
      'missing-user',
      'unknown-regie',
    ]);
  });
});
