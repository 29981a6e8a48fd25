/** Query strings as w.c.s. writes them: `application/x-www-form-urlencoded`, UTF-8. */

/** One decoded parameter. A name or a value that is not percent-encoded UTF-8 is null. */
export interface QueryParameter {
  readonly name: string | null;
  readonly value: string | null;
}

/** Every parameter in order, repeated ones included; a part without `=` has the value `''`. */
export function parseQueryString(raw: string): QueryParameter[] {
  return raw
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      if (equals < 0) return { name: decode(part), value: '' };
      return { name: decode(part.slice(0, equals)), value: decode(part.slice(equals + 1)) };
    });
}

/** Encodes a name or a value as Python's `urlencode` does: space is `+`, only `_ . - ~` and alphanumerics stay. */
export function encodeFormValue(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

function decode(text: string): string | null {
  // Most names and values are plain.
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // Not percent-encoded UTF-8, so there is no text.
    return null;
  }
}
