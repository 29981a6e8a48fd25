import { describe, expect, it } from 'vitest';
import { anAttempt, anItem, noon } from '../../tests/builders.ts';
import type { Item } from '../item/item.ts';
import type { Notice } from '../item/notice.ts';
import type { TryOutcome, TryReading } from './formAnswer.ts';
import { claimNotice, noticeBody, putOffNotice, recordTry, redeliverNotice } from './notices.ts';

const at = (time: string) => `2026-11-23T${time}.000Z`;
const owing = (notice: Partial<Notice> = {}): Item =>
  anItem({ state: 'paid', notice: { trigger: 'paid', attemptId: '1', tries: 0, nextAt: at('12:00:00'), ...notice } });
const reading = (outcome: TryOutcome, change: Partial<TryReading> = {}): TryReading => ({
  outcome,
  reason: 'HTTP 500',
  mayHaveHeard: false,
  isNetworkFailure: false,
  ...change,
});
const ended = (outcome: TryOutcome, change: Partial<TryReading> = {}) => ({
  claimId: 'c1',
  reading: reading(outcome, change),
  durationMs: 42,
  now: new Date(at('12:00:05')),
  chance: 0,
  keyCount: 2,
});

describe('claimNotice', () => {
  it('counts the try as one that may be heard, for a minute', () => {
    expect(claimNotice(owing(), 'c1', noon).notice).toEqual({
      trigger: 'paid',
      attemptId: '1',
      tries: 1,
      claimId: 'c1',
      nextAt: at('12:01:00'),
      firstTriedAt: at('12:00:00'),
      log: [{ at: at('12:00:00'), outcome: 'unknown' }],
    });
  });

  it('is one at a time, and only when due', () => {
    const claimed = claimNotice(owing(), 'c1', noon);
    expect(claimNotice(claimed, 'c1', noon)).toBe(claimed);
    expect(claimNotice(claimed, 'c2', noon)).toBe(claimed);
    const later = owing({ nextAt: at('12:00:01') });
    expect(claimNotice(later, 'c1', noon)).toBe(later);
    const over = anItem();
    expect(claimNotice(over, 'c1', noon)).toBe(over);
  });

  it('takes a claim that was never recorded for one that may have been heard', () => {
    const crashed = claimNotice(owing(), 'c1', noon);
    expect(claimNotice(crashed, 'c2', new Date(at('12:01:00'))).notice).toMatchObject({
      claimId: 'c2',
      tries: 2,
      mayHaveHeard: true,
    });
  });

  it('keeps thirty tries', () => {
    const log = Array.from({ length: 30 }, () => ({ at: at('11:00:00'), outcome: 'retry' as const }));
    expect(claimNotice(owing({ log }), 'c1', noon).notice?.log).toHaveLength(30);
  });
});

describe('recordTry', () => {
  const claimed = claimNotice(owing(), 'c1', noon);

  it.each(['delivered', 'presumed-delivered'] as const)('%s: nothing is owed any more', (outcome) => {
    const { notice } = recordTry(claimed, ended(outcome, { reason: 'HTTP 200' }));
    expect(notice).toMatchObject({ end: outcome, endedAt: at('12:00:05'), tries: 1 });
    expect(notice).not.toHaveProperty('nextAt');
    expect(notice).not.toHaveProperty('claimId');
    expect(notice?.log).toEqual([{ at: at('12:00:00'), outcome, reason: 'HTTP 200', durationMs: 42 }]);
  });

  it.each(['retry', 'unknown', 'refused', 'wrong-key'] as const)('%s: again in a minute', (outcome) => {
    const { notice } = recordTry(claimed, ended(outcome));
    expect(notice).toMatchObject({ nextAt: at('12:01:05'), tries: 1 });
    expect(notice).not.toHaveProperty('claimId');
    expect(notice).not.toHaveProperty('mayHaveHeard');
    expect(notice?.keyIndex).toBe(outcome === 'wrong-key' ? 1 : undefined);
  });

  it.each(['unknown', 'refused'] as const)(
    '%s: of a form that may have heard, which no later try takes back',
    (outcome) => {
      const open = recordTry(claimed, ended(outcome, { mayHaveHeard: true }));
      expect(open.notice).toMatchObject({ mayHaveHeard: true, nextAt: at('12:01:05') });
      const later = new Date(at('12:01:05'));
      const again = recordTry(claimNotice(open, 'c2', later), { ...ended('retry'), claimId: 'c2', now: later });
      expect(again.notice).toMatchObject({ mayHaveHeard: true, tries: 2 });
    },
  );

  it('gives a form up two hours after it began to answer oddly, though it may have heard', () => {
    const odd = claimNotice(
      owing({ firstTriedAt: at('09:00:00'), refusedSince: at('10:00:00'), tries: 6 }),
      'c1',
      noon,
    );
    expect(recordTry(odd, ended('refused', { mayHaveHeard: true })).notice).toMatchObject({ end: 'failed' });
  });

  it('goes back to the first key after the last', () => {
    const second = claimNotice(owing({ keyIndex: 1 }), 'c1', noon);
    expect(recordTry(second, ended('wrong-key')).notice).toMatchObject({ keyIndex: 0 });
  });

  it('gives a form up in the end', () => {
    const old = claimNotice(owing({ firstTriedAt: '2026-11-20T12:00:00.000Z', tries: 16 }), 'c1', noon);
    expect(recordTry(old, ended('retry')).notice).toMatchObject({ end: 'failed', tries: 17 });
    const refused = claimNotice(
      owing({ firstTriedAt: at('09:00:00'), refusedSince: at('10:00:00'), tries: 6 }),
      'c1',
      noon,
    );
    expect(recordTry(refused, ended('refused')).notice).toMatchObject({ end: 'failed' });
    const lately = claimNotice(owing({ firstTriedAt: at('09:00:00'), tries: 6 }), 'c1', noon);
    expect(recordTry(lately, ended('refused')).notice).toMatchObject({
      refusedSince: at('12:00:05'),
      nextAt: at('14:00:05'),
    });
    const calm = claimNotice(
      owing({ firstTriedAt: at('09:00:00'), refusedSince: at('10:00:00'), tries: 6 }),
      'c1',
      noon,
    );
    expect(recordTry(calm, ended('retry')).notice).not.toHaveProperty('refusedSince');
  });

  it('says nothing of a try that somebody else has claimed meanwhile', () => {
    const other = claimNotice(owing(), 'c2', noon);
    expect(recordTry(other, ended('delivered'))).toBe(other);
  });
});

