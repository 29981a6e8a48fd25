/**
 * A payment at the sandbox bank: what becomes of it, and what is said of it. Pure. Nothing happens at the bank between two
 * calls: what is to come "5 seconds later" is computed from the row and the time at which it is read.
 */
import { bankProfiles } from '../bank/profiles.ts';
import { encodeFields, type Fields, signFields } from '../bank/sandbox/sandboxSignature.ts';
import { daysLater, laterInstant, parisDay } from '../values/days.ts';
import { currency } from '../values/money.ts';
import { type Behaviour, magicAmounts, type StatusStep } from './magicAmounts.ts';
import type { SandboxOrder } from './order.ts';

/** The buttons of the bank's page, each named after what it ordinarily leads to. */
export const outcomes = ['paid', 'refused', 'abandoned', 'pending'] as const;
export type ChosenOutcome = (typeof outcomes)[number];

export interface SandboxPayment extends SandboxOrder {
  /** Unguessable: 32 hex digits. */
  readonly sessionId: string;
  readonly transactionId: string;
  /** These and the following are ISO 8601 instants. */
  readonly createdAt: string;
  readonly sessionEndsAt: string;
  readonly outcome?: ChosenOutcome;
  readonly decidedAt?: string;
  /** When a notification is to be sent that does not go with the press of the button. */
  readonly notifyAt?: string;
}

/** How this amount makes the bank behave. */
export function behaviourOf({ amountCents }: Pick<SandboxPayment, 'amountCents'>): Behaviour {
  return magicAmounts[amountCents] ?? {};
}

export function createPayment(
  order: SandboxOrder,
  ids: Pick<SandboxPayment, 'sessionId' | 'transactionId'>,
  now: Date,
): SandboxPayment {
  const { sessionMs = bankProfiles.sandbox.sessionMs } = behaviourOf(order);
  return { ...order, ...ids, createdAt: now.toISOString(), sessionEndsAt: laterInstant(now, sessionMs) };
}

/** What the payment's page is known by. */
export function pageId({ id, sessionId }: Pick<SandboxPayment, 'id' | 'sessionId'>): string {
  return `${id}-${sessionId}`;
}

function isDecided({ outcome }: SandboxPayment): boolean {
  return outcome !== undefined;
}

/** The payment with the button pressed; the very same one when it is decided already, or its session is over. */
export function decide(payment: SandboxPayment, outcome: ChosenOutcome, now: Date): SandboxPayment {
  const isLatePaid = outcome === 'paid' && behaviourOf(payment).lateSteps !== undefined;
  if (isDecided(payment) || (isSessionOver(payment, now) && !isLatePaid)) return payment;
  const decided = { ...payment, outcome, decidedAt: now.toISOString() };
  const later = notificationDelays(decided).find((delayMs) => delayMs > 0);
  return later === undefined ? decided : { ...decided, notifyAt: laterInstant(now, later) };
}

/** How many notifications go with the press of the button. */
export function countNotificationsAtOnce(payment: SandboxPayment): number {
  return notificationDelays(payment).filter((delayMs) => delayMs === 0).length;
}

/** What the bank says of a payment; not signed yet. */
export function composeMessage(payment: SandboxPayment, now: Date): Fields {
  const { id, shop, amountCents, transactionId } = payment;
  const { status, since } = statusAt(payment, now);
  const difference = payment.outcome === 'paid' ? (behaviourOf(payment).statedDifferenceCents ?? 0) : 0;
  const day = status === 'paid' || status === 'accepted' ? captureDate(payment) : undefined;
  return {
    reference: id,
    shop,
    mode: 'test',
    amount: String(amountCents + difference),
    currency,
    status,
    date: since,
    ...(isDecided(payment) ? { transaction: transactionId } : {}),
    ...(day === undefined ? {} : { capture_date: day }),
  };
}

/** What a citizen who comes to the payment's page is given. */
export type PageStep =
  | { readonly kind: 'choose' | 'expired'; readonly payment: SandboxPayment }
  /** The way back to the shop: at once, or by a link. */
  | { readonly kind: 'return' | 'link'; readonly payment: SandboxPayment; readonly address: string };

/** @param key signs what the citizen's browser takes back. */
export function nextStep(payment: SandboxPayment, now: Date, key: string): PageStep {
  if (!isDecided(payment)) return { kind: isSessionOver(payment, now) ? 'expired' : 'choose', payment };
  const comingBack = payment.outcome === 'paid' ? behaviourOf(payment).comingBack : undefined;
  const address =
    comingBack === undefined
      ? `${payment.returnUrl}?${encodeFields(signFields(composeMessage(payment, now), key))}`
      : payment.returnUrl;
  return { kind: comingBack === 'by-link' ? 'link' : 'return', payment, address };
}

/** The day on which the money is taken, `yyyy-mm-dd`; undefined when that is at once. */
export function captureDate(payment: SandboxPayment): string | undefined {
  const { createdAt, captureDelayDays, decidedAt } = payment;
  const asked = captureDelayDays === 0 ? undefined : dayAfter(createdAt, captureDelayDays);
  const isAccepted = payment.outcome === 'paid' && stepsOf(payment).some(({ status }) => status === 'accepted');
  if (!isAccepted || decidedAt === undefined) return asked;
  const tomorrow = dayAfter(decidedAt, 1);
  return asked === undefined || asked < tomorrow ? tomorrow : asked;
}

/** A day of Paris, counted at noon, where no change to summer time can move it. */
function dayAfter(instant: string, days: number): string {
  return parisDay(new Date(daysLater(new Date(`${parisDay(new Date(instant))}T12:00:00.000Z`), days)));
}

function isSessionOver({ sessionEndsAt }: SandboxPayment, now: Date): boolean {
  return sessionEndsAt <= now.toISOString();
}

function statusAt(payment: SandboxPayment, now: Date): { status: string; since: string } {
  const { createdAt, sessionEndsAt, decidedAt } = payment;
  if (decidedAt === undefined) {
    return isSessionOver(payment, now)
      ? { status: 'expired', since: sessionEndsAt }
      : { status: 'created', since: createdAt };
  }
  const begun = stepsOf(payment).map(({ status, afterMs }) => {
    return { status, since: laterInstant(new Date(decidedAt), afterMs) };
  });
  // The first begins with the decision, also for a clock that runs behind the one which wrote it.
  const [first = { status: 'created', since: createdAt }, ...others] = begun;
  return others.findLast(({ since }) => since <= now.toISOString()) ?? first;
}

function stepsOf(payment: SandboxPayment): readonly StatusStep[] {
  const { outcome = 'abandoned', sessionEndsAt, decidedAt = sessionEndsAt } = payment;
  const ordinary = [{ afterMs: 0, status: outcome }];
  if (outcome !== 'paid') return ordinary;
  const { steps = ordinary, lateSteps } = behaviourOf(payment);
  return decidedAt < sessionEndsAt ? steps : (lateSteps ?? steps);
}

function notificationDelays(payment: SandboxPayment): readonly number[] {
  const withEachStep = stepsOf(payment).map(({ afterMs }) => afterMs);
  return payment.outcome === 'paid' ? (behaviourOf(payment).notifyAfterMs ?? withEachStep) : withEachStep;
}
