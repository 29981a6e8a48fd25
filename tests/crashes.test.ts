/**
 * A process that dies after each write and each call to the bank of what starts, settles and follows a payment: then
 * attendItems runs, and nothing stays locked past its time, nothing is lost, and the citizen can go on. With each bank, over
 * HTTP.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentProvider } from '../lib/bank/paymentProvider.ts';
import type { BasketStore } from '../lib/basket/basketStore.ts';
import type { PaymentDeps } from '../lib/composition/paymentDeps.ts';
import type { Item } from '../lib/item/item.ts';
import { attendPayments } from '../lib/payment/attendPayments.ts';
import { settlePayment } from '../lib/payment/settlePayment.ts';
import { startPayment } from '../lib/payment/startPayment.ts';
import { noon } from './builders.ts';
import { type TestBank, testBanks } from './testBanks.ts';
import { startTestBasket, type TestBasket } from './testBasket.ts';

class Crash extends Error {}

describe.each(testBanks)('at the bank %s', (_, startBank) => {
  let basket: TestBasket;
  let bank: TestBank;
  beforeAll(async () => {
    basket = await startTestBasket({ isBrowsable: true });
    bank = await startBank(basket);
  });
  afterAll(async () => {
    await bank.stop();
    await basket.stop();
  });
  beforeEach(() => basket.clock.set(noon));

  const form = 'https://demarches.example.org/cantine/14/';
  const addItem = async () => {
    const query = { NameId: 'x', email: 'gerard.lambert@rungis.fr', regie_id: bank.regieId };
    return String((await basket.add({ body: { amount: 10.05, url: form }, query })).body['id']);
  };
  const read = async (id: string) => (await basket.item(id)) as Item;

  /** The dependencies, dying right after its n-th effect on the table or at the bank. */
  function dyingStage(effects: number): PaymentDeps {
    let left = effects;
    const dieAfter =
      <Input extends unknown[], Output>(effect: (...input: Input) => Promise<Output>) =>
      async (...input: Input): Promise<Output> => {
        if (left <= 0) throw new Crash();
        const output = await effect(...input);
        left -= 1;
        if (left === 0) throw new Crash();
        return output;
      };
    const { deps } = basket;
    const store: BasketStore = { ...deps.store, replace: dieAfter(deps.store.replace) };
    const providerOf: PaymentDeps['providerOf'] = async (...names) => {
      const provider = await deps.providerOf(...names);
      const { open, ask } = provider as PaymentProvider & { ask: () => Promise<never> };
      return { ...provider, open: dieAfter(open), ask: dieAfter(ask) };
    };
    return { ...deps, store, providerOf };
  }

  /** Runs with a death after each effect in turn, until nothing is left to die after. @returns the number of deaths. */
  async function dieEverywhere(
    act: (stage: PaymentDeps) => Promise<unknown>,
    check: (effects: number) => Promise<void>,
  ): Promise<number> {
    for (let effects = 1; ; effects += 1) {
      basket.clock.set(noon);
      const outcome = await act(dyingStage(effects)).catch((error: unknown) => error);
      if (!(outcome instanceof Crash)) return effects - 1;
      await check(effects);
    }
  }

  /** Time passes, and attendItems runs every minute. */
  async function live(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      basket.clock.advance(60_000);
      await basket.attend();
    }
  }

  const lastAttempt = ({ payments }: Item) => payments[String(Object.keys(payments).length)];

  /** The bank is given addresses at which nobody answers: only a question finds out what happened there. */
  async function start(stage: PaymentDeps, itemId: string) {
    const links = async () => ({ ...(await stage.links()), publicUrl: 'http://127.0.0.1:9' });
    return startPayment({ ...stage, links })({ itemId, language: 'fr' });
  }

  describe('starting a payment', () => {
    it('frees the item two minutes later, whatever the step at which the process dies', async () => {
      let id = '';
      const deaths = await dieEverywhere(
        async (stage) => {
          id = await addItem();
          return start(stage, id);
        },
        async (effects) => {
          await live(3);
          const item = await read(id);
          // After the third, the storing of the answer, the citizen may have been sent to the bank: that takes its usual time.
          expect(lastAttempt(item)?.state).toBe(effects < 3 ? 'failed' : 'open');
          expect(item.lockedUntil === undefined).toBe(effects < 3);
          await live(bank.lockMinutes);
          const later = await read(id);
          expect(later).toMatchObject({ state: 'waiting' });
          expect(later).not.toHaveProperty('lockedUntil');
          expect(await start(basket.deps, id)).toHaveProperty('url');
        },
      );
      expect(deaths).toBe(3);
    });
  });

  describe('settling a payment', () => {
    it.each([
      ['paid', 'paid'],
      ['refused', 'waiting'],
    ] as const)('finds out that it was %s, whatever the step at which the process dies', async (outcome, state) => {
      let id = '';
      const deaths = await dieEverywhere(
        async (stage) => {
          id = await addItem();
          await bank.choose(await start(basket.deps, id), outcome);
          // A message that proves nothing: the bank is asked.
          return settlePayment(stage)(
            { itemId: id, attemptId: '1' },
            { channel: 'notification', rawQuery: '', body: '' },
          );
        },
        async () => {
          await live(bank.sessionMinutes + 2);
          const item = await read(id);
          expect(item).toMatchObject({ state, payments: { '1': { state: outcome } } });
          expect(item).not.toHaveProperty('lockedUntil');
          if (state === 'paid') expect(item.notice).toMatchObject({ trigger: 'paid' });
        },
      );
      expect(deaths).toBe(2);
    });
  });

  describe('asking about a payment', () => {
    it('finds out in the end, whatever the step at which the process dies', async () => {
      let id = '';
      const deaths = await dieEverywhere(
        async (stage) => {
          id = await addItem();
          await bank.choose(await start(basket.deps, id), 'paid');
          basket.clock.advance(bank.sessionMinutes * 60_000);
          return attendPayments(stage)(await read(id));
        },
        async () => {
          await live(2);
          expect(await read(id)).toMatchObject({ state: 'paid', paidBy: '1', payments: { '1': { state: 'paid' } } });
        },
      );
      expect(deaths).toBe(3);
    });

    it('frees an item whose citizen never came back to the bank, whatever the step', async () => {
      let id = '';
      const deaths = await dieEverywhere(
        async (stage) => {
          id = await addItem();
          await start(basket.deps, id);
          basket.clock.advance(bank.lockMinutes * 60_000);
          return attendPayments(stage)(await read(id));
        },
        async () => {
          await live(2);
          const item = await read(id);
          expect(item).not.toHaveProperty('lockedUntil');
          expect(item).toMatchObject({ state: 'waiting', payments: { '1': { state: 'expired' } } });
        },
      );
      expect(deaths).toBe(3);
    });
  });
});
