/** Real banks, whole: the service over HTTP, the banks by their stand-ins, and a citizen in a browser where there is one. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../lib/item/item.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { type PayfipServer, startPayfipServer } from '../standins/payfip/server.ts';
import type { RestTransaction } from '../standins/payzen/faults.ts';
import { type PayzenServer, startPayzenServer } from '../standins/payzen/server.ts';
import { inspectPage, isChromiumThere, launchBrowser, openPage } from './browser.ts';
import { noon } from './builders.ts';
import { secrets, startTestBasket, type TestBasket } from './testBasket.ts';

const keys = { test: '1122334455667788', production: '8877665544332211' };
const restPasswords = { test: 'testpassword', production: 'prodpassword' };

let basket: TestBasket;
let payzen: PayzenServer;
let payfip: PayfipServer;
beforeAll(async () => {
  basket = await startTestBasket({ isBrowsable: true });
  const now = () => basket.clock.now();
  payzen = await startPayzenServer({ siteId: '12345678', keys, restPasswords, now });
  payfip = await startPayfipServer({ numcli: '123456', now });
  const regie = { name: 'Régie', defaultLabel: 'Cantine & goûter' };
  const shop = { siteId: '12345678', mode: 'test', url: payzen.formUrl, restUrl: payzen.restUrl } as const;
  await putRegie(basket.register, { ...regie, id: 'carte', bank: 'payzen', payzen: shop });
  // Without the password of the REST API: it cannot be asked.
  await putRegie(basket.register, { ...regie, id: 'muette', bank: 'payzen', payzen: shop });
  const account = { numcli: '123456', mode: 'test', url: payfip.soapUrl } as const;
  await putRegie(basket.register, { ...regie, id: 'tresor', bank: 'payfip', payfip: account });
  await basket.writeSecrets({
    ...secrets,
    banks: {
      carte: { payzen: { test: { key: keys.test, restPassword: restPasswords.test } } },
      muette: { payzen: { test: { key: keys.test } } },
    },
  });
});
afterAll(async () => {
  await payzen.stop();
  await payfip.stop();
  await basket.stop();
});
beforeEach(async () => {
  await basket.forget();
  basket.clock.set(noon);
  payzen.behave([]);
  payfip.behave({});
});

async function add(regie: string, body: Record<string, unknown> = {}) {
  const query = { NameId: 'ab1c2d3e', email: 'gerard.lambert@rungis.fr', regie_id: regie };
  const answer = await basket.add({ body: { amount: 10.05, ...body }, query });
  const { id, payment_url: address } = answer.body as { id: string; payment_url: string };
  return { id, address, item: async () => (await basket.item(id)) as Item };
}

/** What the page of the bank's form holds, as a browser would post it. */
async function postForm(address: string): Promise<void> {
  // The redirect is followed, to the page between.
  const page = await (await fetch(`${address}/pay`, { method: 'POST' })).text();
  const fields = Array.from(
    page.matchAll(/name="(vads_\w+|signature)" value="([^"]*)"/g),
    ([, name = '', value = '']) => {
      return [name, decodeEntities(value)] as [string, string];
    },
  );
  expect(page).toContain(`action="${payzen.formUrl}"`);
  await fetch(payzen.formUrl, { method: 'POST', body: new URLSearchParams(fields) });
}

