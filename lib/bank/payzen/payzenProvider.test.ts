import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAskable } from '../paymentProvider.ts';
import { type PayzenAccount, type PayzenDeps, payzenBrands, payzenProvider } from './payzenProvider.ts';
import { signFields } from './payzenSignature.ts';

const account: PayzenAccount = {
  siteId: '12345678',
  mode: 'test',
  algorithm: 'hmac-sha256',
  key: '1122334455667788',
  url: 'https://secure.payzen.eu/vads-payment/',
};

const order = {
  reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  amountCents: 1005,
  currency: 'EUR',
  label: 'Cantine',
  captureDelayDays: 0,
  returnUrl: 'https://paiement.example.org/retour',
  notificationUrl: 'https://paiement.example.org/notification',
  language: 'fr',
} as const;

/** A register in memory, and the ids to draw, one after the other. */
function tools(draws: readonly string[] = ['a1b2c3'], now = '2026-11-23T23:30:05.999Z') {
  const claimed = new Set<string>();
  const left = [...draws];
  const made: PayzenDeps = {
    now: () => new Date(now),
    transIds: {
      async claim(shop, utcDay, transId) {
        const isFree = !claimed.has(`${shop} ${utcDay} ${transId}`);
        claimed.add(`${shop} ${utcDay} ${transId}`);
        return isFree;
      },
    },
    drawTransId: () => left.shift() ?? 'a1b2c3',
  };
  return { ...made, claimed };
}

describe('the account', () => {
  it('is told as it is', () => {
    const provider = payzenProvider({ ...account, requiresEmail: true }, tools());
    expect(provider).toMatchObject({ shop: '12345678', mode: 'test', requiresEmail: true });
    expect(payzenProvider(account, tools()).requiresEmail).toBe(false);
  });

  it('can be asked only when it has the REST API', () => {
    expect(isAskable(payzenProvider(account, tools()))).toBe(false);
    const rest = { url: payzenBrands.payzen.restUrl, password: 'testpassword_a' };
    expect(isAskable(payzenProvider({ ...account, rest }, tools()))).toBe(true);
  });
});

describe('open', () => {
  it('gives a signed form, dated now in UTC, which may be had again for a while', async () => {
    const given = tools();
    expect(await payzenProvider(account, given).open(order)).toMatchObject({
      redirect: {
        method: 'POST',
        url: 'https://secure.payzen.eu/vads-payment/',
        fields: {
          vads_trans_date: '20261123233005',
          vads_trans_id: 'a1b2c3',
          vads_order_id: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
          // Python 3: hmac and base64 over the sorted values of this form and the key.
          signature: 'fjnE30Ui75iKwlnjmcHhnGV7/fdoKDADUGgtmNPZY1Q=',
        },
      },
      bankReference: '20261123233005_a1b2c3',
      resumableUntil: new Date('2026-11-23T23:55:05.999Z'),
    });
    expect([...given.claimed]).toEqual(['12345678 20261123 a1b2c3']);
  });

  it('draws again for an id that the shop has had today', async () => {
    const given = tools(['a1b2c3', 'a1b2c3', 'a1b2c3', 'd4e5f6']);
    const provider = payzenProvider(account, given);
    expect(await provider.open(order)).toMatchObject({ bankReference: '20261123233005_a1b2c3' });
    expect(await provider.open(order)).toMatchObject({ bankReference: '20261123233005_d4e5f6' });
  });

  it('fails after ten draws', async () => {
    const given = tools(Array.from({ length: 12 }, (_, index) => (index < 11 ? 'a1b2c3' : 'd4e5f6')));
    const provider = payzenProvider(account, given);
    await provider.open(order);
    await expect(provider.open(order)).rejects.toMatchObject({ code: 'bank-unavailable' });
  });

  it('takes euros only', async () => {
    const opened = payzenProvider(account, tools()).open({ ...order, currency: 'USD' });
    await expect(opened).rejects.toMatchObject({ code: 'bank-rejected' });
  });
});

