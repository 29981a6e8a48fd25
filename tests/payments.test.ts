/** The payment address over HTTP: what each request costs and changes, in every order and number, honest or not. */
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHandler as createAttendHandler } from '../functions/attendItems.ts';
import { encodeFields, signFields } from '../lib/bank/sandbox/sandboxSignature.ts';
import type { Item } from '../lib/item/item.ts';
import { notificationUrl, paymentUrl, returnUrl } from '../lib/payment/paymentLink.ts';
import { noon } from './builders.ts';
import type { EngineProxy, Fault } from './engineProxy.ts';
import { locationOf } from './loopbackServer.ts';
import { regies, secrets, startTestBasketWithProxy, type TestBasket } from './testBasket.ts';

let basket: TestBasket;
let proxy: EngineProxy;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ basket, proxy, stop } = await startTestBasketWithProxy({ isBrowsable: true }));
});
afterAll(() => stop());
beforeEach(async () => {
  await basket.forget();
  basket.clock.set(noon);
  // Fills the caches.
  await basket.add();
  proxy.clear();
  basket.logger.lines.length = 0;
});

const form = 'https://demarches.example.org/cantine/14/';

async function add(amount = 10.05, query: Record<string, string> = {}) {
  const body = { amount, url: form };
  const answer = await basket.add({ body, query: { NameId: 'ab1c2d3e', email: 'gerard.lambert@rungis.fr', ...query } });
  const { id, payment_url: address } = answer.body as { id: string; payment_url: string };
  proxy.clear();
  return { id, address };
}

const item = async (id: string) => (await basket.item(id)) as Item;

/** What a browser asks for, without following where it is sent. */
const get = (url: string, options: RequestInit = {}) => fetch(url, { redirect: 'manual', ...options });
const post = (url: string, fields: Record<string, string> = {}) =>
  get(url, { method: 'POST', body: new URLSearchParams(fields) });
/** Presses the button that removes. */
const removeByCitizen = (address: string) => post(`${address}/cancel`, { choice: 'remove' });

/** Opens a payment and gives the bank's page. */
const pay = async (address: string) => locationOf(await post(`${address}/pay`));
/** Presses a button there, and gives where the browser is sent. */
const choose = async (bankPage: string, outcome: string) => locationOf(await post(bankPage, { outcome }));
/** Comes back with what the bank gave, and reads the page. */
async function comeBack(location: string): Promise<string> {
  const answer = await get(location);
  expect(answer.status).toBe(303);
  return (await get(locationOf(answer))).text();
}

const links = { publicUrl: '', linkKeys: secrets.linkKeys };
const notificationPath = (itemId: string, attemptId = '1') => notificationUrl({ itemId, attemptId }, links);
const returnPath = (itemId: string, attemptId = '1') => returnUrl({ itemId, attemptId }, links);

/** A message as the bank signs it. */
function message(reference: string, change: Record<string, string> = {}, key = secrets.sandboxKey ?? '') {
  const fields = {
    reference,
    shop: 'cantine',
    mode: 'test',
    amount: '1005',
    currency: 'EUR',
    status: 'paid',
    date: '2026-11-23T12:00:00.000Z',
    transaction: 't1',
    ...change,
  };
  return encodeFields(signFields(fields, key));
}

/** Without the sandbox bank, which needs its key too. */
const attendOnly = () => createAttendHandler(() => basket.deps)({}, { getRemainingTimeInMillis: () => 120_000 });

const notify = (path: string, body: string) => get(`${basket.url}${path}`, { method: 'POST', body });

