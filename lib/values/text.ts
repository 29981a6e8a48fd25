/**
 * What is kept of a text that a caller, a citizen or an operator gives: what can be seen of it. A character that shows nothing
 * would make two users of one email, an empty title, or one that reads backwards. Pure.
 */

// Drawn as a gap, though Unicode counts them among the letters, signs and symbols: the fillers of Hangul, a cell of braille
// without a dot, a note without a head, two hieroglyphs.
const gap = String.raw`\u115F\u1160\u3164\uFFA0\u2800\u{1D159}\u{13441}\u{13442}`;

// Format characters, what Unicode lets programs ignore, and two more that leave no mark.
const unseen = String.raw`[[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC\u{16FE4}]--[${gap}]]`;

// A pictogram that is made of several; a pictogram or a key cap in its own colours.
const inPictogram = [
  String.raw`(?<=\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?)\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=\p{Extended_Pictographic})\uFE0F`,
  String.raw`(?<=[#*0-9])\uFE0F(?=\u20E3)`,
].join('|');

// From Arabic to Mongolian, by way of India: a joiner between two of these changes how they are drawn.
const joined = String.raw`[[[\p{L}\p{M}]&&[\u0600-\u0DFF\u0F00-\u109F\u1780-\u18AF]]--\p{Default_Ignorable_Code_Point}]`;
const inWord = String.raw`(?<=${joined})[\u200C\u200D](?=${joined})`;

/** Quick to look for: most texts have none of these, and are taken as they are. */
const anyUnseenOrGap = new RegExp(`[${gap}${unseen}]`, 'v');
const anythingToTidy = /[^!-~ ]|^ | $| {2}/;
const everyGap = new RegExp(`[${gap}]+`, 'gv');
const everyUnseen = new RegExp(unseen, 'gv');
const everyUseless = new RegExp(`(?!${inPictogram}|${inWord})${unseen}`, 'gv');

/** Without any character that shows nothing. */
export function dropUnseen(text: string): string {
  return text.replace(everyUnseen, '');
}

/**
 * A text for people, its white space as it was: without what shows nothing, unless it shapes the pictogram or the word it
 * stands in; letters that are blank are a space.
 */
export function readableText(text: string): string {
  return anyUnseenOrGap.test(text) ? text.replace(everyUseless, '').replace(everyGap, ' ') : text;
}

/** The same, trimmed, each run of white space one space; `''` when there is nothing to see. */
export function tidyText(text: string): string {
  return anythingToTidy.test(text) ? fold(readableText(text)) : text;
}

/** What names somebody, as {@link tidyText}, and without what only shapes: whatever shows nothing tells nobody apart. */
export function tidyName(text: string): string {
  return anythingToTidy.test(text) ? fold(dropUnseen(text).replace(everyGap, ' ')) : text;
}

/** Whether a character turns the direction of writing: what follows is then shown in another order than it is read in. */
export function turnsWriting(text: string): boolean {
  return /\p{Bidi_Control}/u.test(text);
}

/** The longest beginning of at most this many code points that cuts no character, as people see them, in two. */
export function cutText(text: string, maximum: number): string {
  let length = 0;
  for (const { segment, index } of new Intl.Segmenter('fr').segment(text)) {
    length += Array.from(segment).length;
    if (length > maximum) return text.slice(0, index);
  }
  return text;
}

function fold(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