describe('read', () => {
  // Signed as above.
  const sent =
    'vads_amount=1005&vads_ctx_mode=TEST&vads_currency=978&vads_operation_type=DEBIT' +
    '&vads_order_id=7zzzzzzzzzzzzzzzzzzzzzzzzz01&vads_site_id=12345678&vads_trans_date=20261123120000' +
    '&vads_trans_id=a1b2c3&vads_trans_status=AUTHORISED&vads_trans_uuid=4b5053b3b1fe4b02a07753e7a' +
    '&signature=QzGR64VNCffCSHgQnU60%2Bhi8xxtFWirtxswXbjlcMEM%3D';
  const provider = payzenProvider(account, tools());

  it('believes a return by its query string and a notification by its body', () => {
    const paid = { outcome: 'paid', amountCents: 1005, reference: order.reference };
    expect(provider.read({ channel: 'return', rawQuery: sent, body: 'x' })).toMatchObject(paid);
    expect(provider.read({ channel: 'notification', rawQuery: '', body: sent })).toMatchObject(paid);
  });

  it('takes a return without fields for no proof', () => {
    expect(provider.read({ channel: 'return', rawQuery: '', body: sent })).toBeUndefined();
    expect(provider.read({ channel: 'return', rawQuery: 'utm_source=mail', body: '' })).toBeUndefined();
  });

  it('believes it, whatever was added to the address on its way', () => {
    const rawQuery = `a=1&${sent}&a=2&utm_source=%FF`;
    expect(provider.read({ channel: 'return', rawQuery, body: '' })).toMatchObject({ outcome: 'paid' });
  });

  /** What the bank says of a refusal, in other names: somebody typed the rest as an address. Signed as above. */
  const recut = signFields(
    {
      vads_amount: '1005',
      vads_ctx_mode: 'TEST',
      vads_currency: '978',
      vads_order_id: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      vads_site_id: '12345678',
      vads_trans_date: '20261123120000',
      vads_trans_id: 'a1b2c3',
      vads_trans_status: 'AUTHORISED',
      vads_user_info: 'DEBIT+7zzzzzzzzzzzzzzzzzzzzzzzzz01+12345678+20261123120000+a1b2c3+REFUSED+PAY',
    },
    account,
  );

  it('refuses what could say two things, and where the bank can be asked takes it for no proof', () => {
    const message = { channel: 'notification', rawQuery: '', body: String(new URLSearchParams(recut)) } as const;
    expect(() => provider.read(message)).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason: 'message-malformed' }),
    );
    const rest = { url: payzenBrands.payzen.restUrl, password: 'testpassword_a' };
    expect(payzenProvider({ ...account, rest }, tools()).read(message)).toBeUndefined();
  });

  it('does not believe our own form, sent back under other names', async () => {
    const { redirect } = await provider.open({ ...order, label: '12345678+AUTHORISED' });
    const { signature = '', ...fields } = redirect.method === 'POST' ? redirect.fields : {};
    expect(Object.values(fields).flatMap((value) => value.split('+'))).not.toContain('AUTHORISED');
    const rawQuery = new URLSearchParams({ ...fields, signature }).toString();
    expect(() => provider.read({ channel: 'return', rawQuery, body: '' })).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason: 'status-unknown' }),
    );
  });
});

describe('answer', () => {
  const provider = payzenProvider(account, tools());

  it.each([
    [undefined, 200, 'OK'],
    ['bank-message-refused', 400, 'REFUSED bank-message-refused'],
    ['unknown-attempt', 400, 'REFUSED unknown-attempt'],
    ['temporarily-unavailable', 503, 'RETRY'],
    ['internal-error', 503, 'RETRY'],
    ['bank-unavailable', 503, 'RETRY'],
    ['bank-outcome-unknown', 503, 'RETRY'],
  ] as const)('to %s is %d %s', (refusal, status, body) => {
    expect(provider.answer(refusal)).toEqual({ status, contentType: 'text/plain', body });
  });
});