describe('the address', () => {
  it('is answered by one page when it is not ours, to the letter, without a read', async () => {
    const { address, id } = await add();
    const token = address.slice(-52);
    const flipped = (position: number) => {
      const other = token[position] === '0' ? '1' : '0';
      return `${token.slice(0, position)}${other}${token.slice(position + 1)}`;
    };
    const bad = [
      ...Array.from({ length: 52 }, (_, position) => flipped(position)),
      ...Array.from({ length: 51 }, (_, length) => token.slice(0, length + 1)),
      `${token}0`,
      `${token}${token}`,
      returnPath(id).slice(-54),
      'x',
      '%00',
      '%FF',
      '..%2f',
      `${token}/nowhere`,
      `${token}//nowhere`,
      `${token.toUpperCase()}0.`,
      `${token.slice(0, 51)}u.`,
    ];
    const pages = await Promise.all(
      bad.map(async (name) => {
        const answer = await get(`${basket.url}/payment/${name}`);
        return `${answer.status} ${await answer.text()}`;
      }),
    );
    expect(new Set(pages).size).toBe(1);
    expect(pages[0]).toMatch(/^404 <!doctype html>/);
    expect(proxy.operations).toEqual([]);
  });

  it('of another stage is not ours', async () => {
    const { address } = await add();
    const elsewhere = address.slice(0, -26) + returnPath('x').slice(-26);
    expect((await get(elsewhere)).status).toBe(404);
    expect(proxy.operations).toEqual([]);
  });

  it('signed with an older key is still ours', async () => {
    const { id, address } = await add();
    await basket.writeSecrets({ ...secrets, linkKeys: ['newest', ...secrets.linkKeys] });
    basket.clock.advance(6 * 60_000);
    expect((await get(address)).status).toBe(200);
    const token = address.slice(-52);
    expect(await (await get(address)).text()).not.toContain(token);
    await basket.writeSecrets(secrets);
    basket.clock.advance(6 * 60_000);
    expect(await (await get(address)).text()).toContain(`action="${token}/pay"`);
    expect((await item(id)).state).toBe('waiting');
  });

  it('whose row is gone is answered like one that never was', async () => {
    const gone = paymentUrl('0'.repeat(26), { publicUrl: basket.url, linkKeys: secrets.linkKeys });
    const [answer, never] = await Promise.all([get(gone), get(`${basket.url}/payment/x`)]);
    expect([answer.status, await answer.text()]).toEqual([404, await never.text()]);
    expect(proxy.operations).toEqual(['GetItem']);
  });

  it.each([
    ['GET', '', 200],
    ['HEAD', '', 200],
    ['POST', '', 405],
    ['PUT', '', 405],
    ['DELETE', '/pay', 405],
    ['OPTIONS', '/cancel', 405],
    ['GET', '/pay', 303],
    ['HEAD', '/pay', 303],
    ['GET', '/cancel', 200],
  ])('%s %s: %i, and nothing changes', async (method, path, status) => {
    const { address, id } = await add();
    const answer = await get(`${address}${path}`, { method });
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(await item(id)).toMatchObject({ version: 1, state: 'waiting' });
  });
});

