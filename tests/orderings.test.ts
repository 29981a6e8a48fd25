/**
 * Every order in which the news of a payment can come, for one and for two attempts: the row always agrees with the money
 * that moved. The bank, the browser and the clock are a model; what takes the news is what runs in production. Then the same,
 * with fewer steps, with each bank's own adapter and messages.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  AskableProvider,
  OpenedPayment,
  Outcome,
  PaymentProvider,
  PaymentReport,
} from '../lib/bank/paymentProvider.ts';
import { cancelByCitizen } from '../lib/basket/cancelByCitizen.ts';
import { attemptReference } from '../lib/item/attempt.ts';
import type { Item } from '../lib/item/item.ts';
import { attendPayments } from '../lib/payment/attendPayments.ts';
import { settlePayment } from '../lib/payment/settlePayment.ts';
import { startPayment } from '../lib/payment/startPayment.ts';
import { encode128Bits } from '../lib/values/base32.ts';
import { AppError } from '../lib/values/errors.ts';
import { aClock, aLogger, aMetrics, anItem, aRegie, aReport } from './builders.ts';
import { aFakeBasketStore } from './fakeBasketStore.ts';
import { type Messages, type TestBank, testBanks } from './testBanks.ts';
import { startTestBasket, type TestBasket } from './testBasket.ts';

/**
 * What became of each attempt at the bank, which every message tells: one outcome, or one before the authorisation of a later
 * capture and another after it.
 */
type Truth = Readonly<Record<string, Outcome | readonly [Outcome, Outcome]>>;
type Step = 'return' | 'notification' | 'question' | 'expiry' | 'cancel' | 'authorisation';

interface Node {
  readonly item: Item;
  readonly now: Date;
  /** Whether the day of the later capture has come. */
  readonly isCaptureDay: boolean;
}

interface World {
  readonly start: Node;
  readonly steps: readonly (readonly [Step, string])[];
  /** Does one step from one state of the world, and gives the next. */
  take(node: Node, step: Step, attemptId: string): Promise<Node>;
}

function outcomeOf(truth: Truth, id: string, isCaptureDay: boolean): Outcome {
  const outcome = truth[id] ?? 'open';
  return typeof outcome === 'string' ? outcome : outcome[isCaptureDay ? 1 : 0];
}

const lockMs = 15 * 60_000;

async function aWorld(truth: Truth, ability: { isAskable: boolean }): Promise<World> {
  const clock = aClock();
  const store = aFakeBasketStore(anItem({ captureDate: '2026-12-10' }));
  // At first nothing has happened at the bank.
  let hasHappened = false;
  let isCaptureDay = false;
  const reportOf = (reference: string): PaymentReport => {
    const outcome = hasHappened ? outcomeOf(truth, String(Number(reference.slice(26))), isCaptureDay) : 'open';
    return aReport({ reference, outcome, ...(outcome === 'accepted' ? { captureDate: '2026-12-10' } : {}) });
  };
  const bank: PaymentProvider = {
    shop: 'cantine',
    mode: 'test',
    requiresEmail: false,
    open: async ({ reference }): Promise<OpenedPayment> => ({
      redirect: { method: 'GET', url: `https://bank.example/${reference}` },
    }),
    read: ({ body }) => reportOf(body),
    answer: () => ({ status: 200, contentType: 'text/plain', body: '' }),
  };
  const askable: AskableProvider = { ...bank, ask: async ({ reference }) => reportOf(reference) };
  const regies = { get: async () => ({ regies: [aRegie()], names: {}, version: 1 }), refresh: () => Promise.reject() };
  const parts = {
    store,
    clock,
    logger: aLogger(),
    metrics: aMetrics(),
    regies,
    providerOf: async () => (ability.isAskable ? askable : bank),
    links: async () => ({ publicUrl: 'https://paiement.example.org', linkKeys: ['key'] }),
  };
  const attend = attendPayments(parts);
  const settle = settlePayment(parts);
  const message = (channel: 'return' | 'notification', attemptId: string) =>
    settle(
      { itemId: store.item.id, attemptId },
      { channel, rawQuery: '', body: attemptReference(store.item.id, attemptId) },
    );

  const acts: Record<Step, (attemptId: string) => Promise<unknown>> = {
    return: (attemptId) => message('return', attemptId),
    notification: (attemptId) => message('notification', attemptId),
    async question() {
      clock.set(new Date(Math.max(clock.now().getTime(), Date.parse(store.item.dueAt ?? ''))));
      if (Date.parse(store.item.dueAt ?? '') < Date.parse(store.item.eraseAt ?? '')) await attend(store.item);
    },
    async expiry() {
      clock.advance(lockMs);
      await attend(store.item);
    },
    cancel: () => cancelByCitizen(parts)(store.item.id).catch(expectRefusal),
    async authorisation() {
      isCaptureDay = true;
      clock.set(new Date(Math.max(clock.now().getTime(), Date.parse('2026-12-10T06:00:00.000Z'))));
    },
  };

  for (const _ of Object.keys(truth)) {
    // The second attempt comes when the first one's time is over.
    clock.advance(lockMs);
    await startPayment(parts)({ itemId: store.item.id, language: 'fr' });
  }
  hasHappened = true;
  const attempts = Object.keys(truth);
  return {
    start: { item: store.item, now: clock.now(), isCaptureDay },
    steps: [
      ...attempts.flatMap((id) => (['return', 'notification'] as const).map((step) => [step, id] as const)),
      ['question', ''],
      ['expiry', ''],
      ['cancel', ''],
      ...(Object.values(truth).some((outcome) => typeof outcome !== 'string') ? [['authorisation', ''] as const] : []),
    ],
    async take(node, step, attemptId) {
      store.item = node.item;
      clock.set(node.now);
      isCaptureDay = node.isCaptureDay;
      await acts[step](attemptId);
      return { item: store.item, now: clock.now(), isCaptureDay };
    },
  };
}

