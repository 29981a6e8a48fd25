/** The profile of the sandbox bank, for laptops and demonstrations: its limits and times, known without a call. */
import { maximumAmountCents } from '../../values/money.ts';
import { defineBank } from '../profile.ts';

/** How the sandbox bank behaves for a regie. */
export interface SandboxSettings {
  /** As some real banks do. */
  readonly requiresEmail?: boolean;
}

export const sandboxProfile = defineBank({
  minimumCents: 1,
  maximumCents: maximumAmountCents,
  // As PayZen. No bank allows more.
  maximumCaptureDelayDays: 365,
  sessionMinutes: 10,
  lockOutlivesSessionMinutes: 5,
  isSandbox: true,
  modeOf: () => 'test',
  howToFindOut: 'ask the bank, by our reference there',
});
