import { describe, expect, it } from 'vitest';
import { normaliseObjet, writeOrderFields } from './payfipOrder.ts';

const order = {
  reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  amountCents: 1005,
  currency: 'EUR',
  label: "Cantine de l'école",
  email: 'gerard.lambert@rungis.fr',
  captureDelayDays: 0,
  returnUrl: 'https://paiement.example.org/retour?a=1&b=2',
  notificationUrl: 'https://paiement.example.org/notification',
  language: 'fr',
} as const;

const account = { numcli: '090909', mode: 'test' } as const;
const noon = new Date('2026-11-24T12:00:00.000Z');

describe('normaliseObjet', () => {
  it.each([
    ['18/09/2020  Établissement attestation hors-sol n#1234', '18092020 Etablissement attestation hors sol n1234'],
    ['Précompte famille #1234', 'Precompte famille 1234'],
    ['T TR-12345', 'T TR 12345'],
    ["L'été à l'école", 'L ete a l ecole'],
    ['Garderie d’été', 'Garderie d ete'],
    [' \tCantine\n novembre ', 'Cantine novembre'],
    ['ﬁn de mois²', 'fin de mois2'],
    ['<b>&amp;</b>', 'bampb'],
    ['東京 😀', ''],
    ["-'-", ''],
    ['', ''],
    ['a'.repeat(200), 'a'.repeat(100)],
    [`${'a'.repeat(99)} b`, 'a'.repeat(99)],
  ])('%j is %j', (label, objet) => {
    expect(normaliseObjet(label)).toBe(objet);
  });
});

describe('writeOrderFields', () => {
  it('writes an order in the order of the schema', () => {
    expect(Object.entries(writeOrderFields(order, account, noon))).toEqual([
      ['exer', '2026'],
      ['mel', 'gerard.lambert@rungis.fr'],
      ['montant', '1005'],
      ['numcli', '090909'],
      ['objet', 'Cantine de l ecole'],
      ['refdet', '7zzzzzzzzzzzzzzzzzzzzzzzzz01'],
      ['saisie', 'T'],
      ['urlnotif', 'https://paiement.example.org/notification'],
      ['urlredirect', 'https://paiement.example.org/retour?a=1&b=2'],
    ]);
  });

  it.each([
    ['test', 'T'],
    ['activation', 'X'],
    ['production', 'W'],
  ] as const)('the mode %s is %s', (mode, saisie) => {
    expect(writeOrderFields(order, { ...account, mode }, noon)).toMatchObject({ saisie });
  });

  it.each([
    ['2026-12-31T22:59:59.999Z', '2026'],
    ['2026-12-31T23:00:00.000Z', '2027'],
  ])('takes the year of Paris: at %s it is %s', (now, exer) => {
    expect(writeOrderFields(order, account, new Date(now))).toMatchObject({ exer });
  });

  it('leaves out a label of which nothing is left', () => {
    expect(writeOrderFields({ ...order, label: '東京' }, account, noon)).not.toHaveProperty('objet');
  });

  const longUrl = `https://paiement.example.org/${'a'.repeat(221)}`;

  it('takes addresses of 250 characters', () => {
    const long = { ...order, returnUrl: longUrl, notificationUrl: longUrl };
    expect(writeOrderFields(long, account, noon)).toMatchObject({ urlnotif: longUrl, urlredirect: longUrl });
  });

  const { email, ...nobody } = order;

  it.each([
    ['without an email', nobody],
    ['with a later capture', { ...order, captureDelayDays: 1 }],
    ['in another currency', { ...order, currency: 'XPF' }],
    ['with a return address that is too long', { ...order, returnUrl: `${longUrl}a` }],
    ['with a notification address that is too long', { ...order, notificationUrl: `${longUrl}a` }],
  ])('refuses an order %s', (_, refused) => {
    expect(() => writeOrderFields(refused, account, noon)).toThrow(expect.objectContaining({ code: 'bank-rejected' }));
  });
});
