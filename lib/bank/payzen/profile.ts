/** Lyra's gateway, under several brands: what is known of it before anybody speaks to it. */
import { maximumAmountCents } from '../../values/money.ts';
import { defineBank } from '../profile.ts';

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
