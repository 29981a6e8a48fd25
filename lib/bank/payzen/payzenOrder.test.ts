import { describe, expect, it } from 'vitest';
import { orderFields } from './payzenOrder.ts';

const order = {
  reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  amountCents: 1005,
  currency: 'EUR',
  label: 'Cantine de novembre',
  email: 'gerard.lambert@rungis.fr',
  captureDelayDays: 0,
  returnUrl: 'https://paiement.example.org/retour',
  notificationUrl: 'https://paiement.example.org/notification',
  language: 'fr',
} as const;
const shop = { siteId: '12345678', mode: 'test' } as const;
const stamp = { transDate: '20261123120000', transId: 'a1b2c3' };

describe('orderFields', () => {
  it('says all that the gateway needs', () => {
    expect(orderFields(order, shop, stamp)).toEqual({
      vads_action_mode: 'INTERACTIVE',
      vads_amount: '1005',
      vads_capture_delay: '0',
      vads_ctx_mode: 'TEST',
      vads_currency: '978',
      vads_cust_email: 'gerard.lambert@rungis.fr',
      vads_language: 'fr',
      vads_order_id: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      vads_order_info: '« Cantine de novembre »',
      vads_page_action: 'PAYMENT',
      vads_payment_config: 'SINGLE',
      vads_redirect_error_timeout: '5',
      vads_redirect_success_timeout: '5',
      vads_return_mode: 'GET',
      vads_site_id: '12345678',
      vads_trans_date: '20261123120000',
      vads_trans_id: 'a1b2c3',
      vads_url_check: 'https://paiement.example.org/notification',
      vads_url_return: 'https://paiement.example.org/retour',
      vads_version: 'V2',
    });
  });

  it('asks for the mode and the delay of the order', () => {
    const fields = orderFields({ ...order, captureDelayDays: 12 }, { ...shop, mode: 'production' }, stamp);
    expect(fields).toMatchObject({ vads_ctx_mode: 'PRODUCTION', vads_capture_delay: '12' });
  });

  it.each(['élodie@exemple.fr', 'elodie martin@exemple.fr', `${'a'.repeat(150)}@exemple.fr`])(
    'leaves out %s, which the page of the bank would refuse at each try',
    (email) => {
      expect(orderFields({ ...order, email }, shop, stamp)).not.toHaveProperty('vads_cust_email');
    },
  );

  it('leaves out an email that is not there, or holds a plus sign', () => {
    const { email, ...anonymous } = order;
    expect(email).toContain('@');
    expect(orderFields(anonymous, shop, stamp)).not.toHaveProperty('vads_cust_email');
    const tagged = { ...order, email: 'gerard+AUTHORISED+x@rungis.fr' };
    expect(orderFields(tagged, shop, stamp)).not.toHaveProperty('vads_cust_email');
  });

  it.each([
    ['00', '« 00 »'],
    ['12345678+AUTHORISED', '« 12345678 AUTHORISED »'],
    ['<b>Cantine</b>', '«  b Cantine /b  »'],
    ['é'.repeat(300), `« ${'é'.repeat(251)} »`],
    ['🏊'.repeat(300), `« ${'🏊'.repeat(251)} »`],
    ['e\u0301'.repeat(150), `« ${'e\u0301'.repeat(125)} »`],
    ['👨‍👩‍👧'.repeat(60), `« ${'👨‍👩‍👧'.repeat(50)} »`],
  ])('signs the label %j as %j, which no message could have for a status', (label, info) => {
    expect(orderFields({ ...order, label }, shop, stamp)).toMatchObject({ vads_order_info: info });
  });
});
