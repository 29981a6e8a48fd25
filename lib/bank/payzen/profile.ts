/** Lyra's gateway, under several brands: what is known of it before anybody speaks to it. */
import { maximumAmountCents } from '../../values/money.ts';
import { defineBank } from '../profile.ts';

/** A regie's shop there. Its keys are secrets, and not here. */
export interface PayzenSettings {
  /** Eight digits. */
  readonly siteId: string;
  readonly mode: 'test' | 'production';
  /** PayZen itself when absent. */
  readonly brand?: 'payzen' | 'systempay' | 'scellius' | 'sogecommerce';
  /** Addresses of the form and of the REST API, where they are not the brand's. */
  readonly url?: string;
  readonly restUrl?: string;
  /** As the back office has it; HMAC-SHA-256 when absent. */
  readonly algorithm?: 'hmac-sha256' | 'sha1';
}

/** The gateway takes a form for so long after its date, and its session then lasts 10 minutes. */
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
