import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../lib/item/attempt.ts';
import { anAttempt, anItem, noon } from '../../tests/builders.ts';
import { listAlerts, listItems, tellItem } from './itemStory.ts';

const id = '7zzzzzzzzzzzzzzzzzzzzzzzzz';

/** French amounts are written with spaces that do not break. */
function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ');
}

const refundable = anItem({
  state: 'cancelled',
  cancelledAt: '2026-11-23T12:10:00.000Z',
  cancelledBy: 'citizen',
  captureDate: '2026-12-01',
  notice: { trigger: 'cancelled', tries: 1, nextAt: '2026-11-23T11:59:00.000Z' },
  lockedBy: '2',
  lockedUntil: '2026-11-23T12:15:00.000Z',
  payments: {
    2: anAttempt({
      createdAt: '2026-11-23T11:30:00.000Z',
      email: 'marie.durand@example.org',
      redirect: { method: 'GET', url: 'https://bank.example.org/pay?token=s3cr3t' },
      sessionEndsAt: '2026-11-23T11:40:00.000Z',
      askAt: '2026-11-23T12:00:00.000Z',
      asks: 3,
    }),
    1: anAttempt({
      state: 'paid',
      createdAt: '2026-11-23T10:00:00.000Z',
      bankReference: 'session-14',
      bankTransactionId: '812345',
      bankTransactionDate: '2026-11-23T10:04:00.000Z',
      acceptedAt: '2026-11-23T10:05:00.000Z',
      captureDate: '2026-12-01',
      settledAt: '2026-11-23T10:06:00.000Z',
      bankData: { holder: 's3cr3t' },
    }),
  },
  alerts: {
    1: { kind: 'money-to-refund', raisedAt: '2026-11-23T10:06:00.000Z' },
    2: {
      kind: 'authorisation-failed',
      raisedAt: '2026-11-23T09:00:00.000Z',
      closedAt: '2026-11-23T09:30:00.000Z',
    },
  },
});

describe('tellItem', () => {
  it('tells all of an item, its attempts by number and what it owes by time', () => {
    expect(plain(tellItem(refundable, noon))).toBe(`Item 7zzzzzzzzzzzzzzzzzzzzzzzzz
  label         Cantine de novembre
  amount        10,05 €
  regie         cantine
  service       demarches.example.org
  form          https://demarches.example.org/cantine/14/
  capture date  2026-12-01
  cancellable   yes
  owner         NameId ab…3e, email g…@rungis.fr
  added         2026-11-23 13:00:00
  changed       2026-11-23 13:00:00
  state         cancelled since 2026-11-23 13:10:00, by citizen
  situation     cancelled

Attempt 1
  state                paid
  bank                 sandbox, test, shop cantine
  our reference there  7zzzzzzzzzzzzzzzzzzzzzzzzz01
  bank reference       session-14
  bank transaction     812345
  transaction date     2026-11-23 11:04:00
  opened               2026-11-23 11:00:00
  accepted             2026-11-23 11:05:00
  capture date         2026-12-01
  settled              2026-11-23 11:06:00

Attempt 2
  state                open
  bank                 sandbox, test, shop cantine
  our reference there  7zzzzzzzzzzzzzzzzzzzzzzzzz02
  email                m…@example.org
  opened               2026-11-23 12:30:00
  session ends         2026-11-23 12:40:00
  questions put        3
  next question        2026-11-23 13:00:00

Lock, notice, alerts
  lock                by attempt 2, until 2026-11-23 13:15:00
  notice              cancelled, tries: 1, next 2026-11-23 12:59:00
  alert of attempt 1  money to refund; raised 2026-11-23 11:06:00, not closed
  alert of attempt 2  authorisation failed after the form was, or may have been, told; raised 2026-11-23 10:00:00, closed 2026-11-23 10:30:00

What is due
  2026-11-23 12:59:00  the form is told: cancelled        OVERDUE
  2026-11-23 13:00:00  the bank is asked about attempt 2  OVERDUE
  2026-11-23 13:15:00  the lock of attempt 2 ends
  2027-12-28 13:00:00  personal data is erased

Times are those of Paris: UTC+1 in winter, UTC+2 in summer.`);
  });

  it('says of an item that nobody tried to pay only what there is', () => {
    const { nameId, email, url, ...nobodys } = anItem({ cancellable: false });
    const told = plain(tellItem(nobodys, noon));
    expect(told).toContain('owner        nobody any more: erased\n');
    expect(told).toContain('state        waiting since 2026-11-23 13:00:00\n  situation    unpaid\n\nWhat is due\n');
    expect(told).toContain('  2027-12-28 13:00:00  personal data is erased\n');
    expect(told).not.toMatch(/undefined|Attempt|OVERDUE|form/);
  });

  it.each([
    [
      { state: 'paid', paidAt: '2026-11-23T11:00:00.000Z', paidBy: '1' },
      /state +paid since 2026-11-23 12:00:00, by attempt 1\n {2}situation +paid\n/,
    ],
    [{ state: 'waiting' }, /state +waiting since 2026-11-23 13:00:00\n {2}situation +refused\n/],
  ] as const)('says since when and by whom: %j', (change, state) => {
    const item = anItem({
      ...change,
      payments: { 1: anAttempt({ state: change.state === 'paid' ? 'paid' : 'refused' }) },
    });
    expect(tellItem(item, noon)).toMatch(state);
  });

  it('tells a lock that holds from one that has run out', () => {
    const item = anItem({ lockedBy: '1', lockedUntil: '2026-11-23T12:15:00.000Z', payments: { 1: anAttempt() } });
    expect(tellItem(item, noon)).toContain('by attempt 1, until 2026-11-23 13:15:00');
    const later = tellItem(item, new Date('2026-11-23T12:15:00.000Z'));
    expect(later).toContain('by attempt 1, has run out: 2026-11-23 13:15:00');
    expect(later).toContain('2026-11-23 13:15:00  the lock of attempt 1 ends  OVERDUE');
  });
});