function decodeEntities(text: string): string {
  const entities: Record<string, string> = { '&amp;': '&', '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' };
  return text.replace(/&(amp|quot|#39|lt|gt);/g, (entity) => entities[entity] ?? entity);
}

/** Opens PayFiP's page, and presses there. */
async function pressPayfip(address: string, resultrans: string): Promise<string> {
  const opened = await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
  const bankPage = opened.headers.get('location') ?? '';
  expect(bankPage).toContain(`${payfip.pageUrl}?idop=`);
  await fetch(bankPage);
  return choosePayfip(new URL(bankPage).searchParams.get('idop') ?? '', resultrans);
}

/** Presses on its page, which is open. */
async function choosePayfip(idop: string, resultrans: string): Promise<string> {
  const body = new URLSearchParams({ idop, resultrans });
  const pressed = await fetch(payfip.pageUrl, { method: 'POST', body, redirect: 'manual' });
  return pressed.headers.get('location') ?? '';
}

async function live(minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    basket.clock.advance(60_000);
    await basket.attend();
  }
}

describe('PayZen', () => {
  it('pays by its notification, before anybody comes back, and each form has a number of its own', async () => {
    const { address, id, item } = await add('carte');
    await postForm(address);
    await payzen.decide(`${id}01`, 'paid');
    expect(await item()).toMatchObject({ state: 'paid', payments: { '1': { state: 'paid', shop: '12345678' } } });
    const rows = (await basket.rows()).filter(({ kind }) => kind === 'transId');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(await item())).not.toContain(keys.test);
  });

  it.each(['muette', 'carte'])('pays by what the browser brings, when the notification is lost (%s)', async (regie) => {
    const { address, id, item } = await add(regie);
    payzen.behave(['lost']);
    await postForm(address);
    const back = await payzen.decide(`${id}01`, 'paid');
    expect(await item()).toMatchObject({ state: 'waiting' });
    await fetch(back ?? '');
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('pays by the answer to our question, when nobody comes back and nobody tells', async () => {
    const { address, id, item } = await add('carte');
    payzen.behave(['lost', 'stay']);
    await postForm(address);
    await payzen.decide(`${id}01`, 'paid');
    await live(41);
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('that cannot be asked: free after 45 minutes, and paid all the same when it tells in the end', async () => {
    const { address, id, item } = await add('muette');
    payzen.behave(['late']);
    await postForm(address);
    await payzen.decide(`${id}01`, 'paid');
    await live(46);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'expired' } } });
    expect(await item()).not.toHaveProperty('lockedUntil');
    await payzen.flush();
    expect(await item()).toMatchObject({ state: 'paid', paidBy: '1' });
  });

  it('accepts a later capture, tells of its authorisation, and it is paid then', async () => {
    const { address, id, item } = await add('carte', { capture_date: '2026-12-10' });
    await postForm(address);
    await payzen.decide(`${id}01`, 'accepted');
    expect(await item()).toMatchObject({
      state: 'waiting',
      lockedUntil: '2026-12-17T00:00:00.000Z',
      payments: { '1': { state: 'pending', captureDate: '2026-12-10' } },
    });
    basket.clock.set(new Date('2026-12-09T12:00:00.000Z'));
    await payzen.authorise(`${id}01`, 'paid');
    expect(await item()).toMatchObject({ state: 'paid' });
    await payzen.replay(`${id}01`);
    expect(await item()).not.toHaveProperty('alerts');
  });

  describe('where only the answer to our question tells', () => {
    const refusals = () => basket.metrics.figures.filter(({ name }) => name === 'BankMessagesRefused').length;

    /** A payment whose news are lost, of which the REST API tells this; then the time passes after which it is asked. */
    async function payWith(restTells: (transaction: RestTransaction) => readonly unknown[]) {
      const added = await add('carte');
      await postForm(added.address);
      payzen.behave(['lost', 'stay', { restTells }]);
      await payzen.decide(`${added.id}01`, 'paid');
      basket.metrics.figures.length = 0;
      await live(41);
      return added;
    }

    it('a voucher and a card pay together', async () => {
      const { id, item } = await payWith((all) => [
        { ...all, uuid: 'voucher', amount: 400 },
        { ...all, amount: 605 },
      ]);
      const { id: uuid } = payzen.payments().at(-1) ?? {};
      expect(await item()).toMatchObject({
        state: 'paid',
        payments: { '1': { bankTransactionId: `voucher ${uuid}`, bankData: { vads_effective_amount: '1005' } } },
      });
      expect([id.length, refusals()]).toEqual([26, 0]);
    });

    it.each([
      ['no name and no date', ({ uuid, creationDate, ...rest }: RestTransaction) => [rest]],
      ['no shop, no card', ({ shopId, transactionDetails, ...rest }: RestTransaction) => [rest]],
      ['its amount as a text', (all: RestTransaction) => [{ ...all, amount: String(all.amount) }]],
      ['a try before it that was refused', (all: RestTransaction) => [{ ...all, detailedStatus: 'REFUSED' }, all]],
    ])('a transaction with %s pays', async (_, restTells) => {
      const { item } = await payWith(restTells);
      expect(await item()).toMatchObject({ state: 'paid' });
      expect(refusals()).toBe(0);
    });

    it('a status that nobody knows does not hide a payment, and wakes somebody up', async () => {
      const { item } = await payWith((all) => [{ ...all, uuid: 'other', detailedStatus: 'TELEPORTED' }, all]);
      expect(await item()).toMatchObject({ state: 'paid' });
      expect(refusals()).toBe(1);
    });

    it('what came beyond the amount is to be refunded', async () => {
      const { item } = await payWith((all) => [all, { ...all, uuid: 'again' }]);
      expect(await item()).toMatchObject({
        state: 'paid',
        alerts: { '1': { kind: 'money-to-refund', amountCents: 1005 } },
      });
    });

    it.each([
      [
        'a part of the amount',
        (all: RestTransaction) => [
          { ...all, amount: 400 },
          { ...all, detailedStatus: 'REFUSED' },
        ],
      ],
      ['no operation', ({ operationType, ...rest }: RestTransaction) => [rest]],
      ['a status that nobody knows', (all: RestTransaction) => [{ ...all, detailedStatus: 'TELEPORTED' }]],
    ])('%s is loud, and nobody pays again before people have found out', async (_, restTells) => {
      const { address, id, item } = await payWith(restTells);
      expect(await item()).toMatchObject({ state: 'waiting', lockedBy: '1' });
      expect(refusals()).toBeGreaterThan(0);
      for (let hour = 0; hour < 8 * 24; hour += 1) {
        basket.clock.advance(3_600_000);
        await basket.attend();
      }
      expect(await item()).toMatchObject({ state: 'waiting', alerts: { '1': { kind: 'authorisation-unconfirmed' } } });
      expect(await (await fetch(address)).text()).toContain('Ne payez pas de nouveau');
      await fetch(`${address}/pay`, { method: 'POST' });
      expect((await item()).payments).not.toHaveProperty('2');
      // The bank's own word settles it, even now.
      payzen.behave([]);
      await payzen.replay(`${id}01`);
      expect(await item()).toMatchObject({
        state: 'paid',
        alerts: { '1': { closedAt: basket.clock.now().toISOString() } },
      });
    });
  });

  it.each([
    ['TEST', { vads_cust_city: 'TEST' }],
    ['a status', { vads_cust_last_name: 'Refused', vads_cust_city: 'REFUSED', vads_user_info: 'AUTHORISED' }],
    ['another mode', { vads_order_info2: 'PRODUCTION' }],
    ['plus signs', { vads_cust_phone: '+33+1+23', vads_cust_address: '1+REFUSED+EXPIRED' }],
  ])('pays whoever types %s at the bank', async (_, typed) => {
    const { address, id, item } = await add('muette');
    await postForm(address);
    await payzen.decide(`${id}01`, 'paid', typed);
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('pays by a return that has gathered parameters of others', async () => {
    const { address, id, item } = await add('muette');
    payzen.behave(['lost']);
    await postForm(address);
    const back = await payzen.decide(`${id}01`, 'paid');
    await fetch(`${back}&a=1&a=2&utm_source=%FF`);
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('asks at once about a message that could say two things, where the bank can be asked', async () => {
    const typed = { vads_cust_address: '20261123120000+a1b2c3+REFUSED' };
    const silent = await add('muette');
    await postForm(silent.address);
    basket.metrics.figures.length = 0;
    await payzen.decide(`${silent.id}01`, 'paid', typed);
    expect(await silent.item()).toMatchObject({ state: 'waiting' });
    expect(basket.metrics.figures).toContainEqual({ name: 'BankMessagesRefused', value: 1 });
    const { address, id, item } = await add('carte');
    await postForm(address);
    await payzen.decide(`${id}01`, 'paid', typed);
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it.each(['wrong-amount', 'wrong-signature', 'other-mode', 'unknown-status', 'credit'] as const)(
    'is not believed with %s, and the item stays as it was',
    async (fault) => {
      const { address, id, item } = await add('muette');
      await postForm(address);
      const before = await item();
      payzen.behave([fault]);
      await payzen.decide(`${id}01`, 'paid');
      expect(await item()).toEqual(before);
    },
  );
});

describe('PayFiP', () => {
  it.each([
    ['P', 'paid', 'paid'],
    ['V', 'paid', 'paid'],
    ['R', 'waiting', 'refused'],
    ['Z', 'waiting', 'refused'],
  ])('%s: the notification makes us ask, and the item is %s', async (resultrans, state, attempt) => {
    const { address, item } = await add('tresor');
    await pressPayfip(address, resultrans);
    expect(await item()).toMatchObject({ state, payments: { '1': { state: attempt, shop: '123456' } } });
  });

  it('A: may still be taken up again while the idop lives, then it is abandoned', async () => {
    const { address, item } = await add('tresor');
    await pressPayfip(address, 'A');
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'open' } } });
    // Nobody is told that a bank is at work, and there is a way back to it.
    expect(await (await fetch(address)).text()).toMatch(/<h1>Paiement en cours<[\s\S]*Reprendre le paiement/);
    await live(21);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'abandoned' } } });
    expect(await item()).not.toHaveProperty('lockedUntil');
  });

  it.each(['A', 'R'])('%s, then paid on the same page: the money is not lost', async (first) => {
    const { address, item } = await add('tresor');
    await pressPayfip(address, first);
    const { bankReference = '' } = (await item()).payments['1'] ?? {};
    await choosePayfip(bankReference, 'P');
    expect(await item()).toMatchObject({ state: 'paid', paidBy: '1' });
  });

  it('R, paid by another attempt, then paid on the first page too: the second one is to be refunded', async () => {
    const { address, item } = await add('tresor');
    await pressPayfip(address, 'R');
    const { bankReference = '' } = (await item()).payments['1'] ?? {};
    await pressPayfip(address, 'P');
    await choosePayfip(bankReference, 'P');
    expect(await item()).toMatchObject({ state: 'paid', paidBy: '2', alerts: { '1': { kind: 'money-to-refund' } } });
  });

  it('is found by asking when the notification is lost and the citizen does not come back', async () => {
    const { address, item } = await add('tresor');
    payfip.behave({ notification: 'lost' });
    await pressPayfip(address, 'P');
    expect(await item()).toMatchObject({ state: 'waiting' });
    await live(16);
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('that was never opened is over after 20 minutes, and another attempt has an idop of its own', async () => {
    const { address, item } = await add('tresor');
    await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    await live(21);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'expired' } } });
    await pressPayfip(address, 'P');
    const { payments } = await item();
    expect(payments['2']?.state).toBe('paid');
    expect(payments['2']?.bankReference).not.toBe(payments['1']?.bankReference);
  });

  it.each([
    ['its answer is lost', { soap: ['reset-after'] }, 'unknown', 0],
    ['it is out of service', { soap: ['TechIndisponibiliteErreur'] }, 'unavailable', 0],
    ['it refuses the account', { soap: [{ code: 'T4' }] }, 'rejected', 1],
    ['it refuses the amount', { soap: [{ code: 'M5' }] }, 'rejected', 1],
    ['it refuses the email', { soap: [{ code: 'A2' }] }, 'item-email', 0],
    ['its answer is cut', { soap: ['truncated'] }, 'unknown', 0],
  ] as const)('cannot open a payment when %s: the item is free at once', async (_, faults, failure, alarms) => {
    const { address, item } = await add('tresor');
    payfip.behave(faults);
    basket.metrics.figures.length = 0;
    expect((await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' })).status).toBe(303);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'failed', failure } } });
    expect(await item()).not.toHaveProperty('lockedUntil');
    expect(basket.metrics.figures.filter(({ name }) => name === 'PaymentsRejected')).toHaveLength(alarms);
  });

  it('leads to its page again for as long as that opens, and takes one payment', async () => {
    const { address, item } = await add('tresor');
    const opened = payfip.payments().length;
    // A scanner, or a tab that was closed: nobody holds the answer.
    await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    basket.clock.advance(14 * 60_000);
    await basket.attend();
    expect(await (await fetch(address)).text()).toContain('Reprendre le paiement');
    await pressPayfip(address, 'P');
    expect(await item()).toMatchObject({ state: 'paid', paidBy: '1' });
    expect(payfip.payments()).toHaveLength(opened + 1);
  });

  it('does not open twice: who comes again meets its own page, and our question settles it', async () => {
    const { address, item } = await add('tresor');
    payfip.behave({ notification: 'lost' });
    await pressPayfip(address, 'P');
    const again = await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    const { status } = await fetch(again.headers.get('location') ?? '');
    expect(status).toBe(403);
    expect(await item()).toMatchObject({ state: 'waiting' });
    await live(16);
    expect(await item()).toMatchObject({ state: 'paid', paidBy: '1' });
  });

  it('is not offered again once the idop is too old', async () => {
    const { address } = await add('tresor');
    await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    basket.clock.advance(15 * 60_000);
    expect(await (await fetch(address)).text()).not.toContain('<form');
  });

  it('with another amount in its answer pays nothing', async () => {
    const { address, item } = await add('tresor');
    payfip.behave({ detail: { montant: '1004' } });
    await pressPayfip(address, 'P');
    expect(await item()).toMatchObject({ state: 'waiting' });
  });
});

