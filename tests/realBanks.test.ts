/** Real banks, whole: the service over HTTP, the banks by their stand-ins, and a citizen in a browser where there is one. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../lib/basket/item.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { type PayfipServer, startPayfipServer } from '../scripts/local/payfipServer.ts';
import { type PayzenServer, startPayzenServer } from '../scripts/local/payzenServer.ts';
import { isChromiumThere, launchBrowser, openPage } from './browser.ts';
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
beforeEach(() => {
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
  const body = new URLSearchParams({ idop: new URL(bankPage).searchParams.get('idop') ?? '', resultrans });
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
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'pending' } } });
    await live(21);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'abandoned' } } });
    expect(await item()).not.toHaveProperty('lockedUntil');
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
    ['its answer is lost', { soap: ['reset-after'] }, 502],
    ['it is out of service', { soap: ['TechIndisponibiliteErreur'] }, 503],
    ['it refuses', { soap: [{ code: 'T4' }] }, 502],
    ['its answer is cut', { soap: ['truncated'] }, 502],
  ] as const)('cannot open a payment when %s: the item is free at once', async (_, faults, status) => {
    const { address, item } = await add('tresor');
    payfip.behave(faults);
    expect((await fetch(`${address}/pay`, { method: 'POST' })).status).toBe(status);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'failed' } } });
    expect(await item()).not.toHaveProperty('lockedUntil');
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
    expect((await fetch(`${address}/pay`, { method: 'POST' })).status).toBe(400);
    expect(await (await fetch(String(address))).text()).toContain('name="email"');
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

  it.each([
    ['carte', 'Continuer', /payer|accept/i],
    ['tresor', undefined, /payer|carte/i],
  ] as const)('pays at the bank of the regie %s', async (regie, step, button) => {
    const { address, item } = await add(regie);
    const page = await openPage(browser);
    await page.goto(address);
    await page.getByRole('button', { name: 'Payer' }).click();
    if (step !== undefined) await page.getByRole('button', { name: step }).click();
    await page.waitForURL((url) => url.origin !== new URL(basket.url).origin);
    await page.getByRole('button', { name: button }).first().click();
    await page.waitForURL(address);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Paiement effectué');
    expect(await item()).toMatchObject({ state: 'paid' });
    await page.context().close();
  });
});
