/** The banks of a test, real adapters before stand-ins or the sandbox, in one shape: what a citizen does there, and what comes of it. */
import type { BankMessage, Redirect } from '../lib/bank/paymentProvider.ts';
import { putRegie } from '../lib/regie/administerRegies.ts';
import { startPayfipServer } from '../standins/payfip/server.ts';
import { startPayzenServer } from '../standins/payzen/server.ts';
import { secrets, type TestBasket } from './testBasket.ts';

/** The messages that a payment leads to. */
export type Messages = Readonly<Record<'return' | 'notification', BankMessage>>;

/** A bank, and a regie of the basket that uses it. */
export interface TestBank {
  readonly regieId: string;
  /** Minutes until the bank is first asked, and until a lock ends. */
  readonly sessionMinutes: number;
  readonly lockMinutes: number;
  /** The citizen goes where a payment leads, and chooses; nobody is told but by the messages that this gives. */
  choose(redirect: Redirect, outcome: 'paid' | 'refused'): Promise<Messages>;
  stop(): Promise<void>;
}

const inReturn = (address: string): BankMessage => {
  return { channel: 'return', rawQuery: new URL(address).search.slice(1), body: '' };
};
const inNotification = (body: string): BankMessage => ({ channel: 'notification', rawQuery: '', body });

/** By name: how to start each for a basket, whose own addresses are to lead nowhere, so that no message arrives by itself. */
export const testBanks: readonly [name: string, start: (basket: TestBasket) => Promise<TestBank>][] = [
  ['sandbox', startSandbox],
  ['payzen', startPayzen],
  ['payfip', startPayfip],
];

async function startSandbox(): Promise<TestBank> {
  return {
    regieId: 'cantine',
    sessionMinutes: 10,
    lockMinutes: 15,
    async choose({ url }, outcome) {
      const body = new URLSearchParams({ outcome });
      const { headers } = await fetch(url, { method: 'POST', body, redirect: 'manual' });
      const returned = inReturn(headers.get('location') ?? '');
      return { return: returned, notification: inNotification(returned.rawQuery) };
    },
    stop: async () => undefined,
  };
}

async function startPayzen(basket: TestBasket): Promise<TestBank> {
  const keys = { test: '1122334455667788', production: '8877665544332211' };
  const restPasswords = { test: 'testpassword', production: 'prodpassword' };
  const gateway = await startPayzenServer({ siteId: '12345678', keys, restPasswords, now: () => basket.clock.now() });
  const payzen = { siteId: '12345678', mode: 'test', url: gateway.formUrl, restUrl: gateway.restUrl } as const;
  await putRegie(basket.register, { id: 'carte', name: 'Carte', defaultLabel: 'Cantine', bank: 'payzen', payzen });
  const shared = { payzen: { test: { key: keys.test, restPassword: restPasswords.test } } };
  await basket.writeSecrets({ ...secrets, banks: { carte: shared } });
  return {
    regieId: 'carte',
    sessionMinutes: 40,
    lockMinutes: 45,
    async choose(redirect, outcome) {
      const fields = redirect.method === 'POST' ? redirect.fields : {};
      await fetch(redirect.url, { method: 'POST', body: new URLSearchParams(fields) });
      const back = await gateway.decide(fields['vads_order_id'] ?? '', outcome);
      const told = gateway.notifications().at(-1)?.fields ?? {};
      return { return: inReturn(back ?? ''), notification: inNotification(String(new URLSearchParams(told))) };
    },
    stop: () => gateway.stop(),
  };
}

async function startPayfip(basket: TestBasket): Promise<TestBank> {
  const service = await startPayfipServer({ numcli: '123456', now: () => basket.clock.now() });
  const payfip = { numcli: '123456', mode: 'test', url: service.soapUrl } as const;
  await putRegie(basket.register, { id: 'tresor', name: 'Trésor', defaultLabel: 'Cantine', bank: 'payfip', payfip });
  return {
    regieId: 'tresor',
    sessionMinutes: 15,
    lockMinutes: 20,
    async choose({ url }, outcome) {
      await fetch(url);
      const idop = new URL(url).searchParams.get('idop') ?? '';
      const body = new URLSearchParams({ idop, resultrans: outcome === 'paid' ? 'P' : 'R' });
      const { headers } = await fetch(service.pageUrl, { method: 'POST', body, redirect: 'manual' });
      return { return: inReturn(headers.get('location') ?? ''), notification: inNotification(`idop=${idop}`) };
    },
    stop: () => service.stop(),
  };
}
