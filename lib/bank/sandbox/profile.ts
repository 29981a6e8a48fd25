/** The profile of the sandbox bank, for laptops and demonstrations: its limits and times, known without a call. */
import { maximumAmountCents } from '../../values/money.ts';
import { defineBank } from '../profile.ts';

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
