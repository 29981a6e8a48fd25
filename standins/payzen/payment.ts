/** A payment at the gateway: what it is, how it stands, and what the citizen may choose. Pure. */

/** `vads_…` fields by name. */
export type Fields = Readonly<Record<string, string>>;

/** `vads_ctx_mode`. */
export type Mode = 'TEST' | 'PRODUCTION';

/** `vads_trans_status`, as far as this gateway goes. */
export type Status = 'AUTHORISED' | 'REFUSED' | 'ABANDONED' | 'UNDER_VERIFICATION' | 'WAITING_AUTHORISATION';

/** One for each button of the payment page. */
export type PayzenOutcome = 'paid' | 'refused' | 'abandoned' | 'pending' | 'accepted';

/** A payment whose form was taken. */
export interface PayzenPayment {
  /** `vads_trans_uuid`, and the end of the payment page's address. */
  readonly id: string;
  /** Blank when the form named none. */
  readonly orderId: string;
  readonly mode: Mode;
  readonly amountCents: number;
  /** Days, 365 at most. */
  readonly captureDelay: number;
  /** The form, decoded. */
  readonly request: Fields;
  readonly openedAt: Date;
  /** What the citizen typed on the bank's pages. */
  typed: Fields;
  /** Undefined until somebody chooses, as is `decidedAt`. */
  status?: Status;
  decidedAt?: Date;
}

export const outcomeStatuses: Readonly<Record<PayzenOutcome, Status>> = {
  paid: 'AUTHORISED',
  refused: 'REFUSED',
  abandoned: 'ABANDONED',
  pending: 'UNDER_VERIFICATION',
  accepted: 'WAITING_AUTHORISATION',
};

const sessionMs = 10 * 60_000;
const dayMs = 24 * 60 * 60_000;
/** A capture later than this is authorised when it comes near, not at once. */
const longestAuthorisationDays = 7;

/** The buttons of its page. */
export function choicesOf({ captureDelay }: PayzenPayment): readonly PayzenOutcome[] {
  const always = ['paid', 'refused', 'abandoned', 'pending'] as const;
  return captureDelay > longestAuthorisationDays ? [...always, 'accepted'] : always;
}

export function isSessionOver({ openedAt }: PayzenPayment, now: Date): boolean {
  return now.getTime() - openedAt.getTime() > sessionMs;
}

/** The gateway makes no transaction before the citizen chooses, and none for a payment that was abandoned. */
export function hasTransaction({ status }: PayzenPayment): boolean {
  return status !== undefined && status !== 'ABANDONED';
}

export function captureTime({ decidedAt, openedAt, captureDelay }: PayzenPayment): Date {
  return new Date((decidedAt ?? openedAt).getTime() + captureDelay * dayMs);
}

/** Blank where nothing is authorised yet. */
export function authorisationNumber({ id, status }: PayzenPayment): string {
  return status === 'AUTHORISED' ? id.slice(0, 6) : '';
}
