import fc from 'fast-check';
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
    ['18/09/2020  Établissement attestation hors-sol n#1234', '18 09 2020 Etablissement attestation hors sol n 1234'],
    ['Précompte famille #1234', 'Precompte famille 1234'],
    ['T TR-12345', 'T TR 12345'],
    ["L'été à l'école", 'L ete a l ecole'],
    ['Garderie d’été', 'Garderie d ete'],
    [' \tCantine\n novembre ', 'Cantine novembre'],
    ['ﬁn de mois²', 'fin de mois2'],
    ['<b>&amp;</b>', 'b amp b'],
    ['Cantine 2025/2026', 'Cantine 2025 2026'],
    ['Tarif A.B.C:1;2', 'Tarif A B C 1 2'],
    ['Repas 3,50€, goûter 1€', 'Repas 3 50 EUR gouter 1 EUR'],
    ['usager·ère·s', 'usager ere s'],
    ['Théâtre & danse (1ᵉʳ cycle)', 'Theatre danse 1er cycle'],
    ['a\u2028b\u0085c_d\\e|f', 'a b c d e f'],
    ['cœur, ŒUVRE, Œuvre, æther, Ægir, ÆØÅ', 'coeur OEUVRE Oeuvre aether Aegir AEOA'],
    ['Straße GROẞ Łódź Đorđe Þór ðe Iğdır ŋ ħ ŧ ƒ ə ɛ', 'Strasse GROSS Lodz Dorde Thor de Igdir ng h t f e e'],
    ['e\u0301cole, ecole\u0301e, n\u0303', 'ecole ecolee n'],
    ['can\u00ADti\u200Bne\u2060\uFEFF', 'cantine'],
    ['２０２６ ＡＢ №5 Ⅳ ⓐ ﬃ Ĳ ǆ', '2026 AB No5 IV a ffi IJ dz'],
    ['2½ h, 10² m, m², ¼ h', '2 1 2 h 10 2 m m2 1 4 h'],
    ['Fête 👨‍👩‍👧 du 1️⃣er 🇫🇷', 'Fete du 1er'],
    ['Réf. Привет Ω 東京 42', 'Ref 42'],
    ['a\u3164b', 'a b'],
    ['東京 😀', ''],
    ["-'-", ''],
    ['', ''],
    ['a'.repeat(200), 'a'.repeat(100)],
    [`${'a'.repeat(99)} b`, 'a'.repeat(99)],
  ])('%j is %j', (label, objet) => {
    expect(normaliseObjet(label)).toBe(objet);
  });

  it('is what the field holds, and joins no two runs of letters or digits', () => {
    const unit = fc.oneof(
      fc.constantFrom(...'aZ9 /-.,’€œÉ½²\u0301\u200B\u3164東'),
      fc.string({ unit: 'grapheme', maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(unit), (parts) => {
        const objet = normaliseObjet(parts.join(''));
        expect(objet).toMatch(/^([A-Za-z0-9]+( [A-Za-z0-9]+)*)?$/);
        expect(objet.length).toBeLessThanOrEqual(100);
      }),
    );
    const separator = fc.constantFrom(...'/-.,:;_’\'"&+·°—…()\u00A0\u2028\u3164東я😀');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-z0-9]{1,4}$/), separator), { maxLength: 15 }), (pairs) => {
        expect(normaliseObjet(pairs.flat().join(''))).toBe(pairs.map(([word]) => word).join(' '));
      }),
    );
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
