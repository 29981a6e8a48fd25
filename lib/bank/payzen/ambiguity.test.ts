import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anAttempt, anItem } from '../../../tests/builders.ts';
import { checkReport } from '../../payment/attempts.ts';
import { AppError } from '../../values/errors.ts';
import { isAmbiguous } from './ambiguity.ts';
import { readMessage } from './payzenMessage.ts';
import { orderFields } from './payzenOrder.ts';
import { type Fields, signFields } from './payzenSignature.ts';

const key = { algorithm: 'hmac-sha256', key: '1122334455667788' } as const;

/** Attempt 1 of this item is what the attacker wants to have paid. */
const item = anItem({ payments: { '1': anAttempt({ bank: 'payzen', shop: '12345678' }) } });
const reference = '7zzzzzzzzzzzzzzzzzzzzzzzzz01';
const otherReference = '7yyyyyyyyyyyyyyyyyyyyyyyyy01';

/** The names of a return as a shop got it in 2020 (the vector V5 of eopayment), with what this service's form adds. */
const paid: Fields = {
  vads_action_mode: 'INTERACTIVE',
  vads_amount: '1005',
  vads_auth_mode: 'FULL',
  vads_auth_number: '3fcdd2',
  vads_auth_result: '00',
  vads_bank_label: 'Banque de démo et de l’innovation',
  vads_bank_product: 'MCW',
  vads_brand_management: '{"userChoice":false,"brandList":"CB|MASTERCARD","brand":"CB"}',
  vads_capture_delay: '0',
  vads_card_brand: 'CB',
  vads_card_country: 'FR',
  vads_card_number: '597010XXXXXX0018',
  vads_contract_used: '2334410',
  vads_ctx_mode: 'TEST',
  vads_currency: '978',
  vads_cust_country: 'FR',
  vads_cust_email: 'gerard.lambert@rungis.fr',
  vads_effective_amount: '1005',
  vads_effective_creation_date: '20261123120130',
  vads_effective_currency: '978',
  vads_expiry_month: '6',
  vads_expiry_year: '2027',
  vads_extra_result: '',
  vads_language: 'fr',
  vads_operation_type: 'DEBIT',
  vads_order_id: reference,
  vads_order_info: '« Cantine »',
  vads_page_action: 'PAYMENT',
  vads_payment_certificate: '4db13859ab429cb6b9bae7546952846efd190e3a',
  vads_payment_config: 'SINGLE',
  vads_payment_src: 'EC',
  vads_pays_ip: 'FR',
  vads_presentation_date: '20261123120131',
  vads_result: '00',
  vads_sequence_number: '1',
  vads_site_id: '12345678',
  vads_threeds_cavv: 'jG26AYSjvclBARFYSf/tXRmj+XM=',
  vads_threeds_status: 'Y',
  vads_tid: '001',
  vads_trans_date: '20261123120000',
  vads_trans_id: 'a1b2c3',
  vads_trans_status: 'AUTHORISED',
  vads_trans_uuid: '368ef4d0822448e3a2e7413c4e9f8be8',
  vads_url_check_src: 'PAY',
  vads_validation_mode: '',
  vads_version: 'V2',
  vads_warranty_result: 'YES',
};

/** Fields that hold what somebody typed, or what a form of the town passed on. */
const typedNames = [
  'vads_cust_address',
  'vads_cust_city',
  'vads_cust_email',
  'vads_cust_first_name',
  'vads_cust_last_name',
  'vads_cust_phone',
  'vads_cust_zip',
  'vads_ext_info_note',
  'vads_order_info2',
  'vads_order_info3',
  'vads_ship_to_city',
  'vads_user_info',
];

/** Words that the gateway gives a meaning to, each in the field where that is. */
const words = [
  ...['AUTHORISED', 'CAPTURED', 'REFUSED', 'WAITING_AUTHORISATION', 'PENDING', 'EXPIRED', 'ERROR', 'ACCEPTED'],
  ...['TEST', 'PRODUCTION', 'DEBIT', 'CREDIT', 'PAY', 'PAYMENT', 'SINGLE', '00', '05', '17', '978', '840', '', '0'],
  ...['1005', '5', '12345678', 'a1b2c3', 'FULL', 'CB', '3fcdd2', '368ef4d0822448e3a2e7413c4e9f8be8', reference],
];