describe('a regie that changes its account', () => {
  it('still settles what was opened at the old one', async () => {
    const { address, item } = await add('tresor');
    payfip.behave({ notification: 'lost' });
    await pressPayfip(address, 'P');
    const regie = { id: 'tresor', name: 'Régie', defaultLabel: 'Cantine', bank: 'payfip' } as const;
    await putRegie(basket.register, {
      ...regie,
      payfip: { numcli: '654321', mode: 'production', url: payfip.soapUrl },
    });
    await live(16);
    expect(await item()).toMatchObject({ state: 'paid', payments: { '1': { shop: '123456', mode: 'test' } } });
    await putRegie(basket.register, { ...regie, payfip: { numcli: '123456', mode: 'test', url: payfip.soapUrl } });
    basket.clock.advance(61_000);
  });
});

describe('an email that PayFiP does not take', () => {
  it('is asked for anew, and kept with the attempt', async () => {
    const email = `${'a'.repeat(80)}@rungis.fr`;
    const query = { NameId: 'ab1c2d3e', email, regie_id: 'tresor' };
    const { id, payment_url: address } = (await basket.add({ body: { amount: 10.05 }, query })).body;
    const refused = await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    expect(refused.headers.get('location')).toMatch(/\?email=invalid$/);
    expect(await (await fetch(String(address))).text()).toMatch(/donnée dans votre démarche[\s\S]*name="email"/);
    const body = new URLSearchParams({ email: 'gerard@rungis.fr' });
    const opened = await fetch(`${address}/pay`, { method: 'POST', body, redirect: 'manual' });
    expect(opened.headers.get('location')).toContain(payfip.pageUrl);
    expect(await basket.item(id)).toMatchObject({ email, payments: { '1': { email: 'gerard@rungis.fr' } } });
  });
});

