/** Days and instants. Pure: what time it is comes as a value. */

const dayMs = 86_400_000;

/** UTC, ISO 8601, to the millisecond: text order is time order. */
export type Instant = string;

/** The calendar day in Paris, `yyyy-mm-dd`: the day that counts for a remittance to a French bank. */
export function parisDay(instant: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(instant);
}

/** Whether the calendar has this `yyyy-mm-dd` day (2027-02-29 does not exist). */
export function isRealDay(day: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const parsed = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().startsWith(day);
}

/** The `yyyy-mm-dd` of a day written so, or as `dd/mm/yyyy`; undefined when it is neither, or the calendar has no such day. */
export function readDay(text: string): string | undefined {
  const day = text.replace(/^(\d{2})\/(\d{2})\/(\d{4})$/, '$3-$2-$1');
  return isRealDay(day) ? day : undefined;
}

/** Calendar days from one `yyyy-mm-dd` to another; negative when `to` is before `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/** ISO 8601 instant, UTC, to the millisecond; comparable as text. */
export function laterInstant(instant: Date, delayMs: number): string {
  return new Date(instant.getTime() + delayMs).toISOString();
}

/** The instant that lies this many days of 24 h later. */
export function daysLater(instant: Date, days: number): string {
  return laterInstant(instant, days * dayMs);
}
