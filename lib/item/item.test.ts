import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anAttempt, anItem, noon } from '../../tests/builders.ts';
import { type AttemptState, attemptTransitions } from './attempt.ts';
import {
  belongsTo,
  cancelItem,
  cancellationByCitizen,
  cancellationByWorkflow,
  createItem,
  earliestDue,
  type ItemState,
  isLocked,
  itemTransitions,
  nextVersion,
  type User,
} from './item.ts';

describe('the tables of transitions', () => {
  it.each(['paid', 'cancelled'] as const)('an item that is %s stays so', (state) => {
    expect(itemTransitions[state]).toEqual([]);
  });

  it('money that came is never forgotten: paid may follow every outcome of an attempt, and nothing follows paid', () => {
    const others = (Object.keys(attemptTransitions) as AttemptState[]).filter((state) => state !== 'paid');
    for (const state of others) expect(attemptTransitions[state]).toContain('paid');
    expect(attemptTransitions.paid).toEqual([]);
  });

  it('name known states only, each of which can be reached', () => {
    for (const [table, start] of [
      [itemTransitions, 'waiting'],
      [attemptTransitions, 'open'],
    ] as const) {
      const targets = Object.values(table).flat();
      expect(new Set([start, ...targets])).toEqual(new Set(Object.keys(table)));
    }
  });
});

describe('createItem', () => {
  it('makes an item that waits, is not locked, owes nothing and is due for its erasure', () => {
    const { id, writeId, service, regieId, amountCents, label, cancellable } = anItem();
    const item = createItem({ id, writeId, service, regieId, amountCents, label, cancellable, nameId: 'x' }, noon, 30);
    expect(item).toMatchObject({
      version: 1,
      state: 'waiting',
      payments: {},
      createdAt: '2026-11-23T12:00:00.000Z',
      eraseAt: '2026-12-23T12:00:00.000Z',
      dueAt: '2026-12-23T12:00:00.000Z',
    });
    expect(isLocked(item, noon)).toBe(false);
  });
});

describe('earliestDue', () => {
  const times = { early: '2026-11-23T12:00:01.000Z', late: '2026-11-23T12:00:02.000Z' };
  it.each([
    ['its erasure', {}, '2027-12-28T12:00:00.000Z'],
    [
      'its notice',
      { notice: { trigger: 'paid', tries: 0, nextAt: times.early }, lockedUntil: times.late },
      times.early,
    ],
    ['the end of its lock', { notice: { trigger: 'paid', tries: 3 }, lockedUntil: times.late }, times.late],
    [
      'a question to the bank',
      { payments: { a: anAttempt(), b: anAttempt({ askAt: times.early }) }, lockedUntil: times.late },
      times.early,
    ],
  ] as const)('%s', (_, change, expected) => {
    expect(earliestDue(anItem(change))).toBe(expected);
  });
});

describe('isLocked', () => {
  it.each([
    [undefined, false],
    ['2026-11-23T12:00:00.001Z', true],
    ['2026-11-23T12:00:00.000Z', false],
    ['2026-11-23T11:59:59.999Z', false],
  ])('until %s: %s', (lockedUntil, expected) => {
    expect(isLocked(lockedUntil === undefined ? {} : { lockedUntil }, noon)).toBe(expected);
  });
});

describe('belongsTo', () => {
  const [a, b] = ['a@x.fr', 'b@x.fr'];
  it.each<[User, User, boolean]>([
    [{ nameId: '1' }, { nameId: '1' }, true],
    [{ nameId: '1' }, { nameId: '2' }, false],
    [{ nameId: '1', email: a }, { nameId: '1', email: b }, true],
    [{ nameId: '1', email: a }, { nameId: '2', email: a }, false],
    [{ nameId: '1', email: a }, { email: a }, true],
    [{ email: a }, { nameId: '1', email: a }, true],
    [{ email: a }, { email: a }, true],
    [{ email: a }, { email: b }, false],
    [{ nameId: '1' }, { email: a }, false],
    [{ email: a }, { nameId: '1' }, false],
    [{}, {}, false],
  ])('%j, asked by %j: %s', (item, user, expected) => {
    expect(belongsTo(item, user)).toBe(expected);
  });
});