describe('every answer to a citizen', () => {
  it('tells browsers to keep it to themselves', async () => {
    const { address, id } = await add();
    const answers = await Promise.all([
      get(address),
      get(`${basket.url}/payment/forged`),
      get(`${basket.url}${returnPath(id)}`),
      get(`${address}/cancel`),
      get(address, { method: 'DELETE' }),
      post(`${address}/pay`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 303, 200, 405, 303]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
        'referrer-policy': expect.stringMatching(/^(no-referrer|strict-origin)$/),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
    }
  });

  it('says nothing of who the item is for; nor does the log, nor of the address', async () => {
    const { address } = await add();
    const texts = [await (await get(address)).text()];
    texts.push(await comeBack(await choose(await pay(address), 'paid')));
    texts.push(JSON.stringify(basket.logger.lines));
    for (const text of texts) expect(text).not.toMatch(/ab1c2d3e|gerard|lambert/);
    const token = address.slice(-52);
    expect(texts.at(-1)).toContain('page answered');
    expect(texts.at(-1)).not.toContain(token);
    expect(texts.at(-1)).not.toContain(token.slice(-26));
  });
});

describe('DynamoDB calls, caches fresh', () => {
  it('a page: one read', async () => {
    const { address } = await add();
    await get(address);
    expect(proxy.operations).toEqual(['GetItem']);
  });

  it('paying: one read and two writes, beside the three of the bank', async () => {
    const { address } = await add();
    await post(`${address}/pay`);
    // The bank's own write comes between ours.
    expect(proxy.operations).toEqual(['GetItem', 'PutItem', 'PutItem', 'PutItem']);
  });

  it('a notification: one read and one write; its copy: one read; one refused: one read', async () => {
    const { address, id } = await add();
    await pay(address);
    proxy.clear();
    await notify(notificationPath(id), message(`${id}01`));
    expect(proxy.operations).toEqual(['GetItem', 'PutItem']);
    proxy.clear();
    await notify(notificationPath(id), message(`${id}01`));
    await notify(notificationPath(id), message(`${id}01`, {}, 'wrong-key'));
    expect(proxy.operations).toEqual(['GetItem', 'GetItem']);
  });

  it('a run of attendItems with nothing due: one query', async () => {
    basket.clock.set(new Date('2026-11-23T11:00:00.000Z'));
    proxy.clear();
    await basket.attend();
    expect(proxy.operations.filter((operation) => operation !== 'Scan')).toEqual(['Query']);
  });
});

describe('paying', () => {
  it('twenty times at once makes one attempt, one order at the bank, and one lock', async () => {
    const { address, id } = await add();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(`${address}/pay`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    const places = new Set(answers.map(locationOf));
    places.delete(address);
    expect(places.size).toBe(1);
    expect(Object.keys((await item(id)).payments)).toEqual(['1']);
    const orders = (await basket.sandboxPayments()).filter(({ id: reference }) => String(reference).startsWith(id));
    expect(orders).toHaveLength(1);
  });

  it.each<Fault>(['answer-lost', 'answer-cut'])(
    'is one attempt when the answer to its write is lost (%s)',
    async (fault) => {
      const { address, id } = await add();
      proxy.fault('PutItem', [fault]);
      expect(await pay(address)).toContain('/sandbox/pay/');
      expect(Object.keys((await item(id)).payments)).toEqual(['1']);
    },
  );

  it.each<Fault>(['answer-lost', 'answer-cut'])(
    'is settled once when the answer to that write is lost (%s)',
    async (fault) => {
      const { address, id } = await add();
      await pay(address);
      proxy.fault('PutItem', [fault]);
      const answer = await notify(notificationPath(id), message(`${id}01`));
      expect([answer.status, await answer.text()]).toEqual([200, 'OK']);
      expect(await item(id)).toMatchObject({ state: 'paid', version: 4 });
    },
  );

  it('asks the bank to try again while the table is out of reach', async () => {
    const { address, id } = await add();
    await pay(address);
    proxy.fault('PutItem', ['throttled', 'throttled']);
    const answer = await notify(notificationPath(id), message(`${id}01`));
    expect(answer.status).toBe(503);
    expect(await item(id)).toMatchObject({ state: 'waiting' });
    expect((await notify(notificationPath(id), message(`${id}01`))).status).toBe(200);
    expect(await item(id)).toMatchObject({ state: 'paid' });
  });

  it('or giving up: one of both, however close', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { address, id } = await add();
      await Promise.all([post(`${address}/pay`), removeByCitizen(address)]);
      const { state, lockedUntil } = await item(id);
      expect([state, lockedUntil === undefined]).toEqual(
        state === 'waiting' ? ['waiting', false] : ['cancelled', true],
      );
    }
  });

  it('makes a removal by the workflow wait', async () => {
    const { address, id } = await add();
    const bankPage = await pay(address);
    expect((await basket.remove(id)).body['err_class']).toBe('payment-in-progress');
    await choose(bankPage, 'refused');
    expect((await basket.remove(id)).status).toBe(200);
    expect(await pay(address)).toBe(address);
    expect(await (await get(address)).text()).toContain('supprimé');
  });

  it('is over after twenty attempts: then people must look', async () => {
    const { address, id } = await add();
    for (let attempt = 0; attempt < 20; attempt += 1) await choose(await pay(address), 'refused');
    expect(await pay(address)).toBe(address);
    expect(await (await get(address)).text()).toContain('Trop d’essais de paiement');
    expect(Object.keys((await item(id)).payments)).toHaveLength(20);
  });

  it('goes on at the regie’s bank as it was, when the regie is disabled meanwhile', async () => {
    const { address, id } = await add(10.05, { regie_id: 'mail' });
    const regie = regies.find((known) => known.id === 'mail');
    await basket.register.save({ ...regie, status: 'disabled', version: 2 } as never);
    basket.clock.advance(61_000);
    expect(await comeBack(await choose(await pay(address), 'paid'))).toContain('10,05');
    expect(await item(id)).toMatchObject({ state: 'paid' });
  });
});

