import { describe, expect, it } from 'vitest';
import type { SandboxOrder } from './order.ts';
import {
  type ChosenOutcome,
  composeMessage,
  countNotificationsAtOnce,
  createPayment,
  decide,
  nextStep,
} from './payment.ts';

const opened = new Date('2026-11-23T12:00:00.000Z');
const key = 'sandbox-key';

const order: SandboxOrder = {
  id: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
  shop: 'cantine',
  amountCents: 1005,
  label: 'Cantine',
  captureDelayDays: 0,
  returnUrl: 'https://paiement.example.org/retour',
  notificationUrl: 'https://paiement.example.org/notification',
  language: 'fr',
};

function aPayment(change: Partial<SandboxOrder> = {}) {
  return createPayment({ ...order, ...change }, { sessionId: '0'.repeat(32), transactionId: 't-1' }, opened);
}

function instantAfter(milliseconds: number): Date {
  return new Date(opened.getTime() + milliseconds);
}

/** Pressed one second after the opening. */
function decided(amountCents: number, outcome: ChosenOutcome = 'paid', pressedAfterMs = 1_000) {
  return decide(aPayment({ amountCents }), outcome, instantAfter(pressedAfterMs));
}

describe('a payment that nobody decided', () => {
  it.each([
    [1005, 599_999, 'created'],
    [1005, 600_000, 'expired'],
    [90009, 19_999, 'created'],
    [90009, 20_000, 'expired'],
  ])('of %i cents is, %i ms after its opening, %s', (amountCents, milliseconds, status) => {
    expect(composeMessage(aPayment({ amountCents }), instantAfter(milliseconds))['status']).toBe(status);
  });

  it('has no transaction to speak of', () => {
    expect(composeMessage(aPayment(), opened)).toEqual({
      reference: '7zzzzzzzzzzzzzzzzzzzzzzzzz01',
      shop: 'cantine',
      mode: 'test',
      amount: '1005',
      currency: 'EUR',
      status: 'created',
      date: '2026-11-23T12:00:00.000Z',
    });
  });
});

describe('the button paid', () => {
  it.each([
    // cents, status at once, status 4.999 s, 5 s and 10 s later, notifications at once, the late one
    [1005, ['paid', 'paid', 'paid', 'paid'], 1, undefined],
    [90001, ['refused', 'refused', 'refused', 'refused'], 1, undefined],
    [90002, ['pending', 'pending', 'paid', 'paid'], 1, '2026-11-23T12:00:06.000Z'],
    [90003, ['accepted', 'accepted', 'accepted', 'paid'], 1, '2026-11-23T12:00:11.000Z'],
    [90004, ['accepted', 'accepted', 'accepted', 'refused'], 1, '2026-11-23T12:00:11.000Z'],
    [90005, ['paid', 'paid', 'paid', 'paid'], 0, undefined],
    [90006, ['paid', 'paid', 'paid', 'paid'], 2, undefined],
    [90007, ['paid', 'paid', 'paid', 'paid'], 1, undefined],
    [90008, ['paid', 'paid', 'paid', 'paid'], 1, undefined],
    [90009, ['paid', 'paid', 'paid', 'paid'], 1, undefined],
    [90010, ['paid', 'paid', 'paid', 'paid'], 0, '2026-11-23T12:00:06.000Z'],
    [90013, ['paid', 'paid', 'paid', 'paid'], 1, undefined],
    [90014, ['paid', 'paid', 'paid', 'paid'], 1, undefined],
    [90015, ['paid', 'paid', 'paid', 'paid'], 0, undefined],
    [90016, ['disputed', 'disputed', 'disputed', 'disputed'], 1, undefined],
  ])('for %i cents leads to %j', (amountCents, statuses, atOnce, notifyAt) => {
    const payment = decided(amountCents);
    const seen = [0, 4_999, 5_000, 10_000].map(
      (later) => composeMessage(payment, instantAfter(1_000 + later))['status'],
    );
    expect(seen).toEqual(statuses);
    expect(countNotificationsAtOnce(payment)).toBe(atOnce);
    expect(payment.notifyAt).toBe(notifyAt);
  });

  it('takes the money of 90009 after the session all the same: expired first, paid 5 s later', () => {
    const payment = decided(90009, 'paid', 30_000);
    const seen = [30_000, 34_999, 35_000].map((later) => composeMessage(payment, instantAfter(later))['status']);
    expect(seen).toEqual(['expired', 'expired', 'paid']);
    expect(payment.notifyAt).toBe('2026-11-23T12:00:35.000Z');
    expect(composeMessage(payment, instantAfter(35_000))['date']).toBe('2026-11-23T12:00:35.000Z');
  });

  it('says one cent less for 90008, in each message once it is pressed', () => {
    expect(composeMessage(aPayment({ amountCents: 90008 }), opened)['amount']).toBe('90008');
    expect(composeMessage(decided(90008), instantAfter(1_000))['amount']).toBe('90007');
  });
});

