import { describe, expect, it } from 'vitest';
import type { Item } from '../lib/item/item.ts';
import type { HeardCall, Reason } from '../standins/forms/form.ts';
import { anAttempt, anItem } from '../tests/builders.ts';
import { addVerdicts, type BankRow, type Evidence, type Journal, judge, noVerdict } from './verdict.ts';

const id = '7zzzzzzzzzzzzzzzzzzzzzzzzz';
const url = 'https://demarches.example.org/cantine/14/';

/** An item that was added once, paid once, and whose form has heard so. */
const paid = anItem({
  id,
  url,
  state: 'paid',
  paidBy: '1',
  payments: { '1': anAttempt({ state: 'paid' }) },
  notice: { trigger: 'paid', attemptId: '1', tries: 1, end: 'delivered' },
});
const bankRow: BankRow = {
  id: `${id}01`,
  amountCents: 1005,
  sessionEndsAt: '2026-11-23T12:10:00.000Z',
  outcome: 'paid',
  decidedAt: '2026-11-23T12:01:00.000Z',
};

function aCall(reason: Reason, trigger = 'paid'): HeardCall {
  return {
    trigger,
    method: 'POST',
    body: { transaction_id: `${id}01` },
    query: {},
    headers: { accept: undefined, 'content-type': undefined, 'user-agent': undefined },
    at: new Date('2026-11-23T12:02:00.000Z'),
    verdict: { status: 200, reason },
  };
}

function aJournal(heard: readonly HeardCall[], isLost = false): Journal {
  return { url, heard, isLost: () => isLost };
}

function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    items: [paid],
    payments: [bankRow],
    additions: [{ label: 'Cantine de novembre', ids: [id] }],
    journals: [aJournal([aCall('accepted')])],
    ...change,
  };
}

const withItem = (change: Partial<Item>): Evidence => evidence({ items: [{ ...paid, ...change }] });

/** How many cases of each kind there are. */
function counts(given: Evidence): Record<string, number> {
  const found = Object.entries(judge(given)).filter(([, sentences]) => sentences.length > 0);
  return Object.fromEntries(found.map(([kind, sentences]) => [kind, sentences.length]));
}

describe('judge', () => {
  it('finds nothing where all is as it must be', () => {
    expect(counts(evidence())).toEqual({});
  });

  it.each<[string, Evidence, Record<string, number>]>([
    ['an item without a row', evidence({ additions: [{ label: 'x', ids: ['7'.repeat(26)] }] }), { itemsLost: 1 }],
    [
      'two rows of one signed URL',
      evidence({ items: [paid, { ...paid, id: '7'.repeat(26), payments: { '1': anAttempt() }, state: 'cancelled' }] }),
      { itemsDoubled: 1 },
    ],
    [
      'two successes of one signed URL',
      evidence({ additions: [{ label: 'Cantine de novembre', ids: [id, id] }] }),
      { itemsDoubled: 1 },
    ],
    [
      'a form called again for nothing',
      evidence({ journals: [aJournal([aCall('accepted'), aCall('unknown-trigger')])] }),
      { formsToldTwice: 1 },
    ],
    [
      'money that the bank alone has',
      withItem({ payments: { '1': anAttempt({ state: 'expired' }) }, state: 'waiting' }),
      { moneyUnaccounted: 2 },
    ],
    ['money that the bank has not', evidence({ payments: [] }), { moneyUnaccounted: 1 }],
    [
      'money for nothing, without an alert',
      withItem({ payments: { '1': anAttempt({ state: 'paid' }), '2': anAttempt({ state: 'paid' }) } }),
      { moneyUnaccounted: 2 },
    ],
    [
      'a form that was told of no payment',
      evidence({ journals: [aJournal([{ ...aCall('accepted'), body: { transaction_id: `${id}02` } }])] }),
      { moneyUnaccounted: 1 },
    ],
    ['a form that has not heard', evidence({ journals: [aJournal([aCall('fault')])] }), { formsNotTold: 1 }],
    [
      'an alarm of a form that has heard',
      withItem({ notice: { trigger: 'paid', attemptId: '1', tries: 7, end: 'failed' } }),
      { falseAlarms: 1 },
    ],
  ])('finds %s', (_, given, expected) => {
    expect(counts(given)).toEqual(expected);
  });

  it.each<[string, Evidence]>([
    [
      'a form called again after its answer was lost',
      evidence({ journals: [aJournal([aCall('accepted'), aCall('unknown-trigger')], true)] }),
    ],
    [
      'a bank whose messages are wrong',
      evidence({
        payments: [{ ...bankRow, amountCents: 90008 }],
        items: [{ ...paid, state: 'waiting', payments: { '1': anAttempt() } }],
        journals: [],
      }),
    ],
    [
      'money that is to be refunded',
      evidence({
        items: [
          {
            ...paid,
            payments: { ...paid.payments, '2': anAttempt({ state: 'paid' }) },
            alerts: { '2': { kind: 'money-to-refund', raisedAt: '2026-11-23T12:03:00.000Z' } },
          },
        ],
        payments: [bankRow, { ...bankRow, id: `${id}02` }],
      }),
    ],
  ])('takes no offence at %s', (_, given) => {
    expect(counts(given)).toEqual({});
  });

  it('adds the verdicts of several runs', () => {
    const one = judge(evidence({ payments: [] }));
    expect(addVerdicts(addVerdicts(noVerdict, one), one).moneyUnaccounted).toHaveLength(2);
  });
});