function expectRefusal(error: unknown): void {
  expect(error).toBeInstanceOf(AppError);
  expect(['already-paid', 'payment-in-progress']).toContain((error as AppError).code);
}

/** What must be true of the row whatever has come so far, given the attempts of which it was heard that they are paid. */
function checkAgainstMoney({ item, now }: Node, heard: ReadonlySet<string>): void {
  const attempts = Object.entries(item.payments);
  const paid = attempts.filter(([, { state }]) => state === 'paid').map(([id]) => id);
  // Money that was heard of is on the row, and no other.
  expect(paid).toEqual([...heard].toSorted());
  // One attempt at most pays the item; each other one is to be refunded.
  expect(item.state === 'paid').toBe(item.paidBy !== undefined);
  if (item.paidBy !== undefined) expect(paid).toContain(item.paidBy);
  const alerts = Object.entries(item.alerts ?? {}).filter(([, { kind }]) => kind === 'money-to-refund');
  expect(alerts.map(([id]) => id)).toEqual(paid.filter((id) => id !== item.paidBy));
  if (item.state === 'waiting') expect(paid).toEqual([]);
  // The form hears of what became of its item, and of nothing else.
  if (item.state === 'paid') expect(item.notice?.trigger).toBe('paid');
  const accepted = attempts.filter(([, { acceptedAt }]) => acceptedAt !== undefined);
  // Nobody tells the form here, so that an acceptance that failed is simply not told of any more.
  const standing = accepted.filter(([, { state }]) => state !== 'refused');
  if (item.state === 'waiting') expect(item.notice === undefined).toBe(standing.length === 0);
  // One that was not heard of again is for people to look into.
  for (const [id, { state }] of accepted) {
    const isLost = item.state === 'waiting' && state === 'expired';
    if (isLost) expect(item.alerts?.[id]).toMatchObject({ kind: 'authorisation-unconfirmed' });
  }
  // While an item waits, what may still turn into money unasked locks it: one attempt, beside one that was accepted.
  const underWay = attempts.filter(([, { state }]) => state === 'open' || state === 'pending').map(([id]) => id);
  if (item.state === 'waiting') expect(item.lockedBy === undefined).toBe(underWay.length === 0);
  const unaccepted = underWay.filter((id) => item.payments[id]?.acceptedAt === undefined);
  expect(item.state === 'waiting' ? unaccepted.length : 0).toBeLessThanOrEqual(1);
  // A lock has an attempt that is under way, and an end; and the row is due by then.
  expect(item.lockedUntil === undefined).toBe(item.lockedBy === undefined);
  if (item.lockedBy !== undefined) {
    expect(['open', 'pending']).toContain(item.payments[item.lockedBy]?.state);
    expect((item.dueAt ?? '~') <= (item.lockedUntil ?? '')).toBe(true);
    const isAccepted = item.payments[item.lockedBy]?.acceptedAt !== undefined;
    const longestMs = isAccepted ? 24 * 86_400_000 : 60 * 60_000;
    expect(Date.parse(item.lockedUntil ?? '') - now.getTime()).toBeLessThanOrEqual(longestMs);
  }
}

