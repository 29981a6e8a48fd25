/** The Treasury's service (DGFiP): what is known of it before anybody speaks to it. */
import { defineBank } from '../profile.ts';

/** A regie's account there. */
export interface PayfipSettings {
  /** Six digits. */
  readonly numcli: string;
  readonly mode: 'test' | 'activation' | 'production';
  /** Address of the web service, where it is not PayFiP's own. */
  readonly url?: string;
}

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
