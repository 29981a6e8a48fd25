/** What each bank can take and how long it takes, whatever the regie. */
import { maximumAmountCents } from '../money.ts';

export interface BankLimits {
  readonly minimumCents: number;
  readonly maximumCents: number;
  /** How many days ahead a capture may be asked for. */
  readonly maximumCaptureDelayDays: number;
  /** How long a citizen has at the bank, from the opening. */
  readonly sessionMs: number;
  /** How long an open attempt keeps the item from another payment: the session, and the time its news may take. */
  readonly lockMs: number;
}

const minuteMs = 60_000;

export const banks = {
  /** Pretends: for laptops and demonstrations. Captures as far ahead as PayZen, which is the most that any bank allows. */
  sandbox: {
    minimumCents: 1,
    maximumCents: maximumAmountCents,
    maximumCaptureDelayDays: 365,
    sessionMs: 10 * minuteMs,
    lockMs: 15 * minuteMs,
  },
} as const satisfies Record<string, BankLimits>;

export type BankName = keyof typeof banks;
