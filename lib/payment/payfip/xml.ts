/**
 * Reads the little XML that a SOAP answer is made of: elements, text, CDATA, comments, the five entities of XML and character
 * references. Pure, strict, without recursion, and in a time that grows with the text: whatever else comes is refused, a
 * document type first, so that there is no entity to expand and no address to fetch.
 */

/** An element by its local name: prefixes and attributes are not kept. `text` is its own, not that of its children. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement extends XmlElement {
  /** With its prefix, for the end tag to match. */
  readonly tag: string;
  text: string;
  readonly children: XmlElement[];
}

/** What XML 1.0 allows in no document, not even by reference: https://www.w3.org/TR/xml/#charsets */
const forbiddenCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const token = new RegExp(
  [
    /<\?[\s\S]*?\?>/,
    /<!--[\s\S]*?-->/,
    /<!\[CDATA\[(?<cdata>[\s\S]*?)\]\]>/,
    /<\/(?<endTag>[^\s<>/"'=&!?]+)\s*>/,
    /<(?<startTag>[^\s<>/"'=&!?]+)(?:\s+[^\s<>/"'=&]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<isEmpty>\/?)>/,
    /(?<text>[^<]+)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

const entities: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
]);

/**
 * The root element of a whole document.
 *
 * @throws SyntaxError for anything that is not one, and for a document type; its message holds nothing of the text.
 */
export function parseXml(text: string): XmlElement {
  const document = openElement('');
  const path = [document];
  // Java writes a byte order mark now and then.
  const body = text.replace(/^\uFEFF/, '');
  if (forbiddenCharacter.test(body)) throw new SyntaxError('A character that XML does not allow.');
  for (const groups of tokensOf(body)) takeToken(path, groups);
  const [root, ...others] = document.children;
  if (path.length > 1) throw new SyntaxError('An element without its end.');
  if (root === undefined || others.length > 0 || document.text.trim() !== '') {
    throw new SyntaxError('Not one element and nothing else.');
  }
  return root;
}

type Token = Readonly<Partial<Record<'cdata' | 'endTag' | 'startTag' | 'isEmpty' | 'text', string>>>;

function* tokensOf(text: string): Generator<Token> {
  let position = 0;
  while (position < text.length) {
    token.lastIndex = position;
    const match = token.exec(text);
    if (match === null) throw new SyntaxError('Markup that is not understood.');
    position += match[0].length;
    yield match.groups ?? {};
  }
}

/** Takes one token into the innermost of the elements that are open, the document first. */
function takeToken(path: OpenElement[], { cdata, endTag, startTag, isEmpty, text }: Token): void {
  const innermost = path.at(-1);
  if (innermost === undefined || (endTag !== undefined && endTag !== innermost.tag)) {
    throw new SyntaxError('An end without its element.');
  }
  if (text !== undefined) innermost.text += decodeText(text);
  if (cdata !== undefined) innermost.text += cdata;
  if (startTag !== undefined) {
    const element = openElement(startTag);
    innermost.children.push(element);
    if (isEmpty === '') path.push(element);
  }
  if (endTag !== undefined) path.pop();
}

function openElement(tag: string): OpenElement {
  return { tag, name: tag.slice(tag.indexOf(':') + 1), text: '', children: [] };
}

function decodeText(text: string): string {
  return text.replace(/&[^;]{0,8};?/g, decodeReference);
}

/** An ampersand that begins nothing known is no text either: XML has it escaped. */
function decodeReference(reference: string): string {
  const [, decimal, hexadecimal] = /^&#(?:(\d{1,7})|x([0-9A-Fa-f]{1,6}));$/.exec(reference) ?? [];
  const codePoint = Number(decimal ?? `0x${hexadecimal}`);
  const character = entities.get(reference) ?? (codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '\0');
  if (forbiddenCharacter.test(character)) throw new SyntaxError('A reference to no known character.');
  return character;
}
