import { describe, expect, it } from 'vitest';
import { readMessage } from './payzenMessage.ts';

const message = {
  vads_amount: '1005',
  vads_auth_number: '3feadf',
  vads_auth_result: '00',
  vads_capture_delay: '0',
  vads_card_brand: 'CB',
  vads_card_number: '497010XXXXXX0000',
  vads_ctx_mode: 'TEST',
  vads_currency: '978',
  vads_cust_email: 'gerard.lambert@rungis.fr',
  vads_effective_creation_date: '20261123120130',
  vads_extra_result: '',
  vads_hash: 'c17fab393f94dc027dc029510c85d5fc46c4710f',
  vads_operation_type: 'DEBIT',
  vads_order_id: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  vads_result: '00',
  vads_site_id: '12345678',
  vads_trans_date: '20261123120000',
  vads_trans_id: 'a1b2c3',
  vads_trans_status: 'AUTHORISED',
  vads_trans_uuid: '4b5053b3b1fe4b02a07753e7a',
  vads_url_check_src: 'PAY',
};

function without(...names: (keyof typeof message)[]): Record<string, string> {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !names.includes(name as keyof typeof message)));
}

describe('readMessage', () => {
  it('gives a report with what is kept of the message: no person, no card, nothing of one channel', () => {
    expect(readMessage(message)).toEqual({
      outcome: 'paid',
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      amountCents: 1005,
      currency: 'EUR',
      shop: '12345678',
      mode: 'test',
      bankTransactionId: '4b5053b3b1fe4b02a07753e7a',
      bankTransactionDate: '2026-11-23T12:01:30.000Z',
      bankData: {
        vads_trans_status: 'AUTHORISED',
        vads_result: '00',
        vads_auth_result: '00',
        vads_auth_number: '3feadf',
        vads_operation_type: 'DEBIT',
        vads_trans_id: 'a1b2c3',
        vads_trans_date: '20261123120000',
        vads_capture_delay: '0',
        vads_card_brand: 'CB',
      },
    });
  });

  it.each([
    ['AUTHORISED', 'paid'],
    ['CAPTURED', 'paid'],
    ['WAITING_AUTHORISATION', 'accepted'],
    ['WAITING_AUTHORISATION_TO_VALIDATE', 'accepted'],
    ['AUTHORISED_TO_VALIDATE', 'pending'],
    ['INITIAL', 'pending'],
    ['SUSPENDED', 'pending'],
    ['UNDER_VERIFICATION', 'pending'],
    ['WAITING_FOR_PAYMENT', 'pending'],
    ['PENDING', 'pending'],
    ['PRE_AUTHORISED', 'pending'],
    ['CAPTURE_FAILED', 'pending'],
    ['REFUND_TO_RETRY', 'pending'],
    ['REFUSED', 'refused'],
    ['EXPIRED', 'refused'],
    ['ABANDONED', 'abandoned'],
    ['CANCELLED', 'abandoned'],
    ['NOT_CREATED', 'abandoned'],
    ['ERROR', 'failed'],
  ])('takes the status %s for %s, whatever the result says', (vads_trans_status, outcome) => {
    for (const vads_result of ['00', '05', '']) {
      expect(readMessage({ ...message, vads_trans_status, vads_result })).toMatchObject({ outcome });
    }
  });

  it.each(['ACCEPTED', 'PARTIALLY_AUTHORISED', 'authorised', '', 'toString'])(
    'never guesses what the status %j means',
    (vads_trans_status) => {
      expect(() => readMessage({ ...message, vads_trans_status })).toThrow(
        expect.objectContaining({ code: 'bank-message-refused', reason: 'status-unknown' }),
      );
    },
  );

  it.each([
    ['00', 'paid'],
    ['05', 'refused'],
    ['17', 'abandoned'],
    ['02', 'failed'],
    ['30', 'failed'],
    ['96', 'failed'],
  ])('takes the result %s for %s where there is no status', (vads_result, outcome) => {
    expect(readMessage({ ...without('vads_trans_status'), vads_result })).toMatchObject({ outcome });
  });

  it.each([
    ['no result', without('vads_trans_status', 'vads_result')],
    ['an unknown result', { ...without('vads_trans_status'), vads_result: '99' }],
    ['an empty result', { ...without('vads_trans_status'), vads_result: '' }],
  ])('never guesses without a status and with %s', (_, fields) => {
    expect(() => readMessage(fields)).toThrow(expect.objectContaining({ reason: 'status-unknown' }));
  });

  it.each(['PAY', 'BO', 'BATCH_AUTO', 'BATCH', 'MERCH_BO', 'RETRY', 'REC'])(
    'takes a message for what it says, though sent for %s',
    (vads_url_check_src) => {
      expect(readMessage({ ...message, vads_url_check_src })).toMatchObject({ outcome: 'paid' });
    },
  );

  it.each(['AUTHORISED', 'CAPTURED', 'REFUND_TO_RETRY', 'NEW'])(
    'takes a refund for no word on the payment, though it is %s',
    (vads_trans_status) => {
      expect(readMessage({ ...message, vads_operation_type: 'CREDIT', vads_trans_status })).toBeUndefined();
    },
  );

  it.each([
    ['vads_order_info2', 'PRODUCTION'],
    ['vads_cust_city', 'TEST'],
    ['vads_cust_city', 'REFUSED'],
    ['vads_cust_last_name', 'AUTHORISED'],
    ['vads_ship_to_city', 'CAPTURED'],
    ['vads_ext_info_state', 'ABANDONED'],
    ['vads_order_info3', '7zzzzzzzzzzzzzzzzzzzzzzzzz01'],
    ['vads_order_info3', 'abcdefghijklmnopqrstuvwxyz01'],
    ['vads_user_info', 'PENDING'],
    ['vads_cust_phone', '+33+1+23+45+67+89'],
    ['vads_cust_address', '12 rue AUTHORISED+REFUSED+TEST'],
  ])('believes a payment for which %s is %s: what was typed beside it is no matter', (name, value) => {
    expect(readMessage({ ...message, [name]: value })).toMatchObject({ outcome: 'paid', mode: 'test' });
  });

  const deferred = { ...message, vads_trans_status: 'WAITING_AUTHORISATION', vads_capture_delay: '10' };

  it.each([
    ['the days after the payment', deferred, '2026-12-03'],
    ['days that are those of Paris', { ...deferred, vads_trans_date: '20261123233000' }, '2026-12-04'],
    ['days across the end of summer time', { ...deferred, vads_trans_date: '20261020220000' }, '2026-10-31'],
    ['the date of the bank', { ...deferred, vads_presentation_date: '20261205233000' }, '2026-12-06'],
    ['the days, the date being empty', { ...deferred, vads_presentation_date: '' }, '2026-12-03'],
  ])('has for the capture day %s', (_, fields, captureDate) => {
    expect(readMessage(fields)).toMatchObject({ outcome: 'accepted', captureDate });
  });

  it('names what has no name of its own by its transaction id and date', () => {
    const fields = { ...message, vads_trans_uuid: '', vads_effective_creation_date: '' };
    expect(readMessage({ ...fields, vads_trans_status: 'ABANDONED' })).toMatchObject({
      outcome: 'abandoned',
      bankTransactionId: 'a1b2c3',
      bankTransactionDate: '2026-11-23T12:00:00.000Z',
    });
  });

  it('gives another mode, shop or currency as it is, for the comparison with the attempt', () => {
    const fields = { ...message, vads_ctx_mode: 'PRODUCTION', vads_site_id: '87654321', vads_currency: '840' };
    expect(readMessage(fields)).toMatchObject({ mode: 'production', shop: '87654321', currency: '840' });
  });

  it.each([
    ['no reference', without('vads_order_id')],
    ['no shop', without('vads_site_id')],
    ['no mode', without('vads_ctx_mode')],
    ['another mode', { ...message, vads_ctx_mode: 'DEMO' }],
    ['no amount', without('vads_amount')],
    ['a negative amount', { ...message, vads_amount: '-1' }],
    ['an amount with decimals', { ...message, vads_amount: '10.05' }],
    ['no currency', without('vads_currency')],
    ['no date', without('vads_trans_date', 'vads_effective_creation_date')],
    ['a day that does not exist', { ...message, vads_effective_creation_date: '20270229120000' }],
    ['an hour that does not exist', { ...message, vads_effective_creation_date: '20270228250000' }],
    ['no name for the transaction', without('vads_trans_uuid', 'vads_trans_id')],
    ['a later capture without its day', { ...deferred, vads_capture_delay: '' }],
    ['the verification of a card', { ...message, vads_operation_type: 'VERIFICATION' }],
  ])('refuses a message with %s', (_, fields) => {
    expect(() => readMessage(fields)).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason: 'message-malformed' }),
    );
  });

  // The signatures of these are right: they are over the values, and these are a genuine message's, shared out anew.
  it.each([
    [
      'a refusal, whose email was the status',
      { ...message, vads_trans_status: 'AUTHORISED', vads_trans_vx: 'REFUSED', vads_cust_email: 'x' },
    ],
    [
      'a refusal, hidden with what stood beside it',
      { ...message, vads_trans_status: 'AUTHORISED', vads_trans_vx: '12345678+REFUSED+a' },
    ],
    ['a refusal, read by its result', { ...without('vads_trans_status'), vads_result: '00', vads_x: 'REFUSED' }],
    ['the payment of less', { ...message, vads_a: '5', vads_b: 'TEST', vads_c: '978' }],
    [
      'the payment of something else',
      { ...message, vads_order_id: '7yyyyyyyyyyyyyyyyyyyyyyyyy01', vads_order_x: '7zzzzzzzzzzzzzzzzzzzzzzzzz01' },
    ],
    [
      'a refusal, with all that a payment says typed at the bank',
      {
        ...message,
        vads_cust_email: 'x',
        vads_trans_date: '20261123115959',
        vads_user_info: 'fr+DEBIT+00+20261123120000+a1b2c3+REFUSED+4b5053b3b1fe4b02a07753e7a',
      },
    ],
    ['a status that nobody knows, read by its result', { ...without('vads_trans_status'), vads_trans_kind: 'FRAUD' }],
  ])('refuses what was made of %s', (_, fields) => {
    expect(() => readMessage(fields)).toThrow(expect.objectContaining({ reason: 'message-malformed' }));
  });
});
