import { describe, expect, it } from 'vitest';
import { anAttempt, anItem, aReport, noon } from '../../tests/builders.ts';
import type { Outcome, PaymentReport } from '../bank/paymentProvider.ts';
import { bankProfiles } from '../bank/profiles.ts';
import { type Attempt, attemptReference } from '../item/attempt.ts';
import type { Item } from '../item/item.ts';
import type { Notice } from '../item/notice.ts';
import { checkReport, closeAlert, closeAttempt, openAttempt, recordOpening, settleAttempt } from './attempts.ts';
import { type Answer, claimQuestion, dueAttempts, followQuestion } from './question.ts';

const decision = { now: noon };
const rules = { ...decision, isToldOnAcceptance: true, isAskable: true, isFresh: false };
const at = (time: string) => `2026-11-23T${time}.000Z`;
const newAttempt = {
  startId: '22222222-3333-4444-8555-666666666666',
  bank: 'sandbox',
  mode: 'test',
  shop: 'cantine',
} as const;

/** An item whose attempt 1 is at the bank, as it stands after `recordOpening`. */
function atTheBank(change: Partial<Item> = {}, attempt: Partial<Attempt> = {}): Item {
  return anItem({
    lockedBy: '1',
    lockedUntil: at('12:15:00'),
    payments: {
      '1': anAttempt({
        redirect: { method: 'GET', url: 'https://bank.example/pay/1' },
        sessionEndsAt: at('12:10:00'),
        askAt: at('12:10:00'),
        askFrom: at('12:10:00'),
        asks: 0,
        ...attempt,
      }),
    },
    ...change,
  });
}

const report = (outcome: Outcome, change: Partial<PaymentReport> = {}) => aReport({ outcome, ...change });

describe('openAttempt', () => {
  it('adds an open attempt, which locks the item for two minutes: until the bank has answered', () => {
    const item = openAttempt(anItem(), newAttempt, noon);
    expect(item).toMatchObject({ state: 'waiting', lockedBy: '1', lockedUntil: at('12:02:00') });
    expect(item.payments).toEqual({ '1': { ...newAttempt, state: 'open', createdAt: at('12:00:00') } });
  });

  it('meets its own attempt when the answer to the write was lost, and leaves it', () => {
    const opened = openAttempt(anItem(), newAttempt, noon);
    expect(openAttempt(opened, newAttempt, noon)).toBe(opened);
  });

  it.each<[string, Partial<Item>]>([
    ['already-paid', { state: 'paid' }],
    ['already-cancelled', { state: 'cancelled' }],
    [
      'payment-in-progress',
      { lockedBy: '1', lockedUntil: at('12:00:01'), payments: { '1': anAttempt({ startId: 'x' }) } },
    ],
    [
      'too-many-attempts',
      {
        payments: Object.fromEntries(
          Array.from({ length: 20 }, (_, index) => [String(index + 1), anAttempt({ state: 'refused', startId: 'x' })]),
        ),
      },
    ],
  ])('%s', (code, change) => {
    expect(() => openAttempt(anItem(change), newAttempt, noon)).toThrow(expect.objectContaining({ code }));
  });
});

describe('openAttempt, again', () => {
  const many = (count: number, state: Attempt['state']) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [String(index + 1), anAttempt({ state, startId: 'x' })]),
    );

  it('waits for what became of an attempt whose lock has run out', () => {
    const item = atTheBank({ lockedUntil: at('12:00:00') }, { startId: 'x' });
    expect(() => openAttempt(item, newAttempt, noon)).toThrow(expect.objectContaining({ code: 'payment-in-progress' }));
  });

  it('forgets the oldest attempt that failed when there are too many: nobody was sent to the bank with it', () => {
    const payments = { ...many(20, 'refused'), '7': anAttempt({ state: 'failed', startId: 'x' }) };
    const item = openAttempt(anItem({ payments }), newAttempt, noon);
    expect(Object.keys(item.payments)).toHaveLength(20);
    expect(item).toMatchObject({ lockedBy: '21' });
    expect(item.payments).not.toHaveProperty('7');
  });

  it('has numbers of two digits', () => {
    const payments = { '99': anAttempt({ state: 'failed', startId: 'x' }) };
    expect(() => openAttempt(anItem({ payments }), newAttempt, noon)).toThrow(
      expect.objectContaining({ code: 'too-many-attempts' }),
    );
  });
});

