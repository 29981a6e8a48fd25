/** The sandbox bank, for laptops and demonstrations: what is known of it before anybody speaks to it. */
import { maximumAmountCents } from '../../values/money.ts';
import { defineBank } from '../profile.ts';

export const sandboxProfile = defineBank({
  minimumCents: 1,
  maximumCents: maximumAmountCents,
  // As PayZen, which is the most that any bank allows.
  maximumCaptureDelayDays: 365,
  sessionMinutes: 10,
  lockOutlivesSessionMinutes: 5,
  isSandbox: true,
  modeOf: () => 'test',
  howToFindOut: 'ask the bank, by our reference there',
});
