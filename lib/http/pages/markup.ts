/** HTML written as template literals in which every value is escaped. */
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Text that is safe to stand in a page as it is. */
export type Markup = HtmlEscapedString;

/** Text is escaped, markup is kept, undefined leaves nothing. */
type Part = string | number | Markup | readonly Markup[] | undefined;

/** The tag of a template; values may stand in text and between the double quotes of an attribute. */
export function markup(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  // Only a promise among the values would make the result one, and a Part never is.
  return html(strings, ...values) as Markup;
}

/** Our own text that already is HTML or CSS. Never for a value received. */
export function trusted(text: string): Markup {
  return raw(text);
}
