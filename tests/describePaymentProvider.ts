/**
 * What every bank must do, whatever its protocol: one suite, run on each adapter against a bank that speaks that protocol
 * over HTTP.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BankMessage,
  isAskable,
  type OpenedPayment,
  type PaymentOrder,
  type PaymentProvider,
  type PaymentReport,
} from '../lib/bank/paymentProvider.ts';

/** What a citizen may do at any bank. */
export type Choice = 'paid' | 'refused' | 'abandoned' | 'pending';

/** An adapter, and the bank behind it, which the suite can make fail. */
export interface ProviderBench {
  readonly provider: PaymentProvider;
  /** The same account with another key, or one that nobody has: what it signs or asks must not be believed. Absent where there are no keys. */
  readonly stranger?: PaymentProvider;
  /** An order that the bank takes, never twice the same. */
  order(): PaymentOrder;
  /** One citizen at the bank: opens what the redirect says and chooses; then everything that the bank sends of it. */
  choose(opened: OpenedPayment, choice: Choice): Promise<readonly BankMessage[]>;
  /** What time the bank believes it is. */
  now(): Date;
  /** An order that meets this failure. */
  failingOrder(
    failure: 'bank-rejected' | 'bank-unavailable' | 'bank-outcome-unknown',
  ): PaymentOrder | Promise<PaymentOrder>;
  stop(): Promise<void>;
}

/** What the bank's protocol can say; the suite asks for no more. */
export interface BankAbilities {
  readonly choices: readonly Choice[];
  /** What its answer to a question can tell, where it can be asked. */
  readonly answers: readonly Choice[];
  readonly failures: readonly ('bank-rejected' | 'bank-unavailable' | 'bank-outcome-unknown')[];
}