describe('giving up', () => {
  it('is answered with the page as it stands when it cannot be', async () => {
    const fixed = await add(10.05, { cancellable: 'no' });
    const paying = await add();
    await pay(paying.address);
    const paid = await add();
    await choose(await pay(paid.address), 'paid');
    const pages = [fixed, paying, paid].map(({ address }) => address);
    const answers = await Promise.all(pages.map(removeByCitizen));
    expect(answers.map(locationOf)).toEqual(pages);
    expect((await item(fixed.id)).state).toBe('waiting');
    expect((await item(paid.id)).state).toBe('paid');
  });

  it('twice is a success again, and owes one notice', async () => {
    const { address, id } = await add();
    const answers = [await removeByCitizen(address), await removeByCitizen(address)];
    expect(answers.map(locationOf)).toEqual([address, address]);
    expect(await item(id)).toMatchObject({ version: 2, notice: { trigger: 'cancelled', tries: 0 } });
  });

  it.each([
    ['posts the form as it is', [], '/cancel'],
    ['presses the first button', [['choice', 'keep']], ''],
    [
      'posts all that has a name',
      [
        ['choice', 'keep'],
        ['choice', 'remove'],
      ],
      '/cancel',
    ],
    ['posts names without values', [['choice', '']], ''],
    ['fills in what it does not know', [['email', 'a@b.fr']], '/cancel'],
  ])('does not happen to a program that %s', async (_, fields, page) => {
    const { address, id } = await add();
    const body = new URLSearchParams(fields as [string, string][]);
    const answer = await get(`${address}/cancel`, { method: 'POST', body });
    expect([answer.status, locationOf(answer)]).toEqual([303, `${address}${page}`]);
    expect(await item(id)).toMatchObject({ state: 'waiting', version: 1 });
  });
});

describe('an address that came through a mail or a paper', () => {
  it.each([
    ['in capitals', (token: string) => token.toUpperCase()],
    ...['.', ',', ';', ')', '>', '/', '%20', '%3E', '%2C', '%C2%A0', '%E2%80%8B', '%C2%BB', '.)', '/.', '%'].map(
      (behind) => [`with ${behind} behind it`, (token: string) => `${token}${behind}`] as const,
    ),
    ...['%20Cordialement', '%E2%80%AF:%20merci', '&amp;x=1', '%5D(https://example.org)', '%253E', '%3Fa=1'].map(
      (behind) => [`with words behind it: ${behind}`, (token: string) => `${token}${behind}`] as const,
    ),
    ['with a space before it', (token: string) => `%20${token}`],
    ['broken by a line end', (token: string) => `${token.slice(0, 40)}=%0D%0A${token.slice(40)}`],
    ['with its first character encoded', (token: string) => `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`],
    ['with letters for the digits they look like', (token: string) => token.replace(/0/g, 'O').replace(/1/g, 'l')],
  ] as const)('%s: one redirect leads to the true one, without a read', async (_, spoil) => {
    const { address } = await add();
    const token = address.slice(-52);
    for (const method of ['GET', 'HEAD']) {
      const answer = await get(`${basket.url}/payment/${spoil(token)}`, { method });
      expect([answer.status, locationOf(answer)]).toEqual([303, address]);
    }
    expect(proxy.operations).toEqual([]);
  });

  it.each(['/PAYMENT/', '/Payment/', '//payment/'])('under %s: the same', async (folder) => {
    const { address } = await add();
    const answer = await get(`${basket.url}${folder}${address.slice(-52).toUpperCase()}.`);
    expect([answer.status, locationOf(answer)]).toEqual([303, address]);
  });

  it.each(['x', '0', 'x.', '0%20'])('with a letter too many, %s: not found', async (behind) => {
    const { address } = await add();
    const answer = await fetch(`${basket.url}/payment/${address.slice(-52)}${behind}`);
    expect(answer.status).toBe(404);
    expect(proxy.operations).toEqual([]);
  });

  it('is posted to in vain', async () => {
    const { address, id } = await add();
    expect((await post(`${address}./pay`)).status).toBe(404);
    expect((await post(`${address}.`)).status).toBe(405);
    expect(await item(id)).toMatchObject({ version: 1 });
  });
});

