import { describe, expect, it } from 'vitest';
import { readReport } from './sandboxMessage.ts';

const message = {
  reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  shop: 'cantine',
  mode: 'test',
  amount: '1005',
  currency: 'EUR',
  status: 'paid',
  date: '2026-11-23T12:00:00.000Z',
  transaction: 't-1',
};

function without(name: keyof typeof message): Record<string, string> {
  const { [name]: _, ...others } = message;
  return others;
}

describe('readReport', () => {
  it('gives a report with what is kept of the message', () => {
    expect(readReport({ ...message, capture_date: '2026-12-01' })).toEqual({
      outcome: 'paid',
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      currency: 'EUR',
      shop: 'cantine',
      mode: 'test',
      bankTransactionId: 't-1',
      bankTransactionDate: '2026-11-23T12:00:00.000Z',
      captureDate: '2026-12-01',
      bankData: { status: 'paid', transaction: 't-1', capture_date: '2026-12-01' },
    });
  });

  it.each([
    ['created', 'open'],
    ['pending', 'pending'],
    ['paid', 'paid'],
    ['refused', 'refused'],
    ['abandoned', 'abandoned'],
    ['expired', 'expired'],
  ])('takes the status %s for %s', (status, outcome) => {
    expect(readReport({ ...message, status })).toMatchObject({ outcome });
  });

  it('takes a payment to be authorised later with its capture day', () => {
    const report = readReport({ ...message, status: 'accepted', capture_date: '2026-12-01' });
    expect(report).toMatchObject({ outcome: 'accepted', captureDate: '2026-12-01' });
  });

  it.each(['disputed', 'PAID', '', 'toString'])('never guesses what the status %j means', (status) => {
    expect(() => readReport({ ...message, status })).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason: 'status-unknown' }),
    );
  });

  it.each([
    ['no reference', without('reference')],
    ['no shop', without('shop')],
    ['no mode', without('mode')],
    ['another mode', { ...message, mode: 'demo' }],
    ['no amount', without('amount')],
    ['a negative amount', { ...message, amount: '-1' }],
    ['an amount with decimals', { ...message, amount: '10.05' }],
    ['no currency', without('currency')],
    ['no status', without('status')],
    ['no date', without('date')],
    ['a day that does not exist', { ...message, capture_date: '2027-02-29' }],
    ['an accepted payment without a day', { ...message, status: 'accepted' }],
  ])('refuses a message with %s', (_, fields) => {
    expect(() => readReport(fields)).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason: 'message-malformed' }),
    );
  });
});
