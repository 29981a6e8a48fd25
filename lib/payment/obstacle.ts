/** What keeps an item from being paid online, whatever its citizen does. Pure. */

import { bankProfiles } from '../bank/profiles.ts';
import type { Item } from '../item/item.ts';
import type { Regie } from '../regie/regie.ts';
import { daysBetween, parisDay } from '../values/days.ts';
import { hasRoom } from './attempts.ts';

/** `capture-too-late`: the regie has changed bankProfiles since the item was added, and the new one cannot wait that long. */
export type Obstacle = 'too-many-attempts' | 'capture-too-late';

export function obstacleTo(item: Item, { bank }: Pick<Regie, 'bank'>, now: Date): Obstacle | undefined {
  if (captureDelayDays(item, now) > bankProfiles[bank].maximumCaptureDelayDays) return 'capture-too-late';
  return hasRoom(item) ? undefined : 'too-many-attempts';
}

/** Days from today, in Europe/Paris, to the day of the capture; 0 for a day that is past, and without one. */
export function captureDelayDays({ captureDate }: Pick<Item, 'captureDate'>, now: Date): number {
  return captureDate === undefined ? 0 : Math.max(0, daysBetween(parisDay(now), captureDate));
}
