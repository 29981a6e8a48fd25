/** What keeps an item from being paid online, whatever its citizen does. Pure. */
import { bankProfiles } from '../bank/profiles.ts';
import type { Item } from '../item/item.ts';
import type { Regie } from '../regie/regie.ts';
import { daysBetween, parisDay } from '../values/days.ts';
import { hasRoom } from './attempts.ts';

/**
 * `bank-not-configured`: the stage or the regie lacks what its bank needs. `capture-too-late`: the regie has changed banks since
 * the item was added, and the new one cannot wait that long.
 */
export type Obstacle = 'bank-not-configured' | 'too-many-attempts' | 'capture-too-late';

/** As far as the row and the regie's file tell. */
export function obstacleTo(
  item: Item,
  { bank }: Pick<Regie, 'bank'>,
  now: Date,
): Exclude<Obstacle, 'bank-not-configured'> | undefined {
  if (captureDelayDays(item, now) > bankProfiles[bank].maximumCaptureDelayDays) return 'capture-too-late';
  return hasRoom(item) ? undefined : 'too-many-attempts';
}

/** Days from today, in Europe/Paris, to the day of the capture; 0 for a day that is past, and without one. */
export function captureDelayDays({ captureDate }: Pick<Item, 'captureDate'>, now: Date): number {
  return captureDate === undefined ? 0 : Math.max(0, daysBetween(parisDay(now), captureDate));
}