describe('what a citizen types or reads', () => {
  it('an email is kept as it is seen', async () => {
    const { payment_url: address, id } = (
      await basket.add({ body: { amount: 10.05 }, query: { NameId: 'ab1c2d3e', regie_id: 'tresor' } })
    ).body;
    const body = new URLSearchParams({ email: ' Ger\u00ADard@rungis.fr\u200B ' });
    const opened = await fetch(`${address}/pay`, { method: 'POST', body, redirect: 'manual' });
    expect(opened.headers.get('location')).toContain(payfip.pageUrl);
    expect(await basket.item(id)).toMatchObject({ payments: { '1': { email: 'gerard@rungis.fr' } } });
    expect(payfip.payments().at(-1)?.order).toMatchObject({ mel: 'gerard@rungis.fr' });
  });

  it('PayFiP has the words of the label, apart from each other', async () => {
    const label = 'Cantine\u31642025/2026 : cœur\u00A0d’été';
    const query = { NameId: 'ab1c2d3e', email: 'gerard@rungis.fr', regie_id: 'tresor' };
    const { payment_url: address } = (await basket.add({ body: { amount: 10.05, display_name: label }, query })).body;
    await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
    expect(payfip.payments().at(-1)?.order).toMatchObject({ objet: 'Cantine 2025 2026 coeur d ete' });
  });
});