describe('recordOpening', () => {
  const opened = { redirect: { method: 'GET', url: 'https://bank.example/pay/1' }, bankReference: 'b1' } as const;
  const opening = openAttempt(anItem(), newAttempt, noon);
  const askable = { limits: bankProfiles.sandbox, isAskable: true };

  it('keeps the answer, and locks until the session and its margin are over', () => {
    const item = recordOpening(opening, '1', opened, askable);
    expect(item).toMatchObject({ lockedUntil: at('12:15:00') });
    expect(item.payments['1']).toMatchObject({
      ...opened,
      sessionEndsAt: at('12:10:00'),
      askAt: at('12:10:00'),
      asks: 0,
    });
  });

  it('takes the bank at its word about the end of its session', () => {
    const item = recordOpening(opening, '1', { ...opened, sessionEndsAt: new Date(at('12:00:20')) }, askable);
    expect(item).toMatchObject({ lockedUntil: at('12:05:20') });
    expect(item.payments['1']).toMatchObject({ sessionEndsAt: at('12:00:20'), askAt: at('12:00:20') });
  });

  it('never locks for longer than usual, whatever the bank says', () => {
    const item = recordOpening(opening, '1', { ...opened, sessionEndsAt: new Date('2099-01-01') }, askable);
    expect(item).toMatchObject({ lockedUntil: at('12:15:00'), payments: { '1': { sessionEndsAt: at('12:10:00') } } });
  });

  it('plans no question to a bank that cannot be asked', () => {
    expect(recordOpening(opening, '1', opened, { ...askable, isAskable: false }).payments['1']).not.toHaveProperty(
      'askAt',
    );
  });

  it('comes too late for an attempt that has failed, and changes nothing then', () => {
    const closed = closeAttempt(opening, '1', 'failed', decision);
    expect(recordOpening(closed, '1', opened, askable)).toBe(closed);
  });
});

