/** The language of a page, from what the browser asks for. */
import { parseAccept } from 'hono/utils/accept';
import type { PageLanguage } from './languages/languages.ts';

/**
 * French, unless the citizen's browser prefers English to it.
 *
 * @param acceptLanguage the header as it came (RFC 9110, 12.5.4); nothing in it is an error.
 */
export function preferredLanguage(acceptLanguage: string | undefined): PageLanguage {
  const accepted = parseAccept(acceptLanguage ?? '').map(({ type, q }) => ({ range: type.toLowerCase(), q }));
  const qualityOf = (language: PageLanguage): number => {
    const ranges = accepted.filter(({ range }) => range === language || range.startsWith(`${language}-`));
    const named = ranges.length > 0 ? ranges : accepted.filter(({ range }) => range === '*');
    return named.reduce((best, { q }) => Math.max(best, q), 0);
  };
  return qualityOf('en') > qualityOf('fr') ? 'en' : 'fr';
}