describe('ask', () => {
  /** A bank that answers what it is told to, and keeps the last question. */
  let server: Server;
  let url: string;
  let scripted: { status: number; text: string };
  let question: unknown;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const { method, url: path, headers } = request;
      question = { method, path, authorization: headers.authorization, body: await text(request) };
      response.writeHead(scripted.status, { location: '/elsewhere' }).end(scripted.text);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const asked = {
    reference: order.reference,
    createdAt: '2026-11-23T12:00:00.000Z',
    amountCents: 1005,
    currency: 'EUR',
  };

  // After an answer recorded in January 2025 by openfun/joanie, its people, card and addresses left out.
  const transaction = {
    shopId: '12345678',
    uuid: '598fd801aa8946eaa93f5916547cae9b',
    detailedStatus: 'CAPTURED',
    status: 'PAID',
    amount: 1005,
    currency: 'EUR',
    creationDate: '2026-11-23T12:01:30+00:00',
    transactionDetails: {
      cardDetails: {
        expectedCaptureDate: '2026-12-03T23:30:00+00:00',
        effectiveBrand: 'VISA',
        pan: '497011XXXXXX0062',
        legacyTransId: 'a1b2c3',
        authorizationResponse: { authorizationNumber: '3fd524' },
      },
    },
    orderDetails: { orderId: '7zzzzzzzzzzzzzzzzzzzzzzzzz01', mode: 'TEST' },
    operationType: 'DEBIT',
  };

  const found = (...transactions: unknown[]) =>
    JSON.stringify({
      status: 'SUCCESS',
      mode: 'TEST',
      answer: { orderId: '7zzzzzzzzzzzzzzzzzzzzzzzzz01', shopId: '12345678', transactions },
    });
  const failed = (errorCode: string) => JSON.stringify({ status: 'ERROR', mode: 'TEST', answer: { errorCode } });

  function ask(answer: string, how: { status?: number; now?: string; captureDate?: string } = {}) {
    const { status = 200, now = '2026-11-23T12:39:59.999Z', ...later } = how;
    scripted = { status, text: answer };
    const provider = payzenProvider({ ...account, rest: { url, password: 'testpassword_a' } }, tools([], now));
    if (!isAskable(provider)) throw new Error('It has the REST API.');
    return provider.ask({ ...asked, ...later });
  }

  it('asks about the order, as the shop', async () => {
    await ask(found(transaction));
    expect(question).toEqual({
      method: 'POST',
      path: '/api-payment/V4/Order/Get',
      authorization: 'Basic MTIzNDU2Nzg6dGVzdHBhc3N3b3JkX2E=',
      body: '{"orderId":"7zzzzzzzzzzzzzzzzzzzzzzzzz01"}',
    });
  });

  it('gives a report of the payment, without the card', async () => {
    expect(await ask(found(transaction))).toEqual({
      outcome: 'paid',
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      currency: 'EUR',
      shop: '12345678',
      mode: 'test',
      bankTransactionId: '598fd801aa8946eaa93f5916547cae9b',
      bankTransactionDate: '2026-11-23T12:01:30.000Z',
      bankData: {
        vads_trans_status: 'CAPTURED',
        vads_operation_type: 'DEBIT',
        vads_auth_number: '3fd524',
        vads_trans_id: 'a1b2c3',
        vads_card_brand: 'VISA',
      },
    });
  });

  it('gives the capture day, in Paris, of a payment to be authorised later', async () => {
    const report = await ask(found({ ...transaction, detailedStatus: 'WAITING_AUTHORISATION' }));
    expect(report).toMatchObject({ outcome: 'accepted', captureDate: '2026-12-04' });
  });

  const voucher = {
    ...transaction,
    uuid: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    amount: 400,
    detailedStatus: 'AUTHORISED',
    transactionDetails: { cardDetails: { effectiveBrand: 'CONECS', legacyTransId: 'a1b2c3' } },
  };
  const card = { ...transaction, amount: 605, creationDate: '2026-11-23T12:02:10+00:00' };

  it('sums the parts of one payment, and names each', async () => {
    expect(await ask(found(voucher, card))).toEqual({
      outcome: 'paid',
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      currency: 'EUR',
      shop: '12345678',
      mode: 'test',
      bankTransactionId: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 598fd801aa8946eaa93f5916547cae9b',
      bankTransactionDate: '2026-11-23T12:02:10.000Z',
      bankData: {
        vads_trans_status: 'AUTHORISED CAPTURED',
        vads_operation_type: 'DEBIT',
        vads_auth_number: '3fd524',
        vads_trans_id: 'a1b2c3',
        vads_effective_amount: '1005',
        vads_card_brand: 'CONECS VISA',
      },
    });
  });

  const as = (part: object, detailedStatus: string, change: object = {}) => ({ ...part, detailedStatus, ...change });
  it.each([
    ['three parts', 'paid', 1005, [voucher, as(card, 'CAPTURED', { amount: 600 }), { ...card, amount: 5 }]],
    ['the parts, one of them told twice', 'paid', 1005, [voucher, card, voucher]],
    ['the parts, and a try that was refused', 'paid', 1005, [as(card, 'REFUSED'), voucher, card]],
    ['the whole, and a voucher that was given back', 'paid', 1005, [as(voucher, 'CANCELLED'), transaction]],
    [
      'the parts, and the refund of one',
      'paid',
      1005,
      [voucher, card, as(voucher, 'CAPTURED', { operationType: 'CREDIT' })],
    ],
    ['a part, the bank being at work on the rest', 'pending', 1005, [voucher, as(card, 'UNDER_VERIFICATION')]],
    ['a part, the rest to be authorised later', 'accepted', 1005, [voucher, as(card, 'WAITING_AUTHORISATION')]],
    ['a part, and a try of the whole under way', 'pending', 1005, [voucher, as(transaction, 'INITIAL')]],
    ['two tries of the whole under way', 'pending', 1005, [as(transaction, 'INITIAL'), as(transaction, 'SUSPENDED')]],
    ['a part, the rest having been refused', 'paid', 400, [voucher, as(card, 'REFUSED')]],
    ['a part alone', 'paid', 400, [voucher]],
    ['a part of too little under way', 'pending', 500, [voucher, as(card, 'INITIAL', { amount: 100 })]],
    ['a part that was refused', 'refused', 1005, [as(voucher, 'REFUSED')]],
    ['a single one of more', 'paid', 1006, [{ ...transaction, amount: 1006 }]],
  ])('with %s says %s, and %d cents', async (_, outcome, amountCents, transactions) => {
    const report = await ask(found(...transactions));
    expect(report).toMatchObject({ outcome, amountCents });
    expect(report).not.toHaveProperty('excessCents');
    expect(report).not.toHaveProperty('doubt');
  });

  it.each([
    ['twice', 1005, [transaction, { ...transaction, uuid: 'b' }]],
    ['with a part beside the whole', 400, [voucher, transaction]],
    [
      'in parts that are too much',
      195,
      [
        { ...voucher, amount: 600 },
        { ...card, amount: 600 },
      ],
    ],
  ])('tells what is owed back of what was paid %s', async (_, excessCents, transactions) => {
    const report = await ask(found(...transactions));
    expect(report).toMatchObject({ outcome: 'paid', amountCents: 1005, excessCents });
  });

  const later = { ...transaction, creationDate: '2026-11-23T12:05:00+00:00' };
  it.each([
    ['paid', 'a refusal after it', [transaction, { ...later, detailedStatus: 'REFUSED' }]],
    ['paid', 'a status after it that nobody knows', [transaction, { ...later, detailedStatus: 'NEW' }]],
    ['paid', 'its refund', [{ ...later, operationType: 'CREDIT' }, transaction]],
    [
      'accepted',
      'another that is pending',
      [
        { ...later, detailedStatus: 'INITIAL' },
        { ...transaction, detailedStatus: 'WAITING_AUTHORISATION' },
      ],
    ],
    [
      'pending',
      'a refusal after it',
      [
        { ...transaction, detailedStatus: 'UNDER_VERIFICATION' },
        { ...later, detailedStatus: 'REFUSED' },
      ],
    ],
    [
      'refused',
      'an abandon before it',
      [
        { ...later, detailedStatus: 'REFUSED' },
        { ...transaction, detailedStatus: 'ABANDONED' },
      ],
    ],
  ])('says %s with %s', async (outcome, _, transactions) => {
    expect(await ask(found(...transactions))).toMatchObject({ outcome });
  });

  it.each([
    ['has no order', failed('PSP_010')],
    ['has no transaction', found()],
    ['has but a verification', found({ ...transaction, operationType: 'VERIFICATION', detailedStatus: 'ACCEPTED' })],
  ])('waits, then takes it for expired, when the bank %s', async (_, answer) => {
    const facts = { reference: order.reference, amountCents: 1005, currency: 'EUR', shop: '12345678', mode: 'test' };
    expect(await ask(answer)).toEqual({ outcome: 'open', ...facts });
    expect(await ask(answer, { now: '2026-11-23T12:40:00.000Z' })).toEqual({ outcome: 'expired', ...facts });
  });

  it('gives what the bank says of shop, mode, amount and order, for the comparison with the attempt', async () => {
    const other = {
      ...transaction,
      shopId: '87654321',
      amount: 5,
      currency: 'USD',
      orderDetails: { orderId: 'other', mode: 'PRODUCTION' },
    };
    const facts = { shop: '87654321', mode: 'production', amountCents: 5, currency: 'USD', reference: 'other' };
    expect(await ask(found(other))).toMatchObject(facts);
  });

  it('finds what a transaction leaves out in the answer around it', async () => {
    const { orderDetails, shopId, ...bare } = transaction;
    expect(await ask(found(bare))).toMatchObject({ reference: orderDetails.orderId, shop: shopId, mode: 'test' });
  });

  const whole = { outcome: 'paid', reference: order.reference, amountCents: 1005, currency: 'EUR', shop: '12345678' };
  const { cardDetails } = transaction.transactionDetails;
  it.each([
    ['its amount as a text', { amount: '1005' }, {}],
    ['its shop as a number', { shopId: 12345678 }, {}],
    ['no name of its own', { uuid: null }, { bankTransactionId: 'a1b2c3' }],
    ['no name and no card', { uuid: undefined, transactionDetails: null }, {}],
    ['no date', { creationDate: null }, {}],
    ['a date that is none', { creationDate: 'yesterday' }, {}],
    [
      'the date of its authorisation only',
      {
        creationDate: undefined,
        transactionDetails: {
          cardDetails: { authorizationResponse: { authorizationDate: '2026-11-23T12:01:31+00:00' } },
        },
      },
      { bankTransactionDate: '2026-11-23T12:01:31.000Z' },
    ],
    [
      'the amount that was authorised only',
      { amount: null, transactionDetails: { effectiveAmount: 1005, effectiveCurrency: 'EUR' } },
      {},
    ],
    [
      'its currency in its order',
      { currency: null, orderDetails: { orderCurrency: 'EUR', mode: null } },
      { mode: 'test' },
    ],
    [
      'another means than a card',
      { transactionDetails: { paymentMethodDetails: cardDetails } },
      { bankData: { vads_card_brand: 'VISA' } },
    ],
    ['nothing about the order', { orderDetails: null, shopId: null }, { mode: 'test' }],
  ])('takes a transaction with %s for what the rest of it says', async (_, change, told) => {
    expect(await ask(found({ ...transaction, ...change }))).toMatchObject({ ...whole, ...told });
  });

  it('needs no word about shop, mode and order: who asked, by the password of the mode, was answered', async () => {
    const { shopId, orderDetails, ...bare } = transaction;
    const answer = JSON.stringify({ status: 'SUCCESS', answer: { transactions: [bare] } });
    expect(await ask(answer)).toMatchObject({ ...whole, shop: shopId, reference: orderDetails.orderId, mode: 'test' });
  });

  it('takes one to be authorised later, without its day, for one that the bank is at work on', async () => {
    const undated = { ...transaction, detailedStatus: 'WAITING_AUTHORISATION', transactionDetails: {} };
    expect(await ask(found(undated))).toMatchObject({ outcome: 'pending' });
    expect(await ask(found(undated), { captureDate: '2026-12-24' })).toMatchObject({
      outcome: 'accepted',
      captureDate: '2026-12-24',
    });
  });

  const unknown = { ...transaction, uuid: 'c', detailedStatus: 'NEW' };
  const { operationType, ...aimless } = transaction;
  it.each([
    ['paid', 'a status that nobody knows', 'status-unknown', [unknown, transaction]],
    ['paid', 'no operation', 'message-malformed', [transaction, { ...aimless, uuid: 'c' }]],
    ['paid', 'no amount', 'message-malformed', [transaction, { ...transaction, uuid: 'c', amount: null }]],
    ['paid', 'another currency', 'currency-differs', [{ ...transaction, uuid: 'c', currency: 'USD' }, transaction]],
    ['paid', 'nothing to be read', 'message-malformed', [null, transaction]],
    ['paid', 'a part of the amount', 'status-unknown', [voucher, card, as(voucher, 'PARTIALLY_AUTHORISED')]],
    ['pending', 'a status that nobody knows', 'status-unknown', [unknown, as(transaction, 'INITIAL')]],
    [
      'accepted',
      'an unknown operation',
      'message-malformed',
      [{ ...transaction, operationType: 'LOAN' }, as(transaction, 'WAITING_AUTHORISATION')],
    ],
  ])('says %s, and that it does not understand another with %s', async (outcome, _, doubt, transactions) => {
    expect(await ask(found(...transactions))).toMatchObject({ outcome, amountCents: 1005, doubt });
  });

  it.each([
    ['without an operation', [aimless], 'message-malformed'],
    ['of an unknown operation', [{ ...transaction, operationType: 'LOAN' }], 'message-malformed'],
    ['that cannot be read', ['CAPTURED'], 'message-malformed'],
    ['of a status that nobody knows, after a refusal', [as(transaction, 'REFUSED'), unknown], 'status-unknown'],
    ['of a status that nobody knows, beside a part', [voucher, unknown], 'status-unknown'],
    [
      'without an operation, beside a refund',
      [aimless, { ...transaction, operationType: 'CREDIT' }],
      'message-malformed',
    ],
    ['of no currency', [{ ...transaction, currency: null }], 'message-malformed'],
  ])('never takes a transaction %s for nothing', async (_, transactions, reason) => {
    await expect(ask(found(...transactions))).rejects.toMatchObject({ code: 'bank-message-refused', reason });
  });

  it('takes what was refused for no money, whatever it was', async () => {
    const refused = { ...aimless, detailedStatus: 'REFUSED', amount: null, currency: null };
    expect(await ask(found(refused))).toMatchObject({ ...whole, outcome: 'refused' });
  });

  it.each([
    ['is not JSON', 200, 'OK', 'bank-outcome-unknown'],
    ['is no object', 200, '[]', 'bank-outcome-unknown'],
    ['redirects', 302, '', 'bank-outcome-unknown'],
    ['is a failure', 500, '', 'bank-outcome-unknown'],
    ['is that it is busy', 503, '', 'bank-unavailable'],
    ['is that the password is wrong', 401, '', 'bank-rejected'],
    ['is another error', 200, failed('INT_905'), 'bank-rejected'],
    ['is of no known kind', 200, '{}', 'bank-message-refused'],
    ['has no list', 200, '{"status":"SUCCESS","answer":{}}', 'bank-message-refused'],
    ['has no status', 200, found({ ...transaction, detailedStatus: null }), 'bank-message-refused'],
    ['has no whole number for the amount', 200, found({ ...transaction, amount: '10.05' }), 'bank-message-refused'],
    ['has a negative amount', 200, found({ ...transaction, amount: -1005 }), 'bank-message-refused'],
    [
      'has another mode',
      200,
      found({ ...transaction, orderDetails: { ...transaction.orderDetails, mode: 'DEMO' } }),
      'bank-message-refused',
    ],
  ])('fails when the answer %s', async (_, status, answer, code) => {
    await expect(ask(answer, { status })).rejects.toMatchObject({ code });
  });

  it.each(['ACCEPTED', 'PARTIALLY_AUTHORISED', 'NEW'])('never guesses what %s means', async (detailedStatus) => {
    const refused = { code: 'bank-message-refused', reason: 'status-unknown' };
    await expect(ask(found({ ...transaction, detailedStatus }))).rejects.toMatchObject(refused);
  });
});