/** Which attempts' truth a step tells: a message that of its own, a question that of each attempt that was due. */
function hearing(before: Node, after: Node, [step, attemptId]: readonly [Step, string]): string[] {
  if (step === 'return' || step === 'notification') return [attemptId];
  if (step === 'cancel' || step === 'authorisation') return [];
  const now = after.now.toISOString();
  const { payments, lockedBy, lockedUntil = '' } = before.item;
  return Object.keys(payments).filter((id) => {
    const { askAt } = payments[id] ?? {};
    return askAt !== undefined && (askAt <= now || (lockedBy === id && lockedUntil <= now));
  });
}

/** A state of the world in which some orders of steps meet, and what was heard on the way. */
interface Meeting {
  readonly node: Node;
  readonly heard: ReadonlySet<string>;
  /** How many orders lead there. */
  readonly orders: number;
}

/**
 * All sequences up to a length. What a step does depends on the state alone: orders that have led to the same row, at the same
 * time, having heard the same, go on together. Each step is taken once from each state, and each state is looked at.
 *
 * @returns the number of steps of all sequences together, as if none had met another.
 */
async function walk(world: World, truth: Truth, depth: number): Promise<number> {
  const taken = new Map<string, readonly Omit<Meeting, 'orders'>[]>();
  let meetings: readonly Meeting[] = [{ node: world.start, heard: new Set<string>(), orders: 1 }];
  let count = 0;
  for (let length = 0; length < depth; length += 1) {
    const next = new Map<string, Meeting>();
    for (const meeting of meetings) {
      const key = keyOf(meeting);
      const nexts = taken.get(key) ?? (await takeEachStep(world, truth, meeting));
      taken.set(key, nexts);
      for (const each of nexts) {
        const { orders = 0 } = next.get(keyOf(each)) ?? {};
        next.set(keyOf(each), { ...each, orders: orders + meeting.orders });
        count += meeting.orders;
      }
    }
    meetings = [...next.values()];
  }
  return count;
}

async function takeEachStep(world: World, truth: Truth, { node, heard }: Omit<Meeting, 'orders'>) {
  checkAgainstMoney(node, heard);
  const nexts = [];
  for (const [step, attemptId] of world.steps) {
    const next = await world.take(node, step, attemptId);
    const told = hearing(node, next, [step, attemptId]);
    const paid = told.filter((id) => outcomeOf(truth, id, next.isCaptureDay) === 'paid');
    const after = { node: next, heard: new Set([...heard, ...paid]) };
    checkAgainstMoney(after.node, after.heard);
    nexts.push(after);
  }
  return nexts;
}

function keyOf({ node, heard }: Omit<Meeting, 'orders'>): string {
  return JSON.stringify([node.item, node.now, node.isCaptureDay, [...heard].toSorted()]);
}

const outcomes = ['paid', 'refused', 'abandoned', 'pending', 'accepted', 'open', 'expired', 'failed'] as const;