describe('a POST to a page', () => {
  it('is answered with a redirect to a page, whatever fails', async () => {
    const { address, id } = await add();
    proxy.fault('GetItem', ['throttled', 'throttled']);
    const answer = await post(`${address}/pay`);
    expect([answer.status, locationOf(answer)]).toEqual([303, `${address}?interrupted=yes`]);
    expect(await (await get(locationOf(answer))).text()).toContain('n’a pas pu être traitée');
    expect(basket.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', fields: expect.objectContaining({ status: 503, itemId: id }) }),
    );
    proxy.fault('PutItem', ['throttled', 'throttled']);
    expect(locationOf(await removeByCitizen(address))).toBe(`${address}?interrupted=yes`);
  });

  it.each(['pay', 'cancel', 'return'])('is so too while the address cannot be believed (%s)', async (page) => {
    const { address, id } = await add();
    const asked = page === 'return' ? `${basket.url}${returnPath(id)}` : `${address}/${page}`;
    await writeFile(String(basket.deps.config.secretsFile), 'not JSON');
    basket.clock.advance(24 * 3_600_000);
    basket.metrics.figures.length = 0;
    const answer = await post(asked, { choice: 'remove' });
    expect([answer.status, locationOf(answer)]).toEqual([303, `${asked}?interrupted=yes`]);
    expect(basket.metrics.figures).toContainEqual({ name: 'PagesInterrupted', value: 1 });
    // It tells how things stand, at each look.
    expect((await get(locationOf(answer))).status).toBe(500);
    await basket.writeSecrets(secrets);
    expect((await fetch(locationOf(answer))).status).toBe(200);
    expect(await item(id)).toMatchObject({ version: 1 });
  });

  it.each([
    [900.11, 'La banque ne répond pas'],
    [900.12, 'La banque a refusé d’ouvrir le paiement'],
    [900.13, 'La réponse de la banque n’est pas arrivée'],
  ])('to a bank that fails (%d): the page tells why, at each look', async (amount, words) => {
    const { address } = await add(amount);
    basket.metrics.figures.length = 0;
    expect(await pay(address)).toBe(address);
    for (let look = 0; look < 2; look += 1) expect(await (await get(address)).text()).toContain(words);
    const line = basket.logger.lines.find(({ message: text }) => text === 'payment not opened');
    expect(line).toMatchObject({
      level: 'ERROR',
      fields: { regieId: 'cantine', code: expect.stringMatching(/^bank-/) },
    });
    const alarms = basket.metrics.figures.filter(({ name }) => name === 'PaymentsRejected');
    expect(alarms).toHaveLength(amount === 900.12 ? 1 : 0);
  });

  it('with no settings for the bank: the page says so, and somebody is woken up', async () => {
    const { address } = await add();
    await basket.writeSecrets({ services: secrets.services, linkKeys: secrets.linkKeys });
    basket.clock.advance(6 * 60_000);
    basket.metrics.figures.length = 0;
    expect(await pay(address)).toBe(address);
    expect(await (await get(address)).text()).toContain('Paiement en ligne indisponible');
    expect(basket.metrics.figures).toContainEqual({ name: 'PaymentsRejected', value: 1 });
    await basket.writeSecrets(secrets);
    basket.clock.advance(6 * 60_000);
  });
});