describe('listItems', () => {
  it('has a line for each item', () => {
    const item = anItem({
      label: 'Abonnement annuel au cours de pétanque du samedi',
      payments: { 1: anAttempt({ state: 'refused' }) },
      updatedAt: '2026-11-23T12:30:00.000Z',
    });
    expect(plain(listItems({ items: [item], total: 1 }, noon)).split('\n')).toEqual([
      'ID                          STATE    SITUATION  AMOUNT   REGIE    LABEL                                     ADDED                CHANGED',
      `${id}  waiting  refused    10,05 €  cantine  Abonnement annuel au cours de pétanque …  2026-11-23 13:00:00  2026-11-23 13:30:00`,
      'Times are those of Paris: UTC+1 in winter, UTC+2 in summer.',
    ]);
  });

  it('says when there are more', () => {
    expect(listItems({ items: [anItem()], total: 1 }, noon)).not.toContain('newest');
    expect(listItems({ items: [anItem()], total: 7 }, noon)).toContain('These are the newest 1 of 7:');
  });

  it('says when there is none', () => {
    expect(listItems({ items: [], total: 0 }, noon)).toBe('No item matches.');
  });
});

describe('listAlerts', () => {
  it('has a line for each open alert, the oldest first', () => {
    const failed = anItem({
      id: '6zzzzzzzzzzzzzzzzzzzzzzzzz',
      alerts: { 12: { kind: 'authorisation-failed', raisedAt: '2026-11-23T10:05:59.000Z' } },
    });
    expect(plain(listAlerts([refundable, failed])).split('\n')).toEqual([
      'ID                          ATTEMPT  REFERENCE AT THE BANK         TRANSACTION  AMOUNT   REGIE    RAISED               WHAT',
      '6zzzzzzzzzzzzzzzzzzzzzzzzz  12       6zzzzzzzzzzzzzzzzzzzzzzzzz12               10,05 €  cantine  2026-11-23 11:05:59  authorisation failed after the form was, or may have been, told',
      '7zzzzzzzzzzzzzzzzzzzzzzzzz  1        7zzzzzzzzzzzzzzzzzzzzzzzzz01  812345       10,05 €  cantine  2026-11-23 11:06:00  money to refund',
      'Times are those of Paris: UTC+1 in winter, UTC+2 in summer.',
      'Once one is dealt with: npm run item -- close-alert <id> <attempt>',
    ]);
  });

  it('has what is owed back, where that is not the amount of the item', () => {
    const excess = { kind: 'money-to-refund', amountCents: 400, raisedAt: '2026-11-23T10:05:59.000Z' } as const;
    const item = anItem({ state: 'paid', alerts: { 1: excess }, payments: { 1: anAttempt({ state: 'paid' }) } });
    expect(plain(listAlerts([item]))).toContain(' 4,00 €  cantine');
    expect(plain(tellItem(item, noon))).toContain('money to refund, 4,00 €; raised');
  });

  it('says when there is none', () => {
    expect(listAlerts([anItem()])).toBe('There is no open alert: nothing to refund.');
  });
});

describe('an attempt that nobody will ask about', () => {
  const item = (attempt: Partial<Attempt>) =>
    tellItem(
      anItem({ payments: { '1': anAttempt({ bank: 'payzen', sessionEndsAt: noon.toISOString(), ...attempt }) } }),
      noon,
    );

  it('says since when the answers of its bank are not believed', () => {
    const doubted = { state: 'pending', doubtedAt: noon.toISOString(), askAt: noon.toISOString() } as const;
    expect(item(doubted)).toContain('not believed since   2026-11-23 13:00:00');
  });

  it('says what a person does', () => {
    expect(item({ state: 'expired' })).toContain('replay the notification');
    expect(item({ state: 'open', bank: 'payfip' })).toContain('ask the bank, by our reference there');
  });

  it.each([{ state: 'paid' }, { state: 'refused' }, { state: 'expired', askAt: noon.toISOString() }] as const)(
    'is not one with %j',
    (attempt) => {
      expect(item(attempt)).not.toContain('to find out');
    },
  );
});