describe.each([true, false])('a bank that can be asked: %s', (isAskable) => {
  it.each(outcomes)('one attempt, %s: every order of 6 steps', async (outcome) => {
    const truth = { '1': outcome };
    const world = await aWorld(truth, { isAskable });
    expect(world.start.item.lockedBy).toBe('1');
    expect(await walk(world, truth, 6)).toBe(5 + 5 ** 2 + 5 ** 3 + 5 ** 4 + 5 ** 5 + 5 ** 6);
  });

  it.each(['paid', 'refused'] as const)(
    'one attempt, accepted and on its day %s: every order of 6 steps',
    async (outcome) => {
      const truth = { '1': ['accepted', outcome] } as const;
      const world = await aWorld(truth, { isAskable });
      expect(await walk(world, truth, 6)).toBe(6 + 6 ** 2 + 6 ** 3 + 6 ** 4 + 6 ** 5 + 6 ** 6);
    },
  );

  it.each<readonly [Truth[string], Truth[string], number]>([
    ['paid', 'paid', 6],
    ['paid', 'refused', 6],
    ['refused', 'paid', 6],
    ['paid', 'pending', 6],
    ['accepted', 'paid', 6],
    [['accepted', 'paid'], 'refused', 5],
    [['accepted', 'refused'], 'paid', 5],
  ])('two attempts, %s and %s: every order of steps', async (first, second, depth) => {
    const truth = { '1': first, '2': second };
    const world = await aWorld(truth, { isAskable });
    expect(Object.keys(world.start.item.payments)).toEqual(['1', '2']);
    expect(await walk(world, truth, depth)).toBeGreaterThan(7 ** depth);
  });
});

/** The same world with a real adapter before its stand-in: each message is the bank's own, and each question goes over HTTP. */
async function aBankWorld(
  { basket, bank }: { basket: TestBasket; bank: TestBank },
  outcomes: readonly ('paid' | 'refused')[],
): Promise<World> {
  const { clock } = basket;
  clock.advance(24 * 3_600_000);
  const id = encode128Bits(randomBytes(16));
  const store = aFakeBasketStore(anItem({ id, regieId: bank.regieId }));
  const links = async () => ({ ...(await basket.deps.links()), publicUrl: 'http://127.0.0.1:9' });
  const parts = { ...basket.deps, store, links };
  const told: Messages[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    // The second attempt comes when the first one's time is over.
    if (index > 0) clock.advance(bank.lockMinutes * 60_000);
    const redirect = await startPayment(parts)({ itemId: id, language: 'fr' });
    told.push(await bank.choose(redirect, outcome));
  }
  const attend = attendPayments(parts);
  const tell = (channel: 'return' | 'notification', attemptId: string) => {
    const message = told[Number(attemptId) - 1]?.[channel];
    if (message === undefined) throw new Error('The bank has said nothing of this attempt.');
    return settlePayment(parts)({ itemId: id, attemptId }, message);
  };
  const acts: Record<Exclude<Step, 'authorisation'>, (attemptId: string) => Promise<unknown>> = {
    return: (attemptId) => tell('return', attemptId),
    notification: (attemptId) => tell('notification', attemptId),
    async question() {
      clock.set(new Date(Math.max(clock.now().getTime(), Date.parse(store.item.dueAt ?? ''))));
      if (Date.parse(store.item.dueAt ?? '') < Date.parse(store.item.eraseAt ?? '')) await attend(store.item);
    },
    async expiry() {
      clock.advance(bank.lockMinutes * 60_000);
      await attend(store.item);
    },
    cancel: () => cancelByCitizen(parts)(id).catch(expectRefusal),
  };
  const attempts = outcomes.map((_, index) => String(index + 1));
  return {
    start: { item: store.item, now: clock.now(), isCaptureDay: false },
    steps: [
      ...attempts.flatMap((attemptId) =>
        (['return', 'notification'] as const).map((step) => [step, attemptId] as const),
      ),
      ['question', ''],
      ['expiry', ''],
      ['cancel', ''],
    ],
    async take(node, step, attemptId) {
      store.item = node.item;
      clock.set(node.now);
      await acts[step as 'return'](attemptId);
      return { item: store.item, now: clock.now(), isCaptureDay: false };
    },
  };
}

describe.each(testBanks)('the bank %s itself', (_, startBank) => {
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

  it.each(['paid', 'refused'] as const)('one attempt, %s: every order of 4 steps', async (outcome) => {
    const world = await aBankWorld({ basket, bank }, [outcome]);
    expect(await walk(world, { '1': outcome }, 4)).toBe(5 + 5 ** 2 + 5 ** 3 + 5 ** 4);
  });

  it.each(['paid', 'refused'] as const)('two attempts, refused and %s: every order of 3 steps', async (outcome) => {
    const world = await aBankWorld({ basket, bank }, ['refused', outcome]);
    expect(Object.keys(world.start.item.payments)).toEqual(['1', '2']);
    expect(await walk(world, { '1': 'refused', '2': outcome }, 3)).toBe(7 + 7 ** 2 + 7 ** 3);
  });
});
