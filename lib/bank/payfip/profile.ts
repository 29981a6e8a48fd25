/** The profile of PayFiP, the Treasury's service (DGFiP): its limits and times, known without a call. */
import { defineBank } from '../profile.ts';

export const payfipProfile = defineBank({
  minimumCents: 100,
  maximumCents: 9_999_999,
  maximumCaptureDelayDays: 0,
  // The page opens for 15 minutes. The citizen has five more on it, as eopayment allows.
  sessionMinutes: 15,
  lockOutlivesSessionMinutes: 5,
  modeOf: ({ payfip }) => payfip?.mode,
  howToFindOut: 'ask the bank, by our reference there',
});
