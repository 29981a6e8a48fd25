/** What each bank can take and how long it takes, whatever the regie. */
import { maximumAmountCents } from '../values/money.ts';

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
  /** Lyra's gateway, under several brands. Its form may be posted for 30 min, and a session then lasts 10. */
  payzen: {
    minimumCents: 1,
    maximumCents: maximumAmountCents,
    maximumCaptureDelayDays: 365,
    sessionMs: 40 * minuteMs,
    lockMs: 45 * minuteMs,
  },
  /** The Treasury's. Its page is to be opened within 15 min, and a payment is given up after 20. */
  payfip: {
    minimumCents: 100,
    maximumCents: 9_999_999,
    maximumCaptureDelayDays: 0,
    sessionMs: 15 * minuteMs,
    lockMs: 20 * minuteMs,
  },
} as const satisfies Record<string, BankLimits>;

export type BankName = keyof typeof banks;