describe('cancelItem', () => {
  const change = cancellationByWorkflow(noon, true, 400);

  it('cancels what waits, and owes the form a notice in the same change', () => {
    expect(cancelItem(anItem(), change, noon)).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'workflow',
      notice: { trigger: 'cancelled', tries: 0, nextAt: '2026-11-23T12:00:30.000Z' },
    });
  });

  it('owes nothing without a form, or without notify', () => {
    const { url, ...formless } = anItem();
    expect(cancelItem(formless, change, noon)).not.toHaveProperty('notice');
    expect(cancelItem(anItem(), cancellationByWorkflow(noon, false, 400), noon)).not.toHaveProperty('notice');
  });

  it("owes no second notice: one in an item's life", () => {
    const notice = { trigger: 'paid', tries: 3 } as const;
    expect(cancelItem(anItem({ notice }), change, noon).notice).toBe(notice);
  });

  it('leaves what was cancelled before as it is', () => {
    const cancelled = anItem({ state: 'cancelled' });
    expect(cancelItem(cancelled, change, noon)).toBe(cancelled);
  });

  it.each([
    ['already-paid', { state: 'paid' }],
    ['payment-in-progress', { lockedUntil: '2026-11-23T12:00:00.001Z', lockedBy: 'a' }],
  ] as const)('%s', (code, state) => {
    expect(() => cancelItem(anItem(state), change, noon)).toThrow(expect.objectContaining({ code }));
  });
});

describe('cancellationByCitizen', () => {
  it('owes the notice at once: the form waits for nothing', () => {
    expect(cancellationByCitizen(noon, 400)).toMatchObject({
      cancelledBy: 'citizen',
      notice: { trigger: 'cancelled', tries: 0, nextAt: '2026-11-23T12:00:00.000Z' },
    });
  });
});

describe('nextVersion', () => {
  const states = Object.keys(itemTransitions) as ItemState[];
  const attemptStates = Object.keys(attemptTransitions) as AttemptState[];

  it.each(states.flatMap((from) => states.map((to) => [from, to] as const)))('an item: %s to %s', (from, to) => {
    const change = () => nextVersion(anItem({ state: from }), anItem({ state: to }), 400);
    const isAllowed = from === to || (itemTransitions[from] as readonly string[]).includes(to);
    if (isAllowed) expect(change()).toMatchObject({ state: to, version: 2 });
    else expect(change).toThrow(`No transition from ${from} to ${to}.`);
  });

  it.each(attemptStates.flatMap((from) => attemptStates.map((to) => [from, to] as const)))(
    'an attempt: %s to %s',
    (from, to) => {
      const having = (state: AttemptState) => anItem({ payments: { '1': anAttempt({ state }) } });
      const isAllowed = from === to || (attemptTransitions[from] as readonly string[]).includes(to);
      if (isAllowed) expect(nextVersion(having(from), having(to), 400).payments['1']?.state).toBe(to);
      else expect(() => nextVersion(having(from), having(to), 400)).toThrow(`No transition from ${from} to ${to}.`);
    },
  );

  it('is due when the item first owes something', () => {
    const instant = fc
      .date({ min: noon, max: new Date('2028-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
    fc.assert(
      fc.property(instant, instant, instant, instant, (lockedUntil, eraseAt, askAt, nextAt) => {
        const notice = { trigger: 'paid', tries: 0, nextAt } as const;
        const owing = anItem({ lockedUntil, eraseAt, notice, payments: { '1': anAttempt({ askAt }) } });
        const { dueAt } = nextVersion(anItem(), owing, 400);
        expect([lockedUntil, eraseAt, askAt, nextAt].toSorted()[0]).toBe(dueAt);
      }),
    );
  });
});