describe('settleAttempt', () => {
  it('pays the item, frees the lock, keeps the facts and owes the form the news, in one change', () => {
    const facts = { bankTransactionId: 't1', bankData: { status: 'paid' } };
    const item = settleAttempt(atTheBank(), '1', report('paid', facts), rules);
    expect(item).toMatchObject({
      state: 'paid',
      paidAt: at('12:00:00'),
      paidBy: '1',
      notice: { trigger: 'paid', tries: 0, nextAt: at('12:00:00') },
    });
    expect(item).not.toHaveProperty('lockedUntil');
    expect(item.payments['1']).toEqual({
      ...newAttempt,
      ...facts,
      state: 'paid',
      createdAt: at('12:00:00'),
      sessionEndsAt: at('12:10:00'),
      settledAt: at('12:00:00'),
    });
  });

  it('pays the item with more than it costs, and what is too much is to be refunded', () => {
    const item = settleAttempt(atTheBank(), '1', report('paid', { excessCents: 400 }), rules);
    expect(item).toMatchObject({
      state: 'paid',
      paidBy: '1',
      alerts: { '1': { kind: 'money-to-refund', amountCents: 400, raisedAt: at('12:00:00') } },
      notice: { trigger: 'paid', attemptId: '1' },
    });
    expect(settleAttempt(item, '1', report('paid', { excessCents: 400 }), rules)).toBe(item);
  });

  it('owes nothing to a form that there is not', () => {
    const { url, ...formless } = atTheBank();
    expect(settleAttempt(formless, '1', report('paid'), rules)).not.toHaveProperty('notice');
  });

  it.each(['refused', 'abandoned', 'failed'] as const)(
    '%s: the item waits, unlocked, and the bank is not asked any more',
    (outcome) => {
      const item = settleAttempt(atTheBank(), '1', report(outcome), rules);
      expect(item).toMatchObject({ state: 'waiting' });
      expect(item).not.toHaveProperty('lockedUntil');
      expect(item.payments['1']).toMatchObject({ state: outcome });
      expect(item.payments['1']).not.toHaveProperty('askAt');
    },
  );

  it('expired: the item is free, and the bank is asked on: its own word may still come', () => {
    const item = settleAttempt(atTheBank(), '1', report('expired'), rules);
    expect(item).not.toHaveProperty('lockedUntil');
    expect(item.payments['1']).toMatchObject({ state: 'expired', askAt: at('12:10:00') });
  });

  it.each(['refused', 'abandoned', 'expired', 'failed'] as const)('a late paid replaces %s', (state) => {
    const closed = closeAttempt(atTheBank(), '1', state, decision);
    expect(settleAttempt(closed, '1', report('paid'), rules)).toMatchObject({
      state: 'paid',
      payments: { '1': { state: 'paid' } },
    });
  });

  it.each(['refused', 'abandoned', 'expired', 'failed', 'pending', 'accepted', 'paid', 'open'] as const)(
    'nothing undoes paid: %s',
    (outcome) => {
      const paid = settleAttempt(atTheBank(), '1', report('paid'), rules);
      expect(settleAttempt(paid, '1', report(outcome, { captureDate: '2026-12-01' }), rules)).toBe(paid);
    },
  );

  it.each([
    ['paid by another attempt', { state: 'paid', paidBy: '2' }],
    ['cancelled', { state: 'cancelled' }],
  ] as const)('money for an item that was %s is to be refunded, and changes nothing else', (_, change) => {
    const item = settleAttempt(atTheBank(change), '1', report('paid'), rules);
    expect(item).toMatchObject({
      ...change,
      payments: { '1': { state: 'paid' } },
      alerts: { '1': { kind: 'money-to-refund', raisedAt: at('12:00:00') } },
    });
    expect(item).not.toHaveProperty('notice');
  });

  it('leaves the lock of another attempt alone', () => {
    const other = { '2': anAttempt({ startId: 'y' }) };
    const item = atTheBank({ lockedBy: '2' }, { state: 'expired' });
    const settled = settleAttempt({ ...item, payments: { ...item.payments, ...other } }, '1', report('paid'), rules);
    expect(settled).toMatchObject({ state: 'paid', lockedBy: '2', lockedUntil: at('12:15:00') });
  });

  it('pending: the item stays locked until its time', () => {
    const item = settleAttempt(atTheBank(), '1', report('pending'), rules);
    expect(item).toMatchObject({
      state: 'waiting',
      lockedUntil: at('12:15:00'),
      payments: { '1': { state: 'pending' } },
    });
    expect(item).not.toHaveProperty('notice');
  });

  describe('pending, of an attempt that had expired', () => {
    const expired = closeAttempt(atTheBank(), '1', 'expired', decision);
    const fresh = { ...rules, isFresh: true };

    it('as the bank answers now: taken up again, and locked for an hour', () => {
      expect(settleAttempt(expired, '1', report('pending'), fresh)).toMatchObject({
        lockedBy: '1',
        lockedUntil: at('13:00:00'),
        payments: { '1': { state: 'pending' } },
      });
    });

    it('in a message, which may be an old one: the bank is asked at once, once', () => {
      const item = settleAttempt(expired, '1', report('pending'), rules);
      expect(item).not.toHaveProperty('lockedUntil');
      expect(item.payments['1']).toMatchObject({ state: 'expired', askAt: at('12:00:00') });
      expect(settleAttempt(item, '1', report('pending'), rules)).toBe(item);
    });

    it('changes nothing for an item that another attempt locks, that is cancelled, or whose bank had said its last word', () => {
      const next = openAttempt(expired, { ...newAttempt, startId: 'y' }, noon);
      expect(settleAttempt(next, '1', report('pending'), fresh)).toBe(next);
      const cancelled = { ...expired, state: 'cancelled' } as const;
      expect(settleAttempt(cancelled, '1', report('pending'), fresh)).toBe(cancelled);
      const refused = closeAttempt(atTheBank(), '1', 'refused', decision);
      expect(settleAttempt(refused, '1', report('pending'), fresh)).toBe(refused);
    });
  });

  describe('accepted for a later authorisation', () => {
    const acceptance = report('accepted', { captureDate: '2026-12-10' });
    const accepted = settleAttempt(atTheBank(), '1', acceptance, rules);

    it('locks until a week after the capture day, tells the form, and asks from that day on', () => {
      expect(accepted).toMatchObject({
        state: 'waiting',
        lockedUntil: '2026-12-17T00:00:00.000Z',
        notice: { trigger: 'paid', nextAt: at('12:00:00') },
      });
      expect(accepted.payments['1']).toMatchObject({
        state: 'pending',
        acceptedAt: at('12:00:00'),
        captureDate: '2026-12-10',
        askAt: '2026-12-10T00:00:00.000Z',
        askFrom: '2026-12-10T00:00:00.000Z',
        asks: 0,
      });
    });

    it('tells the form only once it is authorised, where the regie wants that', () => {
      const quiet = settleAttempt(atTheBank(), '1', acceptance, { ...rules, isToldOnAcceptance: false });
      expect(quiet).not.toHaveProperty('notice');
      const paid = settleAttempt(quiet, '1', report('paid'), rules);
      expect(paid.notice).toMatchObject({ trigger: 'paid' });
    });

    it('authorised: paid, and no second notice', () => {
      const delivered = { ...accepted, notice: { trigger: 'paid', tries: 1 } as const };
      const paid = settleAttempt(delivered, '1', report('paid'), rules);
      expect(paid).toMatchObject({ state: 'paid', notice: { tries: 1 } });
      expect(paid.notice).not.toHaveProperty('nextAt');
    });

    const notified = (notice: Partial<Notice>): Item => ({
      ...accepted,
      notice: { trigger: 'paid', attemptId: '1', tries: 1, ...notice },
    });

    it('refused after the form was told: raised, and can be paid again, without a second notice', () => {
      const refused = settleAttempt(notified({ end: 'delivered' }), '1', report('refused'), rules);
      expect(refused).toMatchObject({ state: 'waiting', alerts: { '1': { kind: 'authorisation-failed' } } });
      expect(refused).not.toHaveProperty('lockedUntil');
      const paid = settleAttempt(refused, '1', report('paid'), rules);
      expect(paid.alerts).toEqual({
        '1': { kind: 'authorisation-failed', raisedAt: at('12:00:00'), closedAt: at('12:00:00') },
      });
      expect(paid.notice).toMatchObject({ end: 'delivered' });
    });

    it('refused while the form is being told: not told any more, raised since it may have heard, and told of what comes', () => {
      const refused = settleAttempt(notified({ nextAt: at('12:01:00') }), '1', report('refused'), rules);
      expect(refused).toMatchObject({
        notice: { end: 'withdrawn' },
        alerts: { '1': { kind: 'authorisation-failed' } },
      });
      expect(refused.notice).not.toHaveProperty('nextAt');
      expect(settleAttempt(refused, '1', report('paid'), rules).notice).toMatchObject({
        tries: 0,
        nextAt: at('12:00:00'),
      });
    });

    it.each(['failed', 'not-notifiable'] as const)(
      'refused after a notice that has ended %s: told of what comes',
      (end) => {
        const refused = settleAttempt(notified({ end, endedAt: at('11:00:00') }), '1', report('refused'), rules);
        expect(refused).toMatchObject({
          notice: { end: 'withdrawn' },
          alerts: { '1': { kind: 'authorisation-failed' } },
        });
        expect(settleAttempt(refused, '1', report('paid'), rules).notice).toMatchObject({ tries: 0 });
      },
    );

    it('refused before the form was told: forgotten, and nothing to raise', () => {
      const refused = settleAttempt(accepted, '1', report('refused'), rules);
      expect(refused).not.toHaveProperty('notice');
      expect(refused).not.toHaveProperty('alerts');
    });

    it('refused where the form hears only of what is authorised: nothing to raise', () => {
      const quiet = settleAttempt(atTheBank(), '1', acceptance, { ...rules, isToldOnAcceptance: false });
      expect(settleAttempt(quiet, '1', report('refused'), rules)).not.toHaveProperty('alerts');
    });

    it('of an item that was cancelled meanwhile: noted and asked about, and neither locks nor tells', () => {
      const item = settleAttempt(atTheBank({ state: 'cancelled' }), '1', acceptance, rules);
      expect(item).toMatchObject({ state: 'cancelled', lockedUntil: at('12:15:00') });
      expect(item.payments['1']).toMatchObject({ state: 'pending', askAt: '2026-12-10T00:00:00.000Z' });
      expect(item).not.toHaveProperty('notice');
    });

    it('of an attempt that had expired: noted, and locked once the other attempt is over', () => {
      const expired = closeAttempt(atTheBank(), '1', 'expired', decision);
      const next = openAttempt(expired, { ...newAttempt, startId: 'y' }, noon);
      const both = settleAttempt(next, '1', acceptance, rules);
      expect(both).toMatchObject({
        lockedBy: '2',
        payments: { '1': { state: 'pending', askAt: '2026-12-10T00:00:00.000Z' } },
      });
      const over = closeAttempt(both, '2', 'failed', decision);
      expect(over).toMatchObject({ lockedBy: '1', lockedUntil: '2026-12-17T00:00:00.000Z' });
      const alone = settleAttempt(expired, '1', acceptance, rules);
      expect(alone).toMatchObject({ lockedBy: '1', lockedUntil: '2026-12-17T00:00:00.000Z' });
      const again = closeAttempt(alone, '1', 'expired', decision);
      expect(settleAttempt(again, '1', acceptance, rules).payments['1']).toMatchObject({ state: 'expired' });
    });

    it('is taken once, however often it is said', () => {
      expect(settleAttempt(accepted, '1', acceptance, rules)).toBe(accepted);
      expect(settleAttempt(accepted, '1', report('pending'), rules)).toBe(accepted);
    });
  });
});