describe('the other buttons', () => {
  it.each(['refused', 'abandoned', 'pending'] as const)('%s leads to just that, whatever the amount', (outcome) => {
    for (const amountCents of [1005, 90002, 90005, 90008, 90010, 90015, 90016]) {
      const payment = decided(amountCents, outcome);
      expect(composeMessage(payment, instantAfter(60_000))).toMatchObject({
        status: outcome,
        amount: String(amountCents),
      });
      expect(countNotificationsAtOnce(payment)).toBe(1);
      expect(payment.notifyAt).toBeUndefined();
    }
  });
});

describe('decide', () => {
  it('changes nothing the second time', () => {
    const payment = decided(1005, 'refused');
    expect(decide(payment, 'paid', instantAfter(2_000))).toBe(payment);
  });

  it.each([
    [1005, 'paid', 600_000],
    [90009, 'refused', 20_000],
  ] as const)('changes nothing of %i cents by %s after the session', (amountCents, outcome, milliseconds) => {
    const payment = aPayment({ amountCents });
    expect(decide(payment, outcome, instantAfter(milliseconds))).toBe(payment);
  });
});

describe('the capture day', () => {
  it.each([
    [1005, 0, undefined],
    [1005, 8, '2026-12-01'],
    [90003, 0, '2026-11-24'],
    [90003, 1, '2026-11-24'],
    [90003, 8, '2026-12-01'],
    // Over the change to summer time.
    [1005, 126, '2027-03-29'],
  ])('of %i cents with a delay of %i days is %s', (amountCents, captureDelayDays, day) => {
    const payment = decide(aPayment({ amountCents, captureDelayDays }), 'paid', opened);
    expect(composeMessage(payment, opened)['capture_date']).toBe(day);
  });

  it('is counted from the day in Paris', () => {
    const lateEvening = new Date('2026-11-23T23:30:00.000Z');
    const ids = { sessionId: '0'.repeat(32), transactionId: 't-1' };
    const payment = createPayment({ ...order, captureDelayDays: 1 }, ids, lateEvening);
    expect(composeMessage(decide(payment, 'paid', lateEvening), lateEvening)['capture_date']).toBe('2026-11-25');
  });

  it('is not said of a payment that was refused', () => {
    expect(composeMessage(decided(90004), instantAfter(11_000))).not.toHaveProperty('capture_date');
  });
});

describe('nextStep', () => {
  const signed = /^https:\/\/paiement\.example\.org\/retour\?reference=.*&status=paid&.*signature=[0-9a-f]{64}$/;

  it.each([
    [1005, 'return', signed],
    [90007, 'link', /^https:\/\/paiement\.example\.org\/retour$/],
    [90015, 'return', /^https:\/\/paiement\.example\.org\/retour$/],
  ])('brings the citizen who paid %i cents back by a %s', (amountCents, kind, address) => {
    expect(nextStep(decided(amountCents), instantAfter(1_000), key)).toMatchObject({
      kind,
      address: expect.stringMatching(address),
    });
  });

  it('offers the choice until the session is over', () => {
    expect(nextStep(aPayment(), instantAfter(599_999), key).kind).toBe('choose');
    expect(nextStep(aPayment(), instantAfter(600_000), key).kind).toBe('expired');
  });
});
