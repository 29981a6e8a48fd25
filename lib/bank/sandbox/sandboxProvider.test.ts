import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxProvider } from './sandboxProvider.ts';
import { signFields } from './sandboxSignature.ts';

/** A bank that answers what it is told to. */
let server: Server;
let url: string;
let scripted: { status: number; text: string };

beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(scripted.status, { location: '/elsewhere' }).end(scripted.text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sandbox`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

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

const asked = { reference: order.reference, createdAt: '2026-11-23T12:00:00.000Z', amountCents: 1005, currency: 'EUR' };
const id = 'x';
const redirect = { method: 'GET', url: 'https://banque.example.org/' };
const expires_at = '2026-11-23T12:10:00.000Z';

function adapter(address = url) {
  return sandboxProvider({ url: address, key: 'sandbox-key', shop: 'cantine', requiresEmail: true });
}

describe('sandboxProvider', () => {
  it('says what the account is', () => {
    expect(adapter('https://banque.example.org:8443/sandbox')).toMatchObject({
      shop: 'cantine',
      mode: 'test',
      requiresEmail: true,
    });
  });

  it.each([
    ['is not JSON', 201, 'OK'],
    ['is no object', 201, '[]'],
    ['has no id', 201, JSON.stringify({ redirect, expires_at })],
    ['has no redirect', 201, JSON.stringify({ id, expires_at })],
    ['has no end of the session', 201, JSON.stringify({ id, redirect })],
    ['has no real instant', 201, JSON.stringify({ id, redirect, expires_at: 'soon' })],
    ['has no known method', 201, JSON.stringify({ id, redirect: { ...redirect, method: 'PUT' }, expires_at })],
    ['leads to code', 201, JSON.stringify({ id, redirect: { ...redirect, url: 'javascript:alert(1)' }, expires_at })],
    ['leads nowhere', 201, JSON.stringify({ id, redirect: { ...redirect, url: '/pay' }, expires_at })],
    ['wants a form of nothing', 201, JSON.stringify({ id, redirect: { ...redirect, method: 'POST' }, expires_at })],
    [
      'wants a form of numbers',
      201,
      JSON.stringify({ id, redirect: { ...redirect, method: 'POST', fields: { a: 1 } }, expires_at }),
    ],
    ['has another status', 200, JSON.stringify({ id, redirect, expires_at })],
    ['redirects', 302, ''],
    ['is a failure', 500, ''],
  ])('does not know what became of an order whose answer %s', async (_, status, text) => {
    scripted = { status, text };
    await expect(adapter().open(order)).rejects.toMatchObject({ code: 'bank-outcome-unknown' });
  });

  it.each([
    ['is not JSON', 200, 'OK', 'bank-outcome-unknown'],
    ['redirects', 302, '', 'bank-outcome-unknown'],
    ['is a failure', 500, '', 'bank-outcome-unknown'],
    ['is that it is busy', 503, '', 'bank-unavailable'],
    ['is not signed', 200, '{"status":"paid"}', 'bank-message-refused'],
    ['holds a number', 200, '{"amount":1005}', 'bank-message-refused'],
    [
      'is signed with another key',
      200,
      JSON.stringify(signFields({ status: 'paid' }, 'other')),
      'bank-message-refused',
    ],
  ])('fails to ask when the answer %s', async (_, status, text, code) => {
    scripted = { status, text };
    await expect(adapter().ask(asked)).rejects.toMatchObject({ code });
  });

  it('fails as unavailable when nobody is there', async () => {
    await expect(adapter('http://127.0.0.1:2/sandbox').open(order)).rejects.toMatchObject({ code: 'bank-unavailable' });
  });
});
