/**
 * Keeps only the visible characters of texts that callers, citizens and operators give. An invisible character could make two
 * users out of one email, an empty title, or a title that reads backwards. Pure.
 */

// Characters that are drawn as a gap, although Unicode counts them as letters, signs or symbols: the Hangul fillers, the empty
// braille cell, the note without a head, two hieroglyphs.
const gap = String.raw`\u115F\u1160\u3164\uFFA0\u2800\u{1D159}\u{13441}\u{13442}`;

// Invisible characters: format characters, those that Unicode lets programs ignore, and two more.
const unseen = String.raw`[[\p{Cf}\p{Default_Ignorable_Code_Point}\uFFFC\u{16FE4}]--[${gap}]]`;

// Places where an invisible character shapes a pictogram: it joins several into one, or gives a pictogram or a key cap its
// colours.
const inPictogram = [
  String.raw`(?<=\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?)\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=\p{Extended_Pictographic})\uFE0F`,
  String.raw`(?<=[#*0-9])\uFE0F(?=\u20E3)`,
].join('|');

// Letters and marks of the scripts from Arabic to Mongolian, India's included. A joiner between two of them changes how they
// are drawn.
const joined = String.raw`[[[\p{L}\p{M}]&&[\u0600-\u0DFF\u0F00-\u109F\u1780-\u18AF]]--\p{Default_Ignorable_Code_Point}]`;
const inWord = String.raw`(?<=${joined})[\u200C\u200D](?=${joined})`;

/** Quick tests: most texts have none of these characters, and are returned as they are. */
const anyUnseenOrGap = new RegExp(`[${gap}${unseen}]`, 'v');
const anythingToTidy = /[^!-~ ]|^ | $| {2}/;
const everyGap = new RegExp(`[${gap}]+`, 'gv');
const everyUnseen = new RegExp(unseen, 'gv');
const everyUseless = new RegExp(`(?!${inPictogram}|${inWord})${unseen}`, 'gv');

/** The text without invisible characters. */
export function dropUnseen(text: string): string {
  return text.replace(everyUnseen, '');
}

/**
 * A text for people to read. Invisible characters go, unless they shape the pictogram or the word around them. Each run of
 * blank letters becomes one space. White space stays as it was.
 */
export function readableText(text: string): string {
  return anyUnseenOrGap.test(text) ? text.replace(everyUseless, '').replace(everyGap, ' ') : text;
}

/** As {@link readableText}, trimmed, with each run of white space as one space. `''` when nothing is visible. */
export function tidyText(text: string): string {
  return anythingToTidy.test(text) ? fold(readableText(text)) : text;
}

/** A text that names somebody: as {@link tidyText}, but without any invisible character. None may tell two people apart. */
export function tidyName(text: string): string {
  return anythingToTidy.test(text) ? fold(dropUnseen(text).replace(everyGap, ' ')) : text;
}

/**
 * Whether a character of the text turns the direction of writing. People then see what follows it in another order than
 * programs read it.
 */
export function turnsWriting(text: string): boolean {
  return /\p{Bidi_Control}/u.test(text);
}

/**
 * The longest beginning of the text with at most `maximum` code points. It never cuts in two what people see as one character.
 */
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
