/** Payment addresses spoiled in a mail or on paper: in capitals, or with the text that stood behind them. Pure. */
import { tokenLength } from '../payment/paymentLink.ts';

const paymentPath = /\/payment\/(.+)$/is;

/** Letters that base32 does not have. Crockford reads each as the digit that it looks like. */
const lookalikes: Readonly<Record<string, string>> = { i: '1', l: '1', o: '0' };

const noLetter = /[^0-9a-hjkmnp-tv-z]/g;

/**
 * As many letters as a token has, whatever stands between and before them; then the end, or what is no letter and all behind it. A
 * page below is another page.
 */
const wholeToken = new RegExp(`^(?:[^0-9a-hjkmnp-tv-z]*[0-9a-hjkmnp-tv-z]){${tokenLength}}(?![/]*[0-9a-z])`);

/**
 * The token of a payment page that a path was meant to lead to. Characters that no token has are dropped. Undefined when the
 * rest has not a token's length. Only the MAC tells whether the token is ours.
 */
export function strayToken(rawPath: string): string | undefined {
  const [, name = ''] = paymentPath.exec(decode(rawPath)) ?? [];
  const letters = name.toLowerCase().replace(/[ilo]/g, (letter) => lookalikes[letter] ?? letter);
  return wholeToken.exec(letters)?.[0].replace(noLetter, '');
}

/** The gateway decodes some paths, and leaves others as they are. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not an encoding: taken as it is.
    return path;
  }
}

/** From an address below `/payment/` to another page there, whatever host and folder it was opened under. */
export function relativeAddress(rawPath: string, token: string): string {
  const below = rawPath.slice(rawPath.lastIndexOf('/payment/') + '/payment/'.length);
  return `${'../'.repeat(below.split('/').length - 1)}${token}`;
}
