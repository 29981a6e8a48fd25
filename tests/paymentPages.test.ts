/** A citizen at the payment address, in a real browser: every way through, every page looked at. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Item } from '../lib/item/item.ts';
import { inspectPage, isChromiumThere, launchBrowser, openPage, takePicture } from './browser.ts';
import { noon } from './builders.ts';
import { secrets, startTestBasket, type TestBasket } from './testBasket.ts';

if (!isChromiumThere()) console.warn('There is no Chromium here: the pages are not tested in a browser.');

const form = 'https://demarches.example.org/cantine/14/';
const label = 'Cantine de novembre & goûter';
/** Where the form is in these tests: nobody asks for it. */
const defaults = { amount: '10,05', display_name: label, url: form };

/** Clicks on what leads to another page, and waits for that. */
async function leave(element: Locator): Promise<void> {
  await Promise.all([element.page().waitForEvent('load'), element.click()]);
}

describe.skipIf(!isChromiumThere())('a citizen', () => {
  let basket: TestBasket;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    basket = await startTestBasket({ isBrowsable: true });
    browser = await launchBrowser();
    page = await openPage(browser);
  });
  afterAll(async () => {
    await browser.close();
    await basket.stop();
  });
  beforeEach(() => basket.clock.set(noon));

  async function add(body: Record<string, unknown> = {}, query: Record<string, string> = {}) {
    const answer = await basket.add({ body: { ...defaults, ...body }, query: { NameId: 'ab1c2d3e', ...query } });
    expect(answer.body['err']).toBe(0);
    const { id, payment_url: address } = answer.body as { id: string; payment_url: string };
    return { id, address, item: async () => (await basket.item(id)) as Item };
  }
  const press = (name: string | RegExp) => leave(page.getByRole('button', { name }));
  const follow = (name: string | RegExp) => leave(page.getByRole('link', { name }));
  const heading = () => page.getByRole('heading', { level: 1 }).innerText();
  const words = () => page.getByRole('main').innerText();
  /** Spaces of French typography as plain ones. */
  const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

  it('pays, and reads that it is done', async () => {
    const { address, id, item } = await add();
    await page.goto(address);
    expect(plain(await words())).toContain('10,05 €');
    expect(await heading()).toBe(label);
    expect(await page.getByRole('link', { name: 'Revenir' }).getAttribute('href')).toBe(form);
    await inspectPage(page, 'to-pay');
    await takePicture(page, 'payment-page');
    await press('Payer');
    expect(plain(await words())).toContain('10,05 €');
    await inspectPage(page, 'sandbox');
    await press('Payer');
    expect(page.url()).toBe(address);
    const text = plain(await words());
    for (const part of ['10,05 €', '23 novembre 2026', id]) expect(text).toContain(part);
    expect(await page.getByRole('link', { name: 'Revenir' }).getAttribute('href')).toBe(form);
    await inspectPage(page, 'paid');
    await takePicture(page, 'paid-page');
    expect(await item()).toMatchObject({ state: 'paid', paidBy: '1', notice: { trigger: 'paid', tries: 0 } });
  });

  it('is refused, and pays then', async () => {
    const { address, item } = await add();
    await page.goto(address);
    await press('Payer');
    await press('Refuser');
    expect(await words()).toContain('refusé');
    await inspectPage(page, 'refused');
    await press('Payer');
    await press('Payer');
    expect(await item()).toMatchObject({
      state: 'paid',
      paidBy: '2',
      payments: { '1': { state: 'refused' }, '2': { state: 'paid' } },
    });
  });

  it('abandons, and may pay again or give up', async () => {
    const { address, item } = await add();
    await page.goto(address);
    await press('Payer');
    await press('Abandonner');
    await inspectPage(page, 'abandoned');
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'abandoned' } } });
    expect(await item()).not.toHaveProperty('lockedUntil');
    await press('Payer');
    await press('Abandonner');
    await follow('Supprimer');
    await press('Supprimer');
    expect(await item()).toMatchObject({ state: 'cancelled', payments: { '2': { state: 'abandoned' } } });
  });

  it('waits for a payment that is pending, on a page that refreshes itself, until it is paid', async () => {
    const { address, item } = await add({ amount: 900.02 });
    await page.goto(address);
    await press('Payer');
    await press('Payer');
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'pending' } } });
    await inspectPage(page, 'pending');
    const response = await page.reload();
    expect(response?.headers()['refresh']).toMatch(/^15;/);
    await follow(/Arrêter|Ne plus/);
    expect((await page.reload())?.headers()['refresh']).toBeUndefined();
    await inspectPage(page, 'pending-still');
    basket.clock.advance(6_000);
    await basket.attend();
    await follow('Actualiser');
    expect(await item()).toMatchObject({ state: 'paid' });
    expect(plain(await words())).toContain('900,02 €');
  });

  it('gives up, after a question', async () => {
    const { address, item } = await add();
    await page.goto(address);
    await follow('Supprimer');
    await inspectPage(page, 'give-up');
    expect(await item()).toMatchObject({ state: 'waiting' });
    await press('Supprimer');
    expect(page.url()).toBe(address);
    await inspectPage(page, 'cancelled');
    expect(await item()).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'citizen',
      notice: { trigger: 'cancelled', tries: 0, nextAt: '2026-11-23T12:00:00.000Z' },
    });
  });

  it('is not offered to give up what may not be, nor while paying', async () => {
    const { address } = await add({}, { cancellable: 'no' });
    await page.goto(address);
    expect(await page.getByRole('link', { name: 'Supprimer' }).count()).toBe(0);
    const other = await add();
    await page.goto(other.address);
    await press('Payer');
    await page.goto(other.address);
    expect(await page.getByRole('link', { name: 'Supprimer' }).count()).toBe(0);
    await inspectPage(page, 'under-way');
  });

  it('presses twice, and makes one attempt', async () => {
    const { address, item } = await add();
    await page.goto(address);
    await page.getByRole('button', { name: 'Payer' }).dblclick();
    // The second click's answer is the one that is shown: the bank, or that the payment is under way.
    const bank = page.getByRole('button', { name: 'Mettre en attente' });
    const resume = page.getByRole('button', { name: 'Reprendre' });
    await bank.or(resume).waitFor();
    if (await resume.isVisible()) await resume.click();
    await bank.waitFor();
    await press('Payer');
    expect(Object.keys((await item()).payments)).toEqual(['1']);
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('goes back from the bank, and takes the same payment up', async () => {
    const { address, item } = await add();
    await page.goto(address);
    await press('Payer');
    const atTheBank = page.url();
    await page.goBack();
    expect(plain(await words())).toContain('en cours');
    await press('Reprendre');
    expect(page.url()).toBe(atTheBank);
    await press('Payer');
    await page.goBack();
    await page.goto(address);
    expect(await item()).toMatchObject({ state: 'paid', payments: { '1': { state: 'paid' } } });
    expect(Object.keys((await item()).payments)).toEqual(['1']);
  });

  it('has two tabs, and makes one attempt', async () => {
    const { address, item } = await add();
    const second = await page.context().newPage();
    await page.goto(address);
    await second.goto(address);
    await press('Payer');
    await leave(second.getByRole('button', { name: 'Payer' }));
    expect(second.url()).toBe(page.url());
    await press('Payer');
    await leave(second.getByRole('button', { name: 'Payer' }));
    expect(second.url()).toBe(address);
    await second.close();
    expect(Object.keys((await item()).payments)).toEqual(['1']);
    expect(await item()).toMatchObject({ state: 'paid' });
    expect(await item()).not.toHaveProperty('alerts');
  });

  it('comes too late to the bank, reads so, and pays anew', async () => {
    const { address, item } = await add();
    await page.goto(address);
    await press('Payer');
    basket.clock.advance(11 * 60_000);
    await page.reload();
    await inspectPage(page, 'sandbox-expired');
    await basket.attend();
    await page.goto(address);
    await inspectPage(page, 'expired');
    await press('Payer');
    await press('Payer');
    expect(await item()).toMatchObject({ state: 'paid', paidBy: '2', payments: { '1': { state: 'expired' } } });
  });

  it('reads of a later debit before and after, and the bank is told the days', async () => {
    const { address, item } = await add({ capture_date: '2026-12-01' });
    // In Paris it is the next day already.
    basket.clock.set(new Date('2026-11-23T23:30:00.000Z'));
    await page.goto(address);
    expect(plain(await words())).toMatch(/1er décembre 2026/);
    await press('Payer');
    expect(await words()).toContain('1er décembre 2026 (dans 7 jours)');
    await press('Payer');
    expect(await item()).toMatchObject({ state: 'paid', payments: { '1': { captureDate: '2026-12-01' } } });
    expect(plain(await words())).toContain('Le montant sera débité le 1er décembre 2026.');
    await inspectPage(page, 'registered');
    basket.clock.set(new Date('2026-12-01T08:00:00.000Z'));
    await page.reload();
    expect(plain(await words())).not.toContain('Le montant sera débité');
  });

  it('reads that a payment is accepted, and later that it was authorised', async () => {
    const { address, item } = await add({ amount: 900.03, capture_date: '2026-12-10' });
    await page.goto(address);
    await press('Payer');
    await press('Payer');
    expect(plain(await words())).toContain('Le montant sera débité le 10 décembre 2026.');
    expect(await item()).toMatchObject({
      state: 'waiting',
      lockedUntil: '2026-12-17T00:00:00.000Z',
      notice: { trigger: 'paid' },
    });
    basket.clock.advance(11_000);
    await basket.attend();
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('reads that the bank refused an accepted payment in the end', async () => {
    const { address, item } = await add({ amount: 900.04 });
    await page.goto(address);
    await press('Payer');
    await press('Payer');
    // The form is told, in vain: it may have heard.
    await basket.attend();
    basket.clock.advance(11_000);
    await basket.attend();
    expect(await item()).toMatchObject({ state: 'waiting', alerts: { '1': { kind: 'authorisation-failed' } } });
    await page.goto(address);
    await inspectPage(page, 'authorisation-failed');
  });

  it('gives an email when the bank wants one and the item has none; it stays with the attempt', async () => {
    const { address, item } = await add({}, { regie_id: 'mail' });
    await page.goto(address);
    await inspectPage(page, 'email');
    await page.getByLabel(/adresse/i).fill('gerard@localhost');
    await press('Payer');
    expect(await page.getByLabel(/adresse/i).getAttribute('aria-invalid')).toBe('true');
    await inspectPage(page, 'email-refused');
    await page.getByLabel(/adresse/i).fill(' Gerard.Lambert@rungis.fr');
    await press('Payer');
    await press('Payer');
    for (const text of ['Votre carte vous attend', '01 23 45 67 89']) {
      expect(await page.locator('body').innerText()).toContain(text);
    }
    expect(await page.evaluate(`document.querySelector('header img').naturalWidth`)).toBe(48);
    await inspectPage(page, 'paid-logo');
    const paid = await item();
    expect(paid).toMatchObject({ state: 'paid', payments: { '1': { email: 'gerard.lambert@rungis.fr' } } });
    expect(paid).not.toHaveProperty('email');
  });

  it('is not asked for an email that the item has', async () => {
    const { address, item } = await add({}, { regie_id: 'mail', email: 'gerard.lambert@rungis.fr' });
    await page.goto(address);
    expect(await page.getByRole('textbox').count()).toBe(0);
    await press('Payer');
    await press('Payer');
    expect((await item()).payments['1']).not.toHaveProperty('email');
  });

  it('is told where a form leads that the bank wants posted', async () => {
    const { address, item } = await add({ amount: 900.14 });
    await page.goto(address);
    await press('Payer');
    expect(await words()).toContain(new URL(basket.url).host);
    await inspectPage(page, 'form-redirect');
    await press(/Continuer|Poursuivre/);
    await press('Payer');
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it.each([
    [900.11, 'bank-unavailable', 'dans quelques minutes'],
    [900.12, 'bank-rejected', 'Référence'],
    [900.13, 'bank-outcome-unknown', 'Vous pouvez recommencer'],
  ])('reads what to do when the bank fails (%d: %s), and is not locked out', async (amount, name, told) => {
    const { address, item } = await add({ amount });
    await page.goto(address);
    await press('Payer');
    expect(page.url()).toBe(address);
    expect(await words()).toContain(told);
    await inspectPage(page, name);
    expect(await item()).toMatchObject({ state: 'waiting', payments: { '1': { state: 'failed' } } });
    expect(await item()).not.toHaveProperty('lockedUntil');
    await page.reload();
    expect(await words()).toContain(told);
    expect(Object.keys((await item()).payments)).toEqual(['1']);
  });

  it('pays and gives up at whatever host of the stage the page was opened', async () => {
    const elsewhere = (address: string) => address.replace('127.0.0.1', 'localhost');
    const paid = await add();
    await page.goto(elsewhere(paid.address));
    await press('Payer');
    await press('Payer');
    expect(page.url()).toBe(paid.address);
    expect(await paid.item()).toMatchObject({ state: 'paid' });
    const removed = await add();
    await page.goto(elsewhere(removed.address));
    await follow('Supprimer');
    await press('Supprimer');
    expect(page.url()).toBe(elsewhere(removed.address));
    expect(await removed.item()).toMatchObject({ state: 'cancelled' });
  });

  it('keeps the item by the first button of the question, and by Enter', async () => {
    const { address, item } = await add();
    await page.goto(`${address}/cancel`);
    await press('Garder cette demande');
    expect(page.url()).toBe(address);
    await page.goto(`${address}/cancel`);
    // As a program does that looks through a mail: without a press.
    await Promise.all([page.waitForEvent('load'), page.evaluate(`document.forms[0].submit()`)]);
    expect(page.url()).toBe(`${address}/cancel`);
    expect(await item()).toMatchObject({ state: 'waiting', version: 1 });
  });

  it('reads on a page of ours that something failed there, and pays after that', async () => {
    const { address, item } = await add();
    await page.goto(`${address}?interrupted=yes`);
    await inspectPage(page, 'interrupted');
    await press('Payer');
    await press('Payer');
    expect(await item()).toMatchObject({ state: 'paid' });
  });

  it('has paid in vain twenty times, and reads whom to ask', async () => {
    const { address, id } = await add();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const opened = await fetch(`${address}/pay`, { method: 'POST', redirect: 'manual' });
      const body = new URLSearchParams({ outcome: 'refused' });
      await fetch(opened.headers.get('location') ?? '', { method: 'POST', body, redirect: 'manual' });
    }
    await page.goto(address);
    expect(await words()).toContain(id);
    expect(await page.getByRole('button').count()).toBe(0);
    await inspectPage(page, 'too-many-attempts');
  });

  it('finds its way by an address in capitals, with what stood behind it', async () => {
    const { address } = await add();
    const { origin, pathname } = new URL(address);
    await page.goto(`${origin}${pathname.toUpperCase()}).`);
    expect(page.url()).toBe(address);
    expect(await heading()).toBe(label);
  });

  it('reads that there is no such page, behind a link that is not ours any more', async () => {
    const { address } = await add();
    await basket.writeSecrets({ ...secrets, linkKeys: ['a-newer-key'] });
    basket.clock.advance(10 * 60_000);
    const response = await page.goto(address);
    expect(response?.status()).toBe(404);
    await inspectPage(page, 'not-found');
    await basket.writeSecrets(secrets);
    basket.clock.advance(10 * 60_000);
    expect((await page.goto(address))?.status()).toBe(200);
  });

  it('needs no JavaScript', async () => {
    const { address, item } = await add();
    const plainPage = await openPage(browser, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
    await plainPage.goto(address);
    await leave(plainPage.getByRole('button', { name: 'Payer' }));
    await leave(plainPage.getByRole('button', { name: 'Payer' }));
    expect(plainPage.url()).toBe(address);
    expect(await item()).toMatchObject({ state: 'paid' });
    await plainPage.context().close();
  });

  it('gets by with the keyboard alone', async () => {
    const { address } = await add();
    await page.goto(address);
    const button = page.getByRole('button', { name: 'Payer' });
    for (let stops = 0; stops < 5; stops += 1) {
      await page.keyboard.press('Tab');
      if (await button.evaluate((element) => element.matches(':focus-visible'))) break;
    }
    expect(await button.evaluate((element) => element.computedStyleMap().get('outline-width')?.toString())).toBe('3px');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/sandbox\//);
  });

  it('reads English when that is what the browser asks for', async () => {
    const { address, item } = await add();
    const english = await openPage(browser, { locale: 'en-GB' });
    await english.goto(address);
    expect(await english.locator('html').getAttribute('lang')).toBe('en');
    expect(await english.getByRole('main').innerText()).toContain('€10.05');
    await inspectPage(english, 'to-pay-en');
    await leave(english.getByRole('button', { name: 'Pay', exact: true }));
    await leave(english.getByRole('button', { name: 'Pay', exact: true }));
    await inspectPage(english, 'paid-en');
    expect(await item()).toMatchObject({ state: 'paid' });
    await english.context().close();
  });
});