describe('putOffNotice', () => {
  it('leaves it for five to ten minutes, uncounted', () => {
    expect(putOffNotice(owing(), 'host-down', { now: noon, chance: 0.5 }).notice).toMatchObject({
      tries: 0,
      nextAt: at('12:07:30'),
    });
  });

  it('takes up the next run what this one had no time for, and a claim that was never recorded for one that may be heard', () => {
    const crashed = claimNotice(owing(), 'c1', noon);
    const { notice } = putOffNotice(crashed, 'no-time', { now: new Date(at('12:01:00')), chance: 0.5 });
    expect(notice).toMatchObject({ tries: 1, nextAt: at('12:02:00'), mayHaveHeard: true });
    expect(notice).not.toHaveProperty('claimId');
  });

  it('leaves alone what is not due', () => {
    const claimed = claimNotice(owing(), 'c1', noon);
    expect(putOffNotice(claimed, 'no-time', { now: noon, chance: 0 })).toBe(claimed);
  });
});

describe('redeliverNotice', () => {
  it('starts again, and keeps what was tried', () => {
    const failed = owing({ end: 'failed', endedAt: at('11:00:00'), tries: 17, firstTriedAt: at('09:00:00') });
    const { nextAt, ...rest } = failed.notice as Notice;
    const { notice } = redeliverNotice({ ...failed, notice: rest }, noon);
    expect(notice).toEqual({ trigger: 'paid', attemptId: '1', tries: 17, triedBefore: 17, nextAt: at('12:00:00') });
    const again = recordTry(claimNotice({ ...failed, notice: notice as Notice }, 'c1', noon), ended('retry'));
    expect(again.notice).toMatchObject({ tries: 18, nextAt: at('12:01:05') });
  });

  it('takes a form that has heard for one that may have: it answers 404 then', () => {
    const delivered = { ...owing(), notice: { trigger: 'paid', tries: 1, end: 'delivered' } } as const;
    expect(redeliverNotice(delivered, noon).notice).toMatchObject({ mayHaveHeard: true });
    const crashed = claimNotice(owing(), 'c1', noon);
    expect(redeliverNotice(crashed, new Date(at('12:02:00'))).notice).toMatchObject({ mayHaveHeard: true });
  });

  it('waits for a try that is under way, and has nothing to do where nothing was owed', () => {
    const claimed = claimNotice(owing(), 'c1', noon);
    expect(redeliverNotice(claimed, noon)).toBe(claimed);
    const quiet = anItem();
    expect(redeliverNotice(quiet, noon)).toBe(quiet);
  });

  it('tells no form what is not true any more', () => {
    const withdrawn = { ...owing(), notice: { trigger: 'paid', tries: 3, end: 'withdrawn' } } as const;
    expect(redeliverNotice(withdrawn, noon)).toBe(withdrawn);
  });
});

describe('noticeBody', () => {
  it('names the transaction, the order and what the bank said', () => {
    const facts = { bankTransactionId: 't1', bankTransactionDate: at('12:00:00'), bankData: { status: 'paid' } };
    const payments = { '1': anAttempt({ state: 'paid', bankReference: 'b1', ...facts }) };
    expect(JSON.parse(noticeBody({ ...owing(), payments }))).toEqual({
      result: 'ok',
      transaction_id: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      order_id: 'b1',
      bank_transaction_id: 't1',
      bank_transaction_date: '2026-11-23T12:00:00.000Z',
      bank_data: { status: 'paid' },
    });
  });

  it('of a cancellation says that it is one', () => {
    expect(noticeBody(anItem({ notice: { trigger: 'cancelled', tries: 0 } }))).toBe('{"result":"ok"}');
  });

  it('tells of the same attempt on each try, also when another one paid meanwhile', () => {
    const payments = { '1': anAttempt({ state: 'pending' }), '2': anAttempt({ state: 'paid' }) };
    expect(noticeBody({ ...owing(), payments, paidBy: '2' })).toContain('7zzzzzzzzzzzzzzzzzzzzzzzzz01');
  });
});