describe('a message of the bank', () => {
  it.each([
    ['the notification lost', 900.05],
    ['the notification doubled', 900.06],
    ['the notification long before the return', 900.07],
    ['the notification after the return', 900.1],
    ['neither a notification nor a signed return', 900.15],
  ])('%s: paid once', async (_, amount) => {
    const { address, id } = await add(amount);
    const back = await choose(await pay(address), 'paid');
    // One bank keeps the citizen.
    if (!back.includes('/sandbox/')) expect(await comeBack(back)).toContain('Paiement effectué');
    basket.clock.advance(6_000);
    await basket.attend();
    const paid = await item(id);
    expect(paid).toMatchObject({ state: 'paid', paidBy: '1', notice: { trigger: 'paid', attemptId: '1' } });
    expect(paid).not.toHaveProperty('alerts');
  });

  it.each([
    ['another amount', { amount: '1004' }, 'amount-differs'],
    ['another currency', { currency: 'USD' }, 'currency-differs'],
    ['another shop', { shop: 'mail' }, 'shop-differs'],
    ['another attempt', { reference: `${'0'.repeat(26)}01` }, 'reference-differs'],
    ['an unknown status', { status: 'perhaps' }, 'status-unknown'],
    ['production instead of test', { mode: 'production' }, /mode-differs|message-malformed/],
  ])('of %s is refused and logged, and the item is untouched', async (_, change, reason) => {
    const { address, id } = await add();
    await pay(address);
    const before = await item(id);
    basket.metrics.figures.length = 0;
    const answer = await notify(notificationPath(id), message(`${id}01`, change));
    expect([answer.status, await answer.text()]).toEqual([400, 'REFUSED bank-message-refused']);
    expect(await item(id)).toEqual(before);
    const line = basket.logger.lines.find(({ message: text }) => text === 'bank message not taken');
    expect(line).toMatchObject({ level: 'ERROR', fields: { itemId: id, attemptId: '1', bank: 'sandbox' } });
    expect(line?.fields['reason']).toMatch(reason);
    expect(basket.metrics.figures).toEqual([{ name: 'BankMessagesRefused', value: 1 }]);
    // A browser may bring anything: nobody is woken up for it.
    await get(`${basket.url}${returnPath(id)}?${message(`${id}01`, change)}`);
    expect(basket.metrics.figures).toHaveLength(1);
  });

  it('with another key is refused', async () => {
    const { address, id } = await add();
    await pay(address);
    expect((await notify(notificationPath(id), message(`${id}01`, {}, 'another-key'))).status).toBe(400);
    expect(await item(id)).toMatchObject({ state: 'waiting', version: 3 });
  });

  it('about an attempt that there is not, or at an address that is not ours, finds nothing', async () => {
    const { address, id } = await add();
    await pay(address);
    const paths = [
      notificationPath(id, '2'),
      notificationPath('0'.repeat(26)),
      notificationPath(id).replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      returnPath(id).replace('payment/return', 'payment-notification'),
      address.slice(basket.url.length).replace('payment', 'payment-notification'),
    ];
    const answers = await Promise.all(paths.map((path) => notify(path, message(`${id}01`))));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(await item(id)).toMatchObject({ state: 'waiting', version: 3 });
  });

  it('of the first attempt says nothing of the second', async () => {
    const { address, id } = await add();
    await choose(await pay(address), 'refused');
    await pay(address);
    const answer = await notify(notificationPath(id, '2'), message(`${id}01`));
    expect(answer.status).toBe(400);
    expect(await item(id)).toMatchObject({ state: 'waiting', lockedBy: '2' });
  });

  it('that a browser brings is refused with the page as it stands', async () => {
    const { address, id } = await add();
    await pay(address);
    const forged = `${basket.url}${returnPath(id)}?${message(`${id}01`, {}, 'another-key')}`;
    expect(await comeBack(forged)).toContain('Paiement en cours');
    expect(basket.logger.lines).toContainEqual(
      expect.objectContaining({
        message: 'return not taken',
        fields: expect.objectContaining({ reason: 'signature-wrong' }),
      }),
    );
  });

  it('of another amount never pays; after a week, people must find out before anybody pays again', async () => {
    const { address, id } = await add(900.08);
    await comeBack(await choose(await pay(address), 'paid'));
    expect(await item(id)).toMatchObject({ state: 'waiting', lockedBy: '1' });
    for (let minute = 0; minute < 8 * 24 * 60; minute += 180) {
      basket.clock.advance(180 * 60_000);
      await basket.attend();
    }
    expect(await item(id)).toMatchObject({ state: 'waiting', payments: { '1': { state: 'expired' } } });
    expect(await item(id)).not.toHaveProperty('lockedUntil');
    expect((await item(id)).payments['1']).not.toHaveProperty('askAt');
    expect(await item(id)).toMatchObject({ alerts: { '1': { kind: 'authorisation-unconfirmed' } } });
    expect(await (await get(address)).text()).toContain('Débit non confirmé');
    await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    expect((await item(id)).payments).not.toHaveProperty('2');
    // From a page that was opened before: the money may have moved.
    await fetch(`${address}/cancel`, {
      method: 'POST',
      body: new URLSearchParams({ choice: 'remove' }),
      redirect: 'manual',
    });
    expect(await item(id)).toMatchObject({ state: 'waiting' });
  });
});

