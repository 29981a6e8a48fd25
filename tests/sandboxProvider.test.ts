/** The sandbox bank's adapter, held to the contract of every bank. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { BankMessage, PaymentOrder } from '../lib/bank/paymentProvider.ts';
import { sandboxProvider } from '../lib/bank/sandbox/sandboxProvider.ts';
import { describePaymentProvider, type ProviderBench } from './describePaymentProvider.ts';
import { secrets, startTestBasket } from './testBasket.ts';

/** The amounts at which this bank fails in the way that the suite asks for. */
const failingAmounts = { 'bank-unavailable': 90_011, 'bank-rejected': 90_012, 'bank-outcome-unknown': 90_013 } as const;

const choices = ['paid', 'refused', 'abandoned', 'pending'] as const;
const failures = ['bank-rejected', 'bank-unavailable', 'bank-outcome-unknown'] as const;

describePaymentProvider('sandbox', { choices, answers: choices, failures }, async (): Promise<ProviderBench> => {
  const basket = await startTestBasket({ isBrowsable: true });
  const notifications: string[] = [];
  const shop = createServer(async (request, response) => {
    notifications.push(await text(request));
    response.end();
  });
  shop.listen(0, '127.0.0.1');
  await once(shop, 'listening');
  const shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  const account = {
    url: `${basket.url}/sandbox`,
    key: secrets.sandboxKey ?? '',
    shop: 'cantine',
    requiresEmail: false,
  };

  let count = 0;
  const order = (amountCents = 1005): PaymentOrder => {
    count += 1;
    return {
      reference: String(count).padStart(28, '0'),
      amountCents,
      currency: 'EUR',
      label: 'Cantine & goûter « novembre »',
      captureDelayDays: 0,
      returnUrl: `${shopUrl}/return`,
      notificationUrl: `${shopUrl}/notification`,
      language: 'fr',
    };
  };
  return {
    provider: sandboxProvider(account),
    stranger: sandboxProvider({ ...account, key: 'another-key' }),
    order,
    now: () => basket.clock.now(),
    failingOrder: (failure) => order(failingAmounts[failure]),
    async choose({ redirect }, choice) {
      notifications.length = 0;
      const form = { method: 'POST', body: new URLSearchParams({ outcome: choice }), redirect: 'manual' } as const;
      const { headers } = await fetch(redirect.url, form);
      const { search } = new URL(headers.get('location') ?? '');
      const returned: BankMessage = { channel: 'return', rawQuery: search.slice(1), body: '' };
      return [returned, ...notifications.map((body) => ({ channel: 'notification' as const, rawQuery: '', body }))];
    },
    async stop() {
      shop.closeAllConnections();
      shop.close();
      await basket.stop();
    },
  };
});
