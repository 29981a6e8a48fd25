/** What is known of a bank before anybody speaks to it. Light: `add` needs it, and carries no adapter. */
import type { Mode } from './paymentProvider.ts';
import type { BankSettings } from './settings.ts';

export interface BankProfile {
  readonly minimumCents: number;
  readonly maximumCents: number;
  /** How many days ahead a capture may be asked for. */
  readonly maximumCaptureDelayDays: number;
  /** How long a citizen has at the bank, from the opening. */
  readonly sessionMs: number;
  /** How long an open attempt keeps the item from another payment. Always longer than the session. */
  readonly lockMs: number;
  /** Whether this is the sandbox bank, which the pages say in words of their own. */
  readonly isSandbox: boolean;
  /** Whether money moves for a regie; undefined where its file has no account at this bank. */
  readonly modeOf: (settings: BankSettings) => Mode | undefined;
  /** What people do who have to find out what became of a payment. */
  readonly howToFindOut: string;
}

/** Minutes above zero: a lock that ends with the session, or before it, would let a second payment begin beside the first. */
type Margin<Minutes extends number> = `${Minutes}` extends '0' | `-${string}` ? never : Minutes;

type Definition<Minutes extends number> = Omit<BankProfile, 'sessionMs' | 'lockMs' | 'isSandbox'> & {
  readonly isSandbox?: boolean;
  readonly sessionMinutes: number;
  /** The time that the bank's news may take. */
  readonly lockOutlivesSessionMinutes: Minutes & Margin<Minutes>;
};

const minuteMs = 60_000;

export function defineBank<const Minutes extends number>(definition: Definition<Minutes>): BankProfile {
  const { sessionMinutes, lockOutlivesSessionMinutes, ...profile } = definition;
  const sessionMs = sessionMinutes * minuteMs;
  return { isSandbox: false, ...profile, sessionMs, lockMs: sessionMs + lockOutlivesSessionMinutes * minuteMs };
}
