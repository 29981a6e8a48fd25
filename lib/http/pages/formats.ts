/** Amounts, days and times as each language writes them; times are those of Paris. */

import type { Language } from '../../platform/config.ts';
import { parisDay } from '../../values/days.ts';
import { currency, formatEuros } from '../../values/money.ts';

/** British English: the day stands before the month, as everywhere in Europe. */
const locales = { fr: 'fr-FR', en: 'en-GB' } as const satisfies Record<Language, string>;

/** `1005` → `10,05 €` or `€10.05`. */
export function formatAmount(cents: number, language: Language): string {
  if (language === 'fr') return formatEuros(cents);
  return new Intl.NumberFormat(locales.en, { style: 'currency', currency }).format(cents / 100);
}

/** `2026-12-01` → `1er décembre 2026` or `1 December 2026`. */
export function formatDay(day: string, language: Language): string {
  const format = new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' });
  const written = format.format(new Date(`${day}T00:00:00Z`));
  return language === 'fr' ? written.replace(/^1 /, '1er ') : written;
}

/** `13 h 05` or `13:05`. */
export function formatTime(instant: Date, language: Language): string {
  const format = new Intl.DateTimeFormat(locales[language], { timeStyle: 'short', timeZone: 'Europe/Paris' });
  const written = format.format(instant);
  return language === 'fr' ? written.replace(':', '\u00a0h\u00a0') : written;
}

/** `jusqu’à 13 h 05`, or with the day when that is another; `until 13:05`. */
export function formatUntil(instant: Date, now: Date, language: Language): string {
  const isToday = parisDay(instant) === parisDay(now);
  const end = isToday ? formatTime(instant, language) : formatDayAndTime(instant, language);
  if (language === 'en') return `until ${end}`;
  return isToday ? `jusqu’à ${end}` : `jusqu’au ${end}`;
}

/** `23 novembre 2026 à 13 h 05` or `23 November 2026 at 13:05`. */
export function formatDayAndTime(instant: Date, language: Language): string {
  const at = { fr: 'à', en: 'at' } as const;
  return `${formatDay(parisDay(instant), language)} ${at[language]} ${formatTime(instant, language)}`;
}
