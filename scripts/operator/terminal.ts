/** What the commands print and read at a terminal: tables, times of Paris, masked names. Pure. */
import { cutText } from '../../lib/values/text.ts';

/**
 * Rows as aligned columns, as many as the first row has. Every text passes here on its way to the terminal, which must
 * not take orders: a control character, or one that turns the direction of writing, is replaced by `�`.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map((cell) => cell.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '�')));
  const widths = (safe[0] ?? []).map((_, column) => Math.max(...safe.map((row) => row[column]?.length ?? 0)));
  return safe
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A text of at most this many characters, the last one `…` when something was cut. */
export function shorten(text: string, maximum: number): string {
  return Array.from(text).length <= maximum ? text : `${cutText(text, maximum - 1)}…`;
}

/** Said once wherever times are shown. */
export const timeNote = 'Times are those of Paris: UTC+1 in winter, UTC+2 in summer.';

const parisFormat = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'Europe/Paris',
});

/** `2026-11-23T12:00:00.000Z` → `2026-11-23 13:00:00`, the time in Paris. */
export function formatParisTime(instant: string): string {
  return parisFormat.format(new Date(instant));
}

const hourMs = 3_600_000;

/**
 * The instant, ISO 8601 UTC, at which clocks in Paris show this `yyyy-mm-dd` (its midnight) or `yyyy-mm-ddThh:mm`; the
 * earlier one of the hour that comes twice in autumn. Undefined when no clock ever shows it.
 */
export function parseParisTime(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(text)) return undefined;
  const wanted = `${text}${text.includes('T') ? '' : 'T00:00'}:00`;
  const asUtcMs = Date.parse(`${wanted}Z`);
  if (Number.isNaN(asUtcMs)) return undefined;
  const [inSummer, inWinter] = [2, 1].map((hours) => new Date(asUtcMs - hours * hourMs).toISOString());
  return [inSummer, inWinter].find((instant) => instant && formatParisTime(instant) === wanted.replace('T', ' '));
}

/** `ab1c2d3e` → `ab…3e`; nothing but `…` of one so short that four characters would tell it. */
export function maskNameId(nameId: string): string {
  return nameId.length < 8 ? '…' : `${nameId.slice(0, 2)}…${nameId.slice(-2)}`;
}

/** `gerard@rungis.fr` → `g…@rungis.fr`; without the letter when there are few beside it. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${at < 3 ? '' : email.slice(0, 1)}…${email.slice(at)}`;
}
