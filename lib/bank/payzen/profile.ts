/** The profile of Lyra's gateway, under several brands: its limits and times, known without a call. */
import { maximumAmountCents } from '../../values/money.ts';
import { defineBank } from '../profile.ts';

/** A regie's shop at the gateway. Its keys are among the secrets, and not here. */
export interface PayzenSettings {
  /** Eight digits. */
  readonly siteId: string;
  readonly mode: 'test' | 'production';
  /** PayZen itself when absent. */
  readonly brand?: 'payzen' | 'systempay' | 'scellius' | 'sogecommerce';
  /** Addresses of the form and of the REST API, if they are not the brand's. */
  readonly url?: string;
  readonly restUrl?: string;
  /** As set in the back office; HMAC-SHA-256 when absent. */
  readonly algorithm?: 'hmac-sha256' | 'sha1';
}

/** The gateway takes a form for this many minutes after its date. Its session then lasts 10 minutes. */
export const formMinutes = 30;

export const payzenProfile = defineBank({
  minimumCents: 1,
  maximumCents: maximumAmountCents,
  maximumCaptureDelayDays: 365,
  sessionMinutes: formMinutes + 10,
  lockOutlivesSessionMinutes: 5,
  modeOf: ({ payzen }) => payzen?.mode,
  howToFindOut: 'look in its back office, and replay the notification from there (« Rejouer »)',
});