describe('a message that is out of all proportion', () => {
  it.each([
    ['a long name of the transaction', { transaction: 't'.repeat(300) }],
    ['a day that is none', { status: 'accepted', capture_date: '2027' }],
    ['a day that no bank was given', { status: 'accepted', capture_date: '9999-12-30' }],
  ])('%s: refused, and the item can still be read', async (_, change) => {
    const { address, id } = await add();
    await pay(address);
    expect((await notify(notificationPath(id), message(`${id}01`, change))).status).toBe(400);
    expect((await get(address)).status).toBe(200);
    expect((await notify(notificationPath(id), message(`${id}01`))).status).toBe(200);
    expect(await item(id)).toMatchObject({ state: 'paid' });
  });

  it('a form or a message of megabytes: refused before it is looked at', async () => {
    const { address, id } = await add();
    const body = 'a&'.repeat(2 * 1024 * 1024);
    const answers = [
      await get(`${address}/pay`, { method: 'POST', body }),
      await get(`${address}/cancel`, { method: 'POST', body }),
      await notify(notificationPath(id), body),
    ];
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413]);
    expect(await item(id)).toMatchObject({ version: 1 });
  });

  it('an old one, sent again for a month: the item stays free for its workflow', async () => {
    const { address, id } = await add(900.09);
    await pay(address);
    const old = message(`${id}01`, { status: 'pending', amount: '90009' });
    await notify(notificationPath(id), old);
    for (let hour = 0; hour < 9 * 24; hour += 3) {
      basket.clock.advance(3 * 3_600_000);
      await basket.attend();
      await notify(notificationPath(id), old);
    }
    expect(await item(id)).toMatchObject({ payments: { '1': { state: 'expired' } } });
    expect((await basket.remove(id)).status).toBe(200);
  });
});

describe('a bank that cannot be asked any more, because its settings are gone', () => {
  it('is asked in vain for a week, and the item is free then', async () => {
    const { address, id } = await add();
    await pay(address);
    await basket.writeSecrets({ services: secrets.services, linkKeys: secrets.linkKeys });
    for (let hour = 0; hour < 8 * 24; hour += 1) {
      basket.clock.advance(3_600_000);
      await attendOnly();
    }
    const attended = await item(id);
    expect(attended).toMatchObject({ state: 'waiting', payments: { '1': { state: 'expired' } } });
    expect(attended).not.toHaveProperty('lockedUntil');
    expect(attended.dueAt).toBe(attended.eraseAt);
    expect((await get(address)).status).toBe(503);
    expect(await (await get(address)).text()).toContain('Paiement en ligne indisponible');
    await basket.writeSecrets(secrets);
    basket.clock.advance(6 * 60_000);
    expect((await get(address)).status).toBe(200);
  });
});

describe('money that comes too late', () => {
  async function expire(address: string) {
    const bankPage = await pay(address);
    basket.clock.advance(6 * 60_000);
    await basket.attend();
    return bankPage;
  }

  it('pays an item that still waits', async () => {
    const { address, id } = await add(900.09);
    const bankPage = await expire(address);
    expect(await item(id)).toMatchObject({ payments: { '1': { state: 'expired' } } });
    expect(await item(id)).not.toHaveProperty('lockedUntil');
    await choose(bankPage, 'paid');
    basket.clock.advance(6_000);
    await basket.attend();
    expect(await item(id)).toMatchObject({ state: 'paid', paidBy: '1' });
  });

  it.each(['cancelled', 'paid by another attempt'])('is to be refunded when the item is %s', async (how) => {
    const { address, id } = await add(900.09);
    const bankPage = await expire(address);
    if (how === 'cancelled') await basket.remove(id);
    else await choose(await pay(address), 'paid');
    await choose(bankPage, 'paid');
    basket.clock.advance(6_000);
    await basket.attend();
    expect(await item(id)).toMatchObject({
      state: how === 'cancelled' ? 'cancelled' : 'paid',
      payments: { '1': { state: 'paid' } },
      alerts: { '1': { kind: 'money-to-refund' } },
    });
    expect(basket.logger.lines).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'money-to-refund',
        fields: expect.objectContaining({ itemId: id }),
      }),
    );
    expect(await (await get(address)).text()).toContain('rembours');
  });

  it('is found by asking, when the bank tells nobody', async () => {
    const { address, id } = await add(900.05);
    await choose(await pay(address), 'paid');
    await basket.attend();
    expect(await item(id)).toMatchObject({ state: 'waiting' });
    basket.clock.advance(10 * 60_000);
    await basket.attend();
    expect(await item(id)).toMatchObject({ state: 'paid' });
  });
});