describe('checkReport', () => {
  it('takes a report of the attempt', () => {
    expect(() => checkReport(atTheBank(), '1', report('paid'))).not.toThrow();
  });

  it.each<[string, Partial<PaymentReport>]>([
    ['amount-differs', { amountCents: 1004 }],
    ['currency-differs', { currency: 'USD' }],
    ['shop-differs', { shop: 'autre' }],
    ['mode-differs', { mode: 'production' }],
    ['reference-differs', { reference: attemptReference(anItem().id, '2') }],
    ['message-malformed', { captureDate: '2027' }],
    ['message-malformed', { captureDate: '9999-12-30' }],
    ['message-malformed', { captureDate: '2028-01-01' }],
  ])('%s', (reason, change) => {
    expect(() => checkReport(atTheBank(), '1', report('paid', change))).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason }),
    );
  });

  it('unknown-attempt', () => {
    for (const id of ['2', 'toString']) {
      expect(() => checkReport(atTheBank(), id, report('paid'))).toThrow(
        expect.objectContaining({ code: 'unknown-attempt' }),
      );
    }
  });
});

describe('a question to the bank', () => {
  const due = atTheBank({}, { askAt: at('12:00:00') });

  it.each<[string, Partial<Item>, Partial<Attempt>, string[]]>([
    ['not yet', {}, {}, []],
    ['at its time', {}, { askAt: at('12:00:00') }, ['1']],
    ['at the end of the lock', { lockedUntil: at('12:00:00') }, {}, ['1']],
    ['not for the lock of another', { lockedUntil: at('12:00:00'), lockedBy: '2' }, {}, []],
  ])('is due %s', (_, change, attempt, expected) => {
    expect(dueAttempts(atTheBank(change, attempt), noon)).toEqual(expected);
  });

  it('is claimed for a minute, counted, and claimed once', () => {
    const claimed = claimQuestion(due, '1', 'c1', noon);
    expect(claimed.payments['1']).toMatchObject({ claimId: 'c1', askAt: at('12:01:00'), asks: 1 });
    expect(claimQuestion(claimed, '1', 'c1', noon)).toBe(claimed);
    expect(claimQuestion(claimed, '1', 'c2', noon)).toBe(claimed);
  });

  it('keeps a lock that has run out until it is answered', () => {
    const runOut = atTheBank({ lockedUntil: at('12:00:00') });
    expect(claimQuestion(runOut, '1', 'c1', noon)).toMatchObject({ lockedUntil: at('12:01:00') });
  });

  const followed = (item: Item, answer: Answer, claimId = 'c1') =>
    followQuestion(claimQuestion(item, '1', 'c1', noon), '1', { ...decision, claimId, answer });

  it('without an outcome is put again by the schedule', () => {
    const item = followed(due, 'none');
    expect(item.payments['1']).toMatchObject({ state: 'open', askAt: at('12:01:00') });
    expect(item.payments['1']).not.toHaveProperty('claimId');
    expect(item).toMatchObject({ lockedUntil: at('12:15:00') });
  });

  it('whose claim somebody else has taken over says nothing', () => {
    expect(followed(due, 'none', 'c2').payments['1']).toMatchObject({ claimId: 'c1' });
  });

  it.each<[Answer, number, string, string]>([
    ['doubted', 0, at('12:03:00'), at('12:01:00')],
    ['none', 0, at('12:03:00'), at('12:01:00')],
    ['pending', 0, at('12:03:00'), at('12:01:00')],
    ['pending', 2, at('12:17:00'), at('12:15:00')],
    ['none', 4, at('13:00:00'), at('12:58:00')],
  ])(
    'at the end of the lock, answered %s after %i others: locked until %s, and asked before, at %s',
    (answer, asks, until, next) => {
      const item = followed(atTheBank({ lockedUntil: at('12:00:00') }, { asks }), answer);
      expect(item).toMatchObject({ lockedUntil: until, payments: { '1': { askAt: next } } });
    },
  );

  it('before the end of the lock, when the bank is at work, prolongs a lock that would end before the next', () => {
    const item = followed(atTheBank({ lockedUntil: at('12:05:00') }, { askAt: at('12:00:00'), asks: 1 }), 'pending');
    expect(item).toMatchObject({ lockedUntil: at('12:07:00'), payments: { '1': { askAt: at('12:05:00') } } });
  });

  it('at the end of the lock, when nothing has happened at the bank: expired, free, and asked on', () => {
    const item = followed(atTheBank({ lockedUntil: at('12:00:00') }), 'open');
    expect(item).not.toHaveProperty('lockedUntil');
    expect(item.payments['1']).toMatchObject({ state: 'expired', askAt: at('12:01:00') });
  });

  it('is not put for more than a week: then the attempt is over', () => {
    const old = atTheBank(
      { lockedUntil: at('12:00:00') },
      { state: 'pending', asks: 40, askFrom: '2026-11-16T12:00:00.000Z' },
    );
    const item = followed(old, 'pending');
    expect(item).not.toHaveProperty('lockedUntil');
    expect(item.payments['1']).toMatchObject({ state: 'expired' });
    expect(item.payments['1']).not.toHaveProperty('askAt');
  });

  describe('answered with what is not believed', () => {
    it('is noted, from the first time; silence does not undo it, and a word that is believed does', () => {
      const doubted = followed(due, 'doubted');
      expect(doubted).toMatchObject({ lockedBy: '1', payments: { '1': { state: 'open', doubtedAt: at('12:00:00') } } });
      const later = { ...decision, now: new Date('2026-11-23T12:05:00.000Z'), claimId: 'c2' };
      const again = (answer: Answer) =>
        followQuestion(claimQuestion(doubted, '1', 'c2', later.now), '1', { ...later, answer }).payments['1'];
      expect(again('none')).toMatchObject({ doubtedAt: at('12:00:00') });
      expect(again('doubted')).toMatchObject({ doubtedAt: at('12:00:00') });
      expect(again('pending')).not.toHaveProperty('doubtedAt');
      const paid = settleAttempt(doubted, '1', report('paid'), rules);
      expect(paid.payments['1']).not.toHaveProperty('doubtedAt');
    });

    it.each<Answer>(['doubted', 'none'])(
      'for a week, and then %s, is for people to find out: nobody pays a second time',
      (answer) => {
        const change = { doubtedAt: '2026-11-17T12:00:00.000Z', asks: 40, askFrom: '2026-11-16T12:00:00.000Z' };
        const item = followed(atTheBank({ lockedUntil: at('12:00:00') }, change), answer);
        expect(item).toMatchObject({
          state: 'waiting',
          payments: { '1': { state: 'expired' } },
          alerts: { '1': { kind: 'authorisation-unconfirmed' } },
        });
        expect(item).not.toHaveProperty('lockedUntil');
        expect(() => openAttempt(item, { ...newAttempt, startId: 'y' }, noon)).toThrow(
          expect.objectContaining({ code: 'payment-in-progress' }),
        );
        const known = closeAlert(item, '1', noon);
        expect(openAttempt(known, { ...newAttempt, startId: 'y' }, noon)).toMatchObject({ lockedBy: '2' });
      },
    );

    it('locks a free item again: what had expired may have been paid', () => {
      const given = atTheBank({}, { state: 'expired', askAt: at('12:00:00') });
      const { lockedBy, lockedUntil, ...free } = given;
      expect(followed(free, 'doubted')).toMatchObject({
        lockedBy: '1',
        lockedUntil: at('13:00:00'),
        payments: { '1': { state: 'pending', doubtedAt: at('12:00:00') } },
      });
      const other = { ...given, lockedBy: '2', payments: { ...given.payments, '2': anAttempt() } };
      expect(followed(other, 'doubted')).toMatchObject({ lockedBy: '2', payments: { '1': { state: 'expired' } } });
      expect(followed({ ...free, state: 'paid' }, 'doubted')).not.toHaveProperty('lockedBy');
    });
  });

  it('that nobody answers for a week after the capture day of an accepted payment raises it', () => {
    const accepted = settleAttempt(atTheBank(), '1', report('accepted', { captureDate: '2026-12-10' }), rules);
    const now = new Date('2026-12-17T00:00:00.000Z');
    const claimed = claimQuestion(accepted, '1', 'c1', now);
    const item = followQuestion(claimed, '1', { now, claimId: 'c1', answer: 'none' });
    expect(item).toMatchObject({
      payments: { '1': { state: 'expired' } },
      alerts: { '1': { kind: 'authorisation-unconfirmed' } },
    });
    expect(() => openAttempt(item, { ...newAttempt, startId: 'y' }, now)).toThrow(
      expect.objectContaining({ code: 'payment-in-progress' }),
    );
  });
});

describe('closeAlert', () => {
  const raised = settleAttempt(atTheBank({ state: 'cancelled' }), '1', report('paid'), rules);

  it('notes when people had dealt with it, once', () => {
    const closed = closeAlert(raised, '1', noon);
    expect(closed.alerts?.['1']).toEqual({
      kind: 'money-to-refund',
      raisedAt: at('12:00:00'),
      closedAt: at('12:00:00'),
    });
    expect(closeAlert(closed, '1', noon)).toBe(closed);
  });

  it('changes nothing where there is none', () => {
    expect(closeAlert(raised, '2', noon)).toBe(raised);
  });
});
