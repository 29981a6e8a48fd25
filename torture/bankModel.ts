/** What the sandbox bank is to do with a payment: a model, written from the table of `docs/regies.md` and not from the bank. Pure. */
import { parisDay } from '../lib/values/days.ts';

export const buttons = ['paid', 'refused', 'abandoned', 'pending'] as const;
export type Button = (typeof buttons)[number];

export type BankStatus =
  | 'created'
  | 'pending'
  | 'accepted'
  | 'paid'
  | 'refused'
  | 'abandoned'
  | 'expired'
  /** Not one of its own. */
  | 'disputed';

type Steps = readonly (readonly [afterMs: number, status: BankStatus])[];

interface Scenario {
  readonly opening?: 'unavailable' | 'rejected' | 'answer-lost';
  readonly sessionMs?: number;
  readonly steps?: Steps;
  readonly lateSteps?: Steps;
  readonly notifiedAfterMs?: readonly number[];
  /** The citizen comes back without a message. */
  readonly isReturnBare?: boolean;
  /** What its messages say cannot be believed. */
  readonly isWrong?: boolean;
}

const later = (first: BankStatus, then: BankStatus, afterMs: number): Steps => [
  [0, first],
  [afterMs, then],
];

/** By amount in cents. */
const scenarios: Readonly<Record<number, Scenario>> = {
  90001: { steps: [[0, 'refused']] },
  90002: { steps: later('pending', 'paid', 5_000) },
  90003: { steps: later('accepted', 'paid', 10_000) },
  90004: { steps: later('accepted', 'refused', 10_000) },
  90005: { notifiedAfterMs: [] },
  90006: { notifiedAfterMs: [0, 0] },
  90007: { isReturnBare: true },
  90008: { isWrong: true },
  90009: { sessionMs: 20_000, lateSteps: later('expired', 'paid', 5_000) },
  90010: { notifiedAfterMs: [5_000] },
  90011: { opening: 'unavailable' },
  90012: { opening: 'rejected' },
  90013: { opening: 'answer-lost' },
  90014: {},
  90015: { notifiedAfterMs: [], isReturnBare: true },
  90016: { steps: [[0, 'disputed']], isWrong: true },
};

export const magicCents: readonly number[] = Object.keys(scenarios).map(Number);

export interface BankPayment {
  readonly amountCents: number;
  readonly sessionEndsAtMs: number;
  /** Asked for by the order; undefined for at once. */
  readonly captureDay?: string;
  button?: Button;
  decidedAtMs?: number;
  notifyAtMs?: number | undefined;
}

/** How an order ends that leads to no payment, as far as the basket knows. */
export function openingOf(amountCents: number): Scenario['opening'] {
  return scenarios[amountCents]?.opening;
}

export function sessionMsOf(amountCents: number): number {
  return scenarios[amountCents]?.sessionMs ?? 600_000;
}

/** A button pressed at the bank. @returns the number of notifications that go with it; none when it changes nothing. */
export function press(payment: BankPayment, button: Button, nowMs: number): number {
  const isOver = payment.sessionEndsAtMs <= nowMs;
  const { lateSteps, notifiedAfterMs } = scenarios[payment.amountCents] ?? {};
  if (payment.button !== undefined || (isOver && !(button === 'paid' && lateSteps !== undefined))) return 0;
  payment.button = button;
  payment.decidedAtMs = nowMs;
  const withSteps = stepsOf(payment).map(([afterMs]) => afterMs);
  const delays = button === 'paid' ? (notifiedAfterMs ?? withSteps) : withSteps;
  const delayMs = delays.find((afterMs) => afterMs > 0);
  payment.notifyAtMs = delayMs === undefined ? undefined : nowMs + delayMs;
  return delays.filter((afterMs) => afterMs === 0).length;
}

function stepsOf({ amountCents, button = 'paid', decidedAtMs = 0, sessionEndsAtMs }: BankPayment): Steps {
  const { steps, lateSteps } = scenarios[amountCents] ?? {};
  if (button !== 'paid') return [[0, button]];
  return (decidedAtMs >= sessionEndsAtMs ? lateSteps : steps) ?? [[0, 'paid']];
}

/** What the bank says of a payment. */
export function statusAt(payment: BankPayment, nowMs: number): BankStatus {
  const { decidedAtMs, sessionEndsAtMs } = payment;
  if (decidedAtMs === undefined) return nowMs >= sessionEndsAtMs ? 'expired' : 'created';
  return stepsOf(payment).findLast(([afterMs]) => decidedAtMs + afterMs <= nowMs)?.[1] ?? 'created';
}

/** Whether its messages are to be believed. */
export function isBelievable({ amountCents, button }: Pick<BankPayment, 'amountCents' | 'button'>): boolean {
  return button !== 'paid' || scenarios[amountCents]?.isWrong !== true;
}

/** Whether the citizen comes back without a message. */
export function isReturnBare({ amountCents, button }: BankPayment): boolean {
  return button === undefined || (button === 'paid' && scenarios[amountCents]?.isReturnBare === true);
}

/** The day on which an accepted payment is authorised: the one asked for, and not before the day after the citizen's. */
export function captureDayOf({ captureDay = '', decidedAtMs = 0 }: BankPayment): string {
  const noon = new Date(`${parisDay(new Date(decidedAtMs))}T12:00:00.000Z`);
  const tomorrow = parisDay(new Date(noon.getTime() + 86_400_000));
  return captureDay > tomorrow ? captureDay : tomorrow;
}

/** Whether money has come, or is still to come by itself, of a payment that the bank has as it stands. */
export function isPaidInTheEnd(payment: BankPayment): boolean {
  return isBelievable(payment) && statusAt(payment, Number.MAX_SAFE_INTEGER) === 'paid';
}
