import { describe, expect, it } from 'vitest';
import { paymentUrl } from './paymentLink.ts';

describe('paymentUrl', () => {
  it('holds the id and a MAC of it by the first key (value computed apart, by Python)', () => {
    const settings = { publicUrl: 'https://paiement.example.org', linkKeys: ['link-key', 'older'] };
    expect(paymentUrl('7zzzzzzzzzzzzzzzzzzzzzzzzz', settings)).toBe(
      'https://paiement.example.org/payment/7zzzzzzzzzzzzzzzzzzzzzzzzz10q2hjyyzkt251ssq12yp5ax0x',
    );
  });
});