describe('what a bank cannot take is refused when it is added', () => {
  it.each([
    ['less than a euro at PayFiP', 'tresor', { amount: 0.99 }, 'amount-too-low'],
    ['100,000 € at PayFiP', 'tresor', { amount: 100_000 }, 'amount-too-high'],
    ['a later capture at PayFiP', 'tresor', { capture_date: '2026-11-25' }, 'invalid-capture-date'],
    ['a capture in two years at PayZen', 'carte', { capture_date: '2028-11-25' }, 'invalid-capture-date'],
  ])('%s', async (_, regie, body, code) => {
    const query = { NameId: 'x', regie_id: regie };
    expect((await basket.add({ body: { amount: 10, ...body }, query })).body['err_class']).toBe(code);
  });
});

describe.skipIf(!isChromiumThere())('a citizen in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText();

  /** Each page that the way back leads to answers a GET, and says how things stand. */
  async function goBackTo(page: Page, address: string): Promise<void> {
    for (let steps = 0; steps < 8; steps += 1) {
      await page.goBack();
      expect(page.url()).not.toMatch(/^chrome-error/);
      if (page.url() === address && steps > 1) break;
    }
    await page.goto(address);
  }

  const banks = [
    ['carte', 'Continuer', /payer|accept/i],
    ['tresor', undefined, /payer|carte/i],
  ] as const;

  it.each(banks)(
    'pays at the bank of the regie %s, which leads on to a host of its own',
    async (regie, step, button) => {
      payzen.behave(['leads-on']);
      payfip.behave({ leadsOn: true });
      const { address, item } = await add(regie);
      const page = await openPage(browser);
      // Nor is it the host that the stage calls itself by.
      await page.goto(address.replace('127.0.0.1', 'localhost'));
      await press(page, 'Payer');
      if (step !== undefined) await press(page, step);
      await page.waitForURL(/localhost:\d+\/(vads-payment|tpa)\//);
      await press(page, button);
      await page.waitForURL(address);
      expect(await heading(page)).toBe('Paiement effectué');
      expect(await item()).toMatchObject({ state: 'paid' });
      await goBackTo(page, address);
      expect(await heading(page)).toBe('Paiement effectué');
      expect(Object.keys((await item()).payments)).toEqual(['1']);
      await page.context().close();
    },
  );

  it('shows the bank our host, and never the address', async () => {
    const { address } = await add('carte');
    const page = await openPage(browser);
    await page.goto(address);
    const ours = page.waitForRequest((request) => request.method() === 'POST');
    await press(page, 'Payer');
    const theirs = page.waitForRequest(payzen.formUrl);
    await press(page, 'Continuer');
    const { origin } = new URL(address);
    for (const request of [await ours, await theirs]) {
      const headers = await request.allHeaders();
      expect([headers['origin'], headers['referer']]).toEqual([origin, `${origin}/`]);
    }
    await page.context().close();
  });

  it('arrives at the bank that the regie has now, whatever it was when the page was drawn', async () => {
    const { address, item } = await add('carte');
    const page = await openPage(browser);
    await page.goto(address);
    const regie = { id: 'carte', name: 'Régie', defaultLabel: 'Cantine' };
    const payfipAccount = { numcli: '123456', mode: 'test', url: payfip.soapUrl } as const;
    await putRegie(basket.register, { ...regie, bank: 'payfip', payfip: payfipAccount });
    basket.clock.advance(61_000);
    await press(page, 'Payer');
    await page.waitForURL(/\/tpa\//);
    await press(page, /payer par carte/i);
    await page.waitForURL(address);
    expect(await item()).toMatchObject({ state: 'paid', payments: { '1': { bank: 'payfip' } } });
    const shop = { siteId: '12345678', mode: 'test', url: payzen.formUrl, restUrl: payzen.restUrl } as const;
    await putRegie(basket.register, { ...regie, bank: 'payzen', payzen: shop });
    basket.clock.advance(61_000);
    await page.context().close();
  });

  it('closes the tab before PayFiP has answered, and is led there by a button', async () => {
    const { address, item } = await add('tresor');
    const opened = payfip.payments().length;
    payfip.behave({ soap: [{ slowMs: 1_000 }] });
    const first = await openPage(browser);
    await first.goto(address);
    const asked = first.waitForRequest(/\/pay$/);
    await first.getByRole('button', { name: 'Payer' }).click({ noWaitAfter: true });
    await asked;
    await first.context().close();
    const page = await openPage(browser);
    await page.goto(address);
    // The page asks for itself again until the bank has answered.
    await press(page, 'Reprendre le paiement');
    await page.waitForURL(/\/tpa\//);
    // Back, and on: the page takes the idop once.
    await page.goBack();
    expect(await heading(page)).toBe('Paiement en cours');
    await press(page, 'Reprendre le paiement');
    expect(await page.locator('body').innerText()).toContain('P3');
    await page.goBack();
    await page.goBack();
    expect(payfip.payments()).toHaveLength(opened + 1);
    await live(21);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'expired' } } });
    await page.context().close();
  });

  it('corrects an email that PayFiP refuses, and pays; the way back asks for nothing again', async () => {
    const query = { NameId: 'ab1c2d3e', email: 'élodie@exemple.fr', regie_id: 'tresor' };
    const { id, payment_url: address } = (await basket.add({ body: { amount: 10.05 }, query })).body;
    const page = await openPage(browser);
    await page.goto(String(address));
    await inspectPage(page, 'email-not-taken');
    payfip.behave({ soap: [{ code: 'A2' }] });
    for (const [email, reason, name] of [
      ['elodie@exemple', 'La banque n’accepte pas l’adresse saisie', 'email-invalid'],
      ['elodie@exemple.fr', 'La banque n’accepte pas l’adresse que vous avez saisie', 'email-refused-by-bank'],
    ] as const) {
      await page.getByLabel(/adresse/i).fill(email);
      await press(page, 'Payer');
      await page.getByText(reason).waitFor();
      await inspectPage(page, name);
      const reloaded = page.waitForRequest(/payment/);
      await page.reload();
      expect((await reloaded).method()).toBe('GET');
      expect(await page.getByText(reason).isVisible()).toBe(true);
    }
    await page.getByLabel(/adresse/i).fill('elodie.martin@exemple.fr');
    await press(page, 'Payer');
    await page.waitForURL(/\/tpa\//);
    await press(page, /payer par carte/i);
    await page.waitForURL(String(address));
    expect(await heading(page)).toBe('Paiement effectué');
    expect(await basket.item(id)).toMatchObject({
      state: 'paid',
      payments: { '1': { state: 'failed', failure: 'typed-email' }, '2': { email: 'elodie.martin@exemple.fr' } },
    });
    await goBackTo(page, String(address));
    expect(await heading(page)).toBe('Paiement effectué');
    await page.context().close();
  });
});
