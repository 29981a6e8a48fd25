/** The profile of PayFiP, the Treasury's service (DGFiP): its limits and times, known without a call. */
import { defineBank } from '../profile.ts';

/** A regie's account at PayFiP. */
export interface PayfipSettings {
  /** Six digits. */
  readonly numcli: string;
  readonly mode: 'test' | 'activation' | 'production';
  /** Address of the web service, if it is not PayFiP's own. */
  readonly url?: string;
}

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
