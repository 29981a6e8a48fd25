/** The amounts that make the sandbox bank behave in a particular way, each with its sentence in `docs/regies.md`. */

/** A status, and how long after the press of the button it begins. */
export interface StatusStep {
  readonly afterMs: number;
  readonly status: string;
}

/** What is out of the ordinary; all but the opening and the session concerns the button *paid* alone. */
export interface Behaviour {
  readonly opening?: 'unavailable' | 'rejected' | 'answer-lost' | 'form';
  readonly sessionMs?: number;
  /** Instead of `paid` at once. */
  readonly steps?: readonly StatusStep[];
  /** For a press after the end of the session, which otherwise changes nothing. */
  readonly lateSteps?: readonly StatusStep[];
  /** Instead of one notification with each step. */
  readonly notifyAfterMs?: readonly number[];
  /** Instead of at once and with a signed message: without one, or by a link on a page of the bank. */
  readonly comingBack?: 'bare' | 'by-link';
  /** Added to the amount in each message. */
  readonly statedDifferenceCents?: number;
}

export interface MagicAmount extends Behaviour {
  readonly sentence: string;
}

/** By amount in cents. */
export const magicAmounts: Readonly<Record<number, MagicAmount>> = {
  90001: {
    sentence: 'The payment is refused instead of paid.',
    steps: [{ afterMs: 0, status: 'refused' }],
  },
  90002: {
    sentence: 'The payment is pending, and paid 5 seconds later.',
    steps: [
      { afterMs: 0, status: 'pending' },
      { afterMs: 5_000, status: 'paid' },
    ],
  },
  90003: {
    sentence: 'The payment is accepted, to be authorised later; 10 seconds later that succeeds.',
    steps: [
      { afterMs: 0, status: 'accepted' },
      { afterMs: 10_000, status: 'paid' },
    ],
  },
  90004: {
    sentence: 'The payment is accepted, to be authorised later; 10 seconds later that fails.',
    steps: [
      { afterMs: 0, status: 'accepted' },
      { afterMs: 10_000, status: 'refused' },
    ],
  },
  90005: {
    sentence: 'Paid, but the notification is lost: only the return and the status query tell.',
    notifyAfterMs: [],
  },
  90006: {
    sentence: 'Paid, and the notification is sent twice.',
    notifyAfterMs: [0, 0],
  },
  90007: {
    sentence: 'Paid and notified, while the citizen stays on a page of the bank that has a link back.',
    comingBack: 'by-link',
  },
  90008: {
    sentence: 'Paid, but each message says one cent less.',
    statedDifferenceCents: -1,
  },
  90009: {
    sentence:
      'The session lasts 20 seconds; paid when it is over, the payment is first expired, and paid 5 seconds later.',
    sessionMs: 20_000,
    lateSteps: [
      { afterMs: 0, status: 'expired' },
      { afterMs: 5_000, status: 'paid' },
    ],
  },
  90010: {
    sentence: 'Paid, and the notification is sent 5 seconds after the return.',
    notifyAfterMs: [5_000],
  },
  90011: {
    sentence: 'The bank is unavailable when the payment is opened.',
    opening: 'unavailable',
  },
  90012: {
    sentence: 'The bank refuses to open the payment.',
    opening: 'rejected',
  },
  90013: {
    sentence: 'The bank opens the payment, but its answer is lost.',
    opening: 'answer-lost',
  },
  90014: {
    sentence: 'The bank wants the citizen to be sent to it by a form.',
    opening: 'form',
  },
  90015: {
    sentence: 'Paid, but no notification is sent and the return brings no message: only the status query tells.',
    notifyAfterMs: [],
    comingBack: 'bare',
  },
  90016: {
    sentence: 'The bank sends a status that is not one of its own.',
    steps: [{ afterMs: 0, status: 'disputed' }],
  },
};
