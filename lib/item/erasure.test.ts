import { describe, expect, it } from 'vitest';
import { anAttempt, anItem, noon } from '../../tests/builders.ts';
import {
  eraseAttemptEmails,
  eraseItem,
  isEmailAtAttempt,
  isErasureBlocked,
  isErasureDue,
  isOwnedBy,
  userNamed,
} from './erasure.ts';
import { earliestDue, type Item, nextVersion } from './item.ts';

const context = { now: noon, recordDays: 10 };
const paid = anItem({
  state: 'paid',
  paidAt: '2025-10-01T12:00:00.000Z',
  paidBy: '2',
  payments: {
    1: anAttempt({ state: 'refused', email: 'payeur@example.org' }),
    2: anAttempt({ state: 'paid', email: 'payeur@example.org', bankTransactionId: 't-14' }),
  },
  notice: { trigger: 'paid', attemptId: '2', tries: 1, end: 'delivered', endedAt: '2025-10-01T12:00:05.000Z' },
});

describe('isErasureDue', () => {
  it.each([
    ['2026-11-23T12:00:00.000Z', true],
    ['2026-11-23T12:00:00.001Z', false],
    [undefined, false],
  ])('eraseAt %s, at noon: %s', (eraseAt, expected) => {
    const { eraseAt: _, ...item } = anItem();
    expect(isErasureDue({ ...item, ...(eraseAt === undefined ? {} : { eraseAt }) }, noon)).toBe(expected);
  });

  it.each([
    ['is telling it', { claimId: 'c', nextAt: '2026-11-23T12:00:00.001Z' }, false],
    ['died while it told it, a minute ago', { claimId: 'c', nextAt: '2026-11-23T12:00:00.000Z' }, true],
    ['will tell it', { nextAt: '2026-11-23T18:00:00.000Z' }, true],
    ['has told it', { end: 'delivered' as const }, true],
  ])('to a form, a run %s: %s', (_, change, expected) => {
    const item = anItem({ notice: { trigger: 'paid', tries: 1, ...change }, eraseAt: '2026-11-23T12:00:00.000Z' });
    expect(isErasureDue(item, noon)).toBe(expected);
  });
});

describe('eraseItem', () => {
  it('leaves the accounting facts of a paid item, and nothing that tells whose it was', () => {
    const erased = nextVersion(paid, eraseItem(paid, context), 400);
    const { nameId, email, label, url, eraseAt, dueAt, ...facts } = paid;
    expect(erased).toEqual({
      ...facts,
      version: 2,
      payments: {
        1: anAttempt({ state: 'refused' }),
        2: anAttempt({ state: 'paid', bankTransactionId: 't-14' }),
      },
      updatedAt: '2026-11-23T12:00:00.000Z',
      erasedAt: '2026-11-23T12:00:00.000Z',
      ttlEpochSeconds: 1_796_299_200,
    });
    expect(earliestDue(erased)).toBeUndefined();
    expect(JSON.stringify(erased)).not.toMatch(/ab1c2d3e|rungis|payeur|Cantine|demarches\.example\.org\//);
  });

  it('closes an item that still waits, and tells nobody', () => {
    expect(eraseItem(anItem(), context)).toMatchObject({
      state: 'cancelled',
      cancelledAt: '2026-11-23T12:00:00.000Z',
      cancelledBy: 'erasure',
    });
    expect(eraseItem(anItem(), context).notice).toBeUndefined();
  });

  it.each<[string, Partial<Item>]>([
    ['the item is locked', { lockedBy: '1', lockedUntil: '2026-11-23T12:00:00.001Z' }],
    [
      'an attempt whose lock has run out is open',
      { lockedBy: '1', lockedUntil: '2026-11-23T12:00:00.000Z', payments: { 1: anAttempt() } },
    ],
    [
      'the bank is asked about an attempt',
      { payments: { 1: anAttempt({ state: 'pending', askAt: '2026-11-23T18:00:00.000Z' }) } },
    ],
    ['a form is to be told', { notice: { trigger: 'paid', tries: 0, nextAt: '2026-11-23T18:00:00.000Z' } }],
  ])('is put off by a day when %s', (_, change) => {
    const item = anItem({ ...change, eraseAt: '2026-11-23T12:00:00.000Z' });
    expect(isErasureBlocked(item, noon)).toBe(true);
    expect(eraseItem(item, context)).toEqual({ ...item, eraseAt: '2026-11-24T12:00:00.000Z' });
  });
});

describe('isErasureBlocked', () => {
  it('not by a payment that nobody follows: accepted after the item was cancelled, at a bank that cannot be asked', () => {
    const item = anItem({ state: 'cancelled', nameId: 'ab1c2d3e', payments: { 1: anAttempt({ state: 'pending' }) } });
    expect(isErasureBlocked(item, noon)).toBe(false);
    expect(eraseItem(item, context)).not.toHaveProperty('nameId');
  });
});

describe('whose data an item holds', () => {
  it.each([
    ['ab1c2d3e', true, false],
    [' ab1c2d3e ', true, false],
    ['AB1C2D3E', false, false],
    ['Gerard.Lambert@Rungis.fr', true, false],
    ['Payeur@example.org', false, true],
    ['somebody', false, false],
  ])('%s', (name, isOwner, isPayer) => {
    const user = userNamed(name);
    expect([isOwnedBy(paid, user), isEmailAtAttempt(paid, user)]).toEqual([isOwner, isPayer]);
  });

  it('a name is folded as the calls fold it', () => {
    expect(userNamed(' Jean \n Dup\u00ADont\u200B ')).toEqual({ nameId: 'Jean Dupont', email: 'jean dupont' });
  });

  it('an email given to pay is erased alone', () => {
    const erased = eraseAttemptEmails(paid, userNamed('payeur@example.org'));
    expect(erased).toEqual({
      ...paid,
      payments: { 1: anAttempt({ state: 'refused' }), 2: anAttempt({ state: 'paid', bankTransactionId: 't-14' }) },
    });
    expect(eraseAttemptEmails(paid, userNamed('other@example.org'))).toBe(paid);
  });

  it('an email at a payment under way stays, with the order that the bank was given', () => {
    const redirect = {
      method: 'POST',
      url: 'https://bank.example/',
      fields: { vads_cust_email: 'payeur@example.org' },
    } as const;
    const busy = anItem({ payments: { 1: anAttempt({ email: 'payeur@example.org', redirect }) } });
    expect(eraseAttemptEmails(busy, userNamed('payeur@example.org'))).toBe(busy);
    const unfollowed = anItem({
      payments: { 1: anAttempt({ state: 'pending', email: 'payeur@example.org', redirect }) },
    });
    expect(JSON.stringify(eraseItem(unfollowed, context).payments)).not.toContain('payeur');
  });
});
