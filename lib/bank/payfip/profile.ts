/** The Treasury's service (DGFiP): what is known of it before anybody speaks to it. */
import { defineBank } from '../profile.ts';

export const payfipProfile = defineBank({
  minimumCents: 100,
  maximumCents: 9_999_999,
  maximumCaptureDelayDays: 0,
  // Its page opens for 15 minutes; the citizen has five more on it, as eopayment allows.
  sessionMinutes: 15,
  lockOutlivesSessionMinutes: 5,
  modeOf: ({ payfip }) => payfip?.mode,
  howToFindOut: 'ask the bank, by our reference there',
});
