/** PayFiP's adapter, held to the contract of every bank, against a stand-in of the service that shares no line with it. */
import { payfipProvider } from '../lib/bank/payfip/payfipProvider.ts';
import type { PaymentOrder } from '../lib/bank/paymentProvider.ts';
import { startPayfipServer } from '../standins/payfip/server.ts';
import { aClock } from './builders.ts';
import { type BankAbilities, describePaymentProvider, type ProviderBench } from './describePaymentProvider.ts';

const choices = ['paid', 'refused', 'abandoned'] as const;
const failures = ['bank-rejected', 'bank-unavailable', 'bank-outcome-unknown'] as const;
const abilities = { choices, answers: choices, failures } as const satisfies BankAbilities;

const results = { paid: 'P', refused: 'R', abandoned: 'A', pending: '' } as const;

describePaymentProvider('payfip', abilities, async (): Promise<ProviderBench> => {
  const clock = aClock();
  const payfip = await startPayfipServer({ numcli: '123456', now: () => clock.now() });
  const account = { numcli: '123456', mode: 'test', url: payfip.soapUrl, pageUrl: payfip.pageUrl } as const;
  let count = 0;
  const order = (): PaymentOrder => {
    count += 1;
    return {
      reference: String(count).padStart(28, '0'),
      amountCents: 1005,
      currency: 'EUR',
      label: 'Cantine & goûter « novembre »',
      email: 'gerard.lambert@rungis.fr',
      captureDelayDays: 0,
      returnUrl: `${payfip.url}/nowhere`,
      notificationUrl: `${payfip.url}/nowhere`,
      language: 'fr',
    };
  };
  // An abandoned payment may be taken up again for 20 minutes.
  let openedAt = clock.now();
  return {
    provider: payfipProvider(account, { now: () => clock.now() }),
    order() {
      openedAt = clock.now();
      return order();
    },
    now: () => openedAt,
    failingOrder(failure) {
      const faults = {
        'bank-rejected': { soap: [{ code: 'T4' }] },
        'bank-unavailable': { soap: ['TechIndisponibiliteErreur'] },
        'bank-outcome-unknown': { soap: ['reset-after'] },
      } as const;
      payfip.behave(faults[failure]);
      return order();
    },
    async choose({ redirect }, choice) {
      await fetch(redirect.url);
      const before = payfip.notifications().length;
      const idop = new URL(redirect.url).searchParams.get('idop') ?? '';
      const form = new URLSearchParams({ idop, resultrans: results[choice] });
      const pressed = await fetch(payfip.pageUrl, { method: 'POST', body: form, redirect: 'manual' });
      const back = new URL(pressed.headers.get('location') ?? '');
      clock.advance(20 * 60_000);
      const sent = payfip.notifications().slice(before);
      return [
        { channel: 'return' as const, rawQuery: back.search.slice(1), body: '' },
        ...sent.map(() => ({ channel: 'notification' as const, rawQuery: '', body: `idop=${idop}` })),
      ];
    },
    stop: () => payfip.stop(),
  };
});