export function describePaymentProvider(
  name: string,
  abilities: BankAbilities,
  make: () => Promise<ProviderBench>,
): void {
  describe(`the bank ${name}`, () => {
    let bench: ProviderBench;
    beforeAll(async () => {
      bench = await make();
    });
    afterAll(() => bench.stop());

    const factsOf = ({ reference, amountCents, currency }: PaymentOrder) => ({
      reference,
      amountCents,
      currency,
      shop: bench.provider.shop,
      mode: bench.provider.mode,
    });

    const askedAbout = ({ reference, amountCents, currency }: PaymentOrder, opened?: OpenedPayment) => ({
      reference,
      amountCents,
      currency,
      createdAt: bench.now().toISOString(),
      ...(opened?.bankReference === undefined ? {} : { bankReference: opened.bankReference }),
    });

    it('opens a payment: somewhere to send the citizen, for some time', async () => {
      const { redirect, sessionEndsAt, resumableUntil } = await bench.provider.open(bench.order());
      expect(new URL(redirect.url).protocol).toMatch(/^https?:$/);
      if (redirect.method === 'POST') expect(Object.keys(redirect.fields).length).toBeGreaterThan(0);
      // Where the bank says so itself; otherwise its usual times count.
      for (const end of [sessionEndsAt, resumableUntil]) {
        if (end !== undefined) expect(end.getTime()).toBeGreaterThan(bench.now().getTime());
      }
    });

    it('takes an email, a later capture and the longest texts we send', async () => {
      const order = {
        ...bench.order(),
        email: 'gerard.lambert@rungis.fr',
        captureDelayDays: 0,
        label: 'é'.repeat(200),
      };
      await expect(bench.provider.open(order)).resolves.toHaveProperty('redirect');
    });

    it.each(abilities.choices)('%s: each message that is proof says so, of this order', async (choice) => {
      const order = bench.order();
      const opened = await bench.provider.open(order);
      const messages = await bench.choose(opened, choice);
      expect(messages.map(({ channel }) => channel)).toContain('return');
      const reports = messages.map((message) => bench.provider.read(message)).filter((report) => report !== undefined);
      for (const report of reports) expect(report).toMatchObject({ ...factsOf(order), outcome: choice });
      // A bank whose messages prove nothing must be one that can be asked.
      if (reports.length === 0) expect(isAskable(bench.provider)).toBe(true);
      if (isAskable(bench.provider)) {
        const asked = await bench.provider.ask(askedAbout(order, opened));
        const outcome = abilities.answers.includes(choice) ? choice : expect.stringMatching(/^(open|expired)$/);
        expect(asked).toMatchObject({ ...factsOf(order), outcome });
      }
    });

    it('says the same in each message about one outcome', async () => {
      const messages = await bench.choose(await bench.provider.open(bench.order()), 'paid');
      const reports = messages.map((message) => bench.provider.read(message)).filter((report) => report !== undefined);
      for (const report of reports) expect(report).toEqual(reports[0]);
    });

    it('is not believed, nor answered, with another key', async () => {
      const { stranger } = bench;
      if (stranger === undefined || !isAskable(stranger)) return;
      const order = bench.order();
      const opened = await bench.provider.open(order);
      const asked = stranger.ask(askedAbout(order, opened));
      await expect(asked).rejects.toMatchObject({ name: 'AppError' });
    });

    it('never says of a payment that it does not know that money came', async () => {
      const { provider } = bench;
      if (!isAskable(provider)) return;
      const said = await provider.ask(askedAbout(bench.order())).then(
        ({ outcome }) => outcome,
        (error: { name?: string }) => error.name,
      );
      expect(['open', 'expired', 'AppError']).toContain(said);
    });

    it('keeps of the bank’s facts a short list of short texts', async () => {
      const messages = await bench.choose(await bench.provider.open(bench.order()), 'paid');
      const reports = messages.map((message) => bench.provider.read(message)).filter((report) => report !== undefined);
      for (const { bankTransactionId = '', bankData = {} } of reports) {
        expect(bankTransactionId.length).toBeLessThanOrEqual(255);
        expect(Buffer.byteLength(JSON.stringify(bankData))).toBeLessThanOrEqual(2048);
      }
    });

    it('believes no message of which one character was changed, cut or added', async () => {
      const order = bench.order();
      const messages = await bench.choose(await bench.provider.open(order), 'refused');
      for (const message of messages) {
        const honest = bench.provider.read(message);
        for (const forged of forgeries(message)) {
          const report = readOrRefuse(bench.provider, forged);
          // The same text in another spelling is the same message; and a protocol that signs values without their names
          // (PayZen's) may lose a fact, but nothing that decides.
          if (report !== undefined) expect(decisive(report)).toEqual(decisive(honest));
        }
      }
    });

    it('believes a message that has gathered parameters of others, repeated and unreadable ones too', async () => {
      const messages = await bench.choose(await bench.provider.open(bench.order()), 'paid');
      const others = '&a=1&a=2&utm_source=%FF&%FF=1&fbclid';
      for (const { channel, rawQuery, body } of messages) {
        const gathered = { channel, rawQuery: `${rawQuery}${others}`, body: `${body}${others}` };
        expect(bench.provider.read(gathered)).toEqual(bench.provider.read({ channel, rawQuery, body }));
      }
      expect(bench.provider.read({ channel: 'return', rawQuery: others.slice(1), body: '' })).toBeUndefined();
    });

    it('believes no message signed with another key', async () => {
      const { stranger } = bench;
      if (stranger === undefined) return;
      const messages = await bench.choose(await bench.provider.open(bench.order()), 'paid');
      for (const message of messages) expect(readOrRefuse(stranger, message)).toBeUndefined();
    });

    it('takes a message without content for no proof, and never fails on rubbish but with its own error', () => {
      const rubbish = ['', 'x', '&&==', '%FF=%FE', '{"a":1}', 'a=1&a=1', '\0', `${'a'.repeat(100_000)}=1`];
      for (const channel of ['return', 'notification'] as const) {
        for (const text of rubbish) {
          expect(readOrRefuse(bench.provider, { channel, rawQuery: text, body: text })).toBeUndefined();
        }
      }
    });

    it.each(abilities.failures)('tells %s from the others', async (code) => {
      await expect(bench.provider.open(await bench.failingOrder(code))).rejects.toMatchObject({
        name: 'AppError',
        code,
      });
    });

    it('is answered in its own words: well for what was taken, otherwise not, and so that it tries again when it should', () => {
      expect(bench.provider.answer()).toMatchObject({ status: 200 });
      expect(bench.provider.answer('bank-message-refused').body).not.toBe(bench.provider.answer().body);
      for (const code of [
        'temporarily-unavailable',
        'internal-error',
        'bank-unavailable',
        'bank-outcome-unknown',
      ] as const) {
        expect(bench.provider.answer(code).status).toBeGreaterThanOrEqual(500);
      }
    });
  });
}

/** What a settlement depends on. */
function decisive(report: PaymentReport | undefined) {
  const { outcome, reference, amountCents, currency, shop, mode, captureDate } = report ?? {};
  return { outcome, reference, amountCents, currency, shop, mode, captureDate };
}

function readOrRefuse(provider: PaymentProvider, message: BankMessage) {
  try {
    return provider.read(message);
  } catch (error) {
    expect(error).toMatchObject({ name: 'AppError', code: 'bank-message-refused' });
    return undefined;
  }
}

/** The message with each of its characters changed in turn, cut there, and with a field more. */
function* forgeries(message: BankMessage): Generator<BankMessage> {
  const part = message.channel === 'return' ? 'rawQuery' : 'body';
  const text = message[part];
  for (let position = 0; position < text.length; position += 1) {
    const other = text[position] === '0' ? '1' : '0';
    yield { ...message, [part]: `${text.slice(0, position)}${other}${text.slice(position + 1)}` };
    yield { ...message, [part]: text.slice(0, position) };
  }
  yield { ...message, [part]: `${text}&status=paid` };
  yield { ...message, [part]: `status=paid&${text}` };
}
