import { describe, expect, it } from 'vitest';
import { readReport, reportWithoutResult } from './payfipMessage.ts';

const idop = 'cc0cb210-1cd4-11ea-8cca-0213ad91a103';

const result = {
  dattrans: '24112026',
  exer: '2026',
  heurtrans: '1305',
  idOp: idop,
  mel: 'gerard.lambert@rungis.fr',
  montant: '001005',
  numauto: '112233445566-tip',
  numcli: '090909',
  objet: 'Cantine',
  refdet: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  resultrans: 'P',
  saisie: 'T',
};

function question(ageMinutes: number) {
  return {
    account: { numcli: '090909', mode: 'test' },
    attempt: {
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      currency: 'EUR',
      createdAt: '2026-11-24T12:00:00.000Z',
      bankReference: idop,
    },
    now: new Date(Date.parse('2026-11-24T12:00:00.000Z') + ageMinutes * 60_000),
  } as const;
}

function read(change: Partial<Record<keyof typeof result, string | undefined>> = {}, ageMinutes = 5) {
  const fields = Object.entries({ ...result, ...change }).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return readReport(new Map(fields), question(ageMinutes));
}

describe('readReport', () => {
  it('gives a report with what is kept of the answer', () => {
    expect(read()).toEqual({
      outcome: 'paid',
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      currency: 'EUR',
      shop: '090909',
      mode: 'test',
      bankTransactionId: '112233445566-tip',
      bankTransactionDate: '2026-11-24T12:05:00.000Z',
      bankData: {
        dattrans: '24112026',
        exer: '2026',
        heurtrans: '1305',
        numauto: '112233445566-tip',
        resultrans: 'P',
        saisie: 'T',
      },
    });
  });

  it.each([
    ['P', 5, 'paid'],
    ['V', 5, 'paid'],
    ['R', 5, 'refused'],
    ['Z', 5, 'refused'],
    ['A', 0, 'open'],
    ['A', 19.99, 'open'],
    ['A', 20, 'abandoned'],
    ['P', 600, 'paid'],
    ['R', 600, 'refused'],
  ])('takes the result %s, %d minutes after the opening, for %s', (resultrans, ageMinutes, outcome) => {
    expect(read({ resultrans }, ageMinutes)).toMatchObject({ outcome });
  });

  it.each(['p', 'X', '', 'toString', undefined])('never guesses what the result %j means', (resultrans) => {
    expect(() => read({ resultrans })).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason: 'status-unknown' }),
    );
  });

  it.each([
    ['T', 'test'],
    ['X', 'activation'],
    ['W', 'production'],
  ])('reads the mode of %s as %s, whatever the account’s own', (saisie, mode) => {
    expect(read({ saisie })).toMatchObject({ mode });
  });

  it('gives the reference as it came', () => {
    expect(read({ refdet: '7ZZZZZZZZZZZZZZZZZZZZZZZZZ01' })).toMatchObject({
      reference: '7ZZZZZZZZZZZZZZZZZZZZZZZZZ01',
    });
  });

  it.each([
    ['no amount', { montant: undefined }, 'message-malformed'],
    ['a negative amount', { montant: '-1005' }, 'message-malformed'],
    ['an amount with decimals', { montant: '10.05' }, 'message-malformed'],
    ['an amount in hexadecimal', { montant: '0x10' }, 'message-malformed'],
    ['an amount that is too long', { montant: '000000001005' }, 'message-malformed'],
    ['no reference', { refdet: undefined }, 'message-malformed'],
    ['a reference that is none', { refdet: '2026-001' }, 'message-malformed'],
    ['no mode', { saisie: undefined }, 'message-malformed'],
    ['another mode', { saisie: 'A' }, 'message-malformed'],
    ['no account', { numcli: undefined }, 'message-malformed'],
    ['an account that is none', { numcli: '90909' }, 'message-malformed'],
    ['another account', { numcli: '090910' }, 'shop-differs'],
  ])('refuses an answer with %s', (_, change, reason) => {
    expect(() => read(change)).toThrow(expect.objectContaining({ code: 'bank-message-refused', reason }));
  });

  it.each([
    ['is missing', undefined],
    ['is too long to be kept', 'a'.repeat(256)],
    ['is not ASCII', 'é'],
  ])('takes the idop for the transaction when its number %s', (_, numauto) => {
    const report = read({ numauto });
    expect(report).toMatchObject({ bankTransactionId: 'cc0cb210-1cd4-11ea-8cca-0213ad91a103' });
    expect(report.bankData).not.toHaveProperty('numauto');
  });

  it.each([
    ['in winter', '24112026', '1305', '2026-11-24T12:05:00.000Z'],
    ['in summer', '14072026', '1305', '2026-07-14T11:05:00.000Z'],
    ['just after midnight in summer', '01072026', '0030', '2026-06-30T22:30:00.000Z'],
    ['just after midnight in winter', '01012027', '0030', '2026-12-31T23:30:00.000Z'],
    ['before the clocks go forward', '29032026', '0159', '2026-03-29T00:59:00.000Z'],
    ['after they went forward', '29032026', '0300', '2026-03-29T01:00:00.000Z'],
    ['in the hour that there is not', '29032026', '0230', undefined],
    ['in the hour that comes twice', '25102026', '0230', '2026-10-25T00:30:00.000Z'],
    ['after the clocks went back', '25102026', '0300', '2026-10-25T02:00:00.000Z'],
    ['on a day that there is not', '29022027', '1200', undefined],
    ['with month and day exchanged', '11242026', '1200', undefined],
    ['with the year first', '20261124', '1200', undefined],
    ['at 24:00', '24112026', '2400', undefined],
    ['with seconds', '24112026', '130500', undefined],
    ['without a time', '24112026', undefined, undefined],
    ['without a day', undefined, '1305', undefined],
  ])('reads a time %s', (_, dattrans, heurtrans, instant) => {
    expect(read({ dattrans, heurtrans }).bankTransactionDate).toBe(instant);
  });

  it('keeps 2 kB of the longest texts', () => {
    const long = 'a'.repeat(255);
    const { bankData } = read({ numauto: long, dattrans: long, heurtrans: long, exer: long });
    expect(bankData).toMatchObject({ numauto: long, exer: long });
    expect(Buffer.byteLength(JSON.stringify(bankData))).toBeLessThan(2048);
  });
});

describe('reportWithoutResult', () => {
  it.each([
    ['P5', 0, 'open'],
    ['P5', 19.99, 'open'],
    ['P5', 20, 'expired'],
    ['P1', 0, 'expired'],
    ['P1', 20, 'expired'],
    [undefined, 19.99, 'open'],
    [undefined, 20, 'expired'],
  ])('takes the fault %s, %d minutes after the opening, for %s', (faultCode, ageMinutes, outcome) => {
    expect(reportWithoutResult(faultCode, question(ageMinutes))).toEqual({
      outcome,
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      currency: 'EUR',
      shop: '090909',
      mode: 'test',
    });
  });

  it.each(['P2', 'P3', 'P4', 'T2', 'unknown'])('takes the fault %s for a refusal to tell', (faultCode) => {
    expect(() => reportWithoutResult(faultCode, question(5))).toThrow(
      expect.objectContaining({ code: 'bank-rejected', cause: expect.objectContaining({ code: faultCode }) }),
    );
  });
});
