/** PayZen's adapter, held to the contract of every bank, against a stand-in of the gateway that shares no line with it. */
import type { PaymentOrder } from '../lib/bank/paymentProvider.ts';
import { payzenProvider } from '../lib/bank/payzen/payzenProvider.ts';
import { newTransId } from '../lib/platform/random.ts';
import { startPayzenServer } from '../standins/payzen/server.ts';
import { aClock } from './builders.ts';
import { type BankAbilities, describePaymentProvider, type ProviderBench } from './describePaymentProvider.ts';

const abilities = {
  choices: ['paid', 'refused', 'abandoned', 'pending'],
  // What was abandoned has left no transaction, for the REST API.
  answers: ['paid', 'refused', 'pending'],
  // Opening speaks to nobody, so that no answer can be lost.
  failures: ['bank-rejected', 'bank-unavailable'],
} as const satisfies BankAbilities;

const keys = { test: '1122334455667788', production: '8877665544332211' };

function makeBench(algorithm: 'hmac-sha256' | 'sha1', isAskable: boolean) {
  return async (): Promise<ProviderBench> => {
    const clock = aClock();
    const restPasswords = { test: 'testpassword', production: 'prodpassword' };
    const gateway = await startPayzenServer({
      siteId: '12345678',
      keys,
      algorithm,
      restPasswords,
      now: () => clock.now(),
      notifiesAbandons: true,
    });
    let count = 0;
    let isFree = true;
    const transIds = { claim: async () => isFree };
    const tools = { now: () => clock.now(), transIds, drawTransId: newTransId };
    const rest = isAskable ? { rest: { url: gateway.restUrl, password: restPasswords.test } } : {};
    const account = {
      siteId: '12345678',
      mode: 'test',
      url: gateway.formUrl,
      algorithm,
      key: keys.test,
      ...rest,
    } as const;
    const order = (): PaymentOrder => {
      count += 1;
      return {
        reference: String(count).padStart(28, '0'),
        amountCents: 1005,
        currency: 'EUR',
        label: 'Cantine & goûter + « novembre »',
        captureDelayDays: 0,
        returnUrl: `${gateway.url}/nowhere`,
        notificationUrl: `${gateway.url}/nowhere`,
        language: 'fr',
      };
    };
    const stranger = isAskable ? { rest: { url: gateway.restUrl, password: 'wrong' } } : {};
    return {
      provider: payzenProvider(account, tools),
      stranger: payzenProvider({ ...account, ...stranger, key: keys.production }, tools),
      order,
      now: () => clock.now(),
      failingOrder(failure) {
        isFree = failure !== 'bank-unavailable';
        return { ...order(), currency: failure === 'bank-rejected' ? 'USD' : 'EUR' };
      },
      async choose({ redirect }, choice) {
        const fields = redirect.method === 'POST' ? redirect.fields : {};
        await fetch(redirect.url, { method: 'POST', body: new URLSearchParams(fields) });
        const before = gateway.notifications().length;
        const back = new URL((await gateway.decide(fields['vads_order_id'] ?? '', choice)) ?? '');
        const sent = gateway.notifications().slice(before);
        return [
          { channel: 'return' as const, rawQuery: back.search.slice(1), body: '' },
          ...sent.map(({ fields: told }) => {
            return { channel: 'notification' as const, rawQuery: '', body: String(new URLSearchParams(told)) };
          }),
        ];
      },
      stop: () => gateway.stop(),
    };
  };
}

describePaymentProvider('payzen', abilities, makeBench('hmac-sha256', true));
describePaymentProvider('payzen, by SHA-1 and without the REST API', abilities, makeBench('sha1', false));