describe('a genuine message of a payment', () => {
  const word = fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 20 }));
  const typed = fc.dictionary(fc.constantFrom(...typedNames), word);

  it('is never taken for another because of what was typed beside it', () => {
    fc.assert(
      fc.property(typed, (free) => {
        expect(readMessage({ ...paid, ...free })).toMatchObject({ outcome: 'paid', reference, amountCents: 1005 });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a word beside another, with a plus', { vads_cust_address: '1+AUTHORISED+REFUSED+TEST' }],
    ['a date', { vads_ext_info_day: '20261224000000' }],
    ['a date, and what looks like the number of a form', { vads_cust_address: '20261224000000+a1b2c3+noël' }],
    ['a field that the gateway has newly thought of', { vads_payment_state: 'AUTHORISED' }],
    ['one among those of the transaction', { vads_trans_channel: 'E_COMMERCE' }],
    ['no status, as long ago', { vads_trans_status: undefined, vads_cust_city: 'TEST' }],
    ['the words of a later capture', { vads_trans_status: 'WAITING_AUTHORISATION', vads_cust_city: 'AUTHORISED' }],
  ])('is clear with %s', (_, change) => {
    const fields = Object.entries({ ...paid, ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    expect(isAmbiguous(Object.fromEntries(fields))).toBe(false);
  });
});

/** A name and a value to find for it, in the order of the names. */
type Wanted = readonly (readonly [name: string, isIt: (text: string) => boolean])[];

const is = (wanted: string) => (text: string) => text === wanted;
const isGood = (text: string) => ['AUTHORISED', 'CAPTURED', 'WAITING_AUTHORISATION'].includes(text);

/** All that a message needs to say that attempt 1 is paid. */
const facts: Wanted = [
  ['vads_amount', is('1005')],
  ['vads_ctx_mode', is('TEST')],
  ['vads_currency', is('978')],
  ['vads_order_id', is(reference)],
];
const place: Wanted = [
  ['vads_trans_date', (text) => /^\d{14}$/.test(text)],
  ['vads_trans_id', (text) => /^\w{6}$/.test(text)],
];
const byStatus: Wanted = [...facts, ['vads_site_id', is('12345678')], ...place, ['vads_trans_status', isGood]];
const byResult: Wanted = [...facts, ['vads_result', is('00')], ['vads_site_id', is('12345678')], ...place];

/** What stands before each wanted value, and behind the last: true names of the gateway where it has one there. */
const fillers: Readonly<Record<string, string>> = {
  vads_amount: 'vads_action_mode',
  vads_ctx_mode: 'vads_auth_mode',
  vads_currency: 'vads_ctx_mode_x',
  vads_order_id: 'vads_cust_address',
  vads_result: 'vads_order_info2',
  vads_site_id: 'vads_shop_name',
  vads_trans_date: 'vads_threeds_cavv',
  vads_trans_id: 'vads_trans_e',
  vads_trans_status: 'vads_trans_key',
};

function partsOf(fields: Fields): string[] {
  const names = Object.keys(fields).toSorted();
  return names
    .map((name) => fields[name])
    .join('+')
    .split('+');
}

/** Every message that can be cut from these parts, in their order, and has the wanted values. */
function* recut(parts: readonly string[], wanted: Wanted): Generator<Fields> {
  const [first, ...others] = wanted;
  if (first === undefined) {
    yield parts.length === 0 ? {} : { vads_user_info: parts.join('+') };
    return;
  }
  const [name, isIt] = first;
  for (const [index, text] of parts.entries()) {
    if (!isIt(text)) continue;
    const before = index === 0 ? {} : { [fillers[name] ?? '']: parts.slice(0, index).join('+') };
    for (const rest of recut(parts.slice(index + 1), others)) yield { ...before, [name]: text, ...rest };
  }
}

/** The first readings of a signed text that say that attempt 1 is paid, by their names. */
function forgeriesOf(signed: Fields): Fields[] {
  const forgeries: Fields[] = [];
  for (const wanted of [byStatus, byResult]) {
    const most = forgeries.length + 50;
    for (const forged of recut(partsOf(signed), wanted)) {
      if (forgeries.push(forged) === most) break;
    }
  }
  return forgeries;
}

/** How attempt 1 stands by a message: what it proves, if it is believed. */
function provenOutcome(fields: Fields): string {
  try {
    const report = readMessage(fields);
    if (report === undefined) return 'nothing';
    checkReport(item, '1', report);
    return report.outcome;
  } catch (error) {
    if (error instanceof AppError && error.code === 'bank-message-refused') return 'nothing';
    throw error;
  }
}

describe('a genuine signed text, cut anew', () => {
  /** What the attacker would have to be told, to be typed at the bank. */
  const hostileWords = [...words, '20261123120000', '20261123110000', 'z9y8x7', otherReference];
  const hostile = fc.array(fc.constantFrom(...hostileWords), { maxLength: 14 }).map((all) => all.join('+'));
  const wholeStory = [
    '1005',
    'TEST',
    '978',
    reference,
    '00',
    '12345678',
    '20261123120000',
    'a1b2c3',
    'AUTHORISED',
  ].join('+');
  const typed = fc.dictionary(fc.constantFrom(...typedNames), fc.oneof(hostile, fc.constant(wholeStory)), {
    minKeys: 1,
  });

  const unpaid = fc.constantFrom<[string, string, string]>(
    ['REFUSED', '05', 'refused'],
    ['ABANDONED', '17', 'abandoned'],
    ['CANCELLED', '00', 'abandoned'],
    ['EXPIRED', '00', 'refused'],
    ['UNDER_VERIFICATION', '00', 'pending'],
    ['FRAUD_SUSPECTED', '00', 'nothing'],
  );

  const neverPaid = (signed: Fields, outcome: string) => {
    const proven = forgeriesOf(signed).map((forged) => provenOutcome(forged));
    expect(proven.filter((each) => each !== outcome && each !== 'nothing')).toEqual([]);
  };

  it('never says that an attempt is paid which was refused, abandoned, or is under way', () => {
    fc.assert(
      fc.property(unpaid, typed, ([vads_trans_status, vads_result, outcome], free) => {
        neverPaid({ ...paid, vads_trans_status, vads_result, ...free }, outcome);
      }),
      { numRuns: 60 },
    );
  });

  it('never says so for a payment of less, or of something else', () => {
    const other = fc.constantFrom<Fields>(
      { vads_amount: '5', vads_effective_amount: '5' },
      { vads_order_id: otherReference },
    );
    fc.assert(
      fc.property(other, typed, (change, free) => neverPaid({ ...paid, ...change, ...free }, 'nothing')),
      {
        numRuns: 60,
      },
    );
  });

  it('never says so for our own form, whatever the citizen wrote', () => {
    const order = {
      reference,
      amountCents: 1005,
      currency: 'EUR',
      captureDelayDays: 0,
      language: 'fr',
      returnUrl: 'https://paiement.example.org/payment/return/abc',
      notificationUrl: 'https://paiement.example.org/payment/notification/abc',
    } as const;
    const stamp = { transDate: '20261123120000', transId: 'a1b2c3' };
    fc.assert(
      fc.property(hostile, fc.oneof(hostile, fc.constant(wholeStory)), (label, email) => {
        const form = orderFields({ ...order, label, email }, { siteId: '12345678', mode: 'test' }, stamp);
        neverPaid(form, 'nothing');
        // Even if it had room for a plus.
        neverPaid({ ...form, vads_cust_email: email, vads_order_info: label }, 'nothing');
      }),
      { numRuns: 60 },
    );
  });

  it('is a real danger: by its names alone, a refusal could be read as a payment', () => {
    const refused = { ...paid, vads_trans_status: 'REFUSED', vads_result: '05', vads_cust_address: wholeStory };
    const forgeries = forgeriesOf(refused);
    expect(forgeries.length).toBeGreaterThan(1);
    const { signature } = signFields(refused, key);
    for (const forged of forgeries) expect(signFields(forged, key)['signature']).toBe(signature);
    expect(forgeries).toContainEqual(
      expect.objectContaining({ vads_trans_status: 'AUTHORISED', vads_order_id: reference, vads_amount: '1005' }),
    );
    for (const forged of forgeries) expect(isAmbiguous(forged)).toBe(true);
  });
});
