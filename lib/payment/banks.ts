/** What each bank can take, whatever the regie. */
import { maximumAmountCents } from '../money.ts';

interface BankLimits {
  readonly minimumCents: number;
  readonly maximumCents: number;
  /** How many days ahead a capture may be asked for. */
  readonly maximumCaptureDelayDays: number;
}

export const banks = {
  /** Pretends: for laptops and demonstrations. As patient as PayZen. */
  sandbox: { minimumCents: 1, maximumCents: maximumAmountCents, maximumCaptureDelayDays: 365 },
} as const satisfies Record<string, BankLimits>;

export type BankName = keyof typeof banks;
