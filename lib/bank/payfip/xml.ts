/**
 * Reads the XML of a SOAP answer into a tree, with saxes, a strict parser that by itself expands and fetches nothing. A
 * document type is refused: PayFiP's answers have none, and it could only do harm.
 */
import { SaxesParser } from 'saxes';

/** An element by its local name, without prefixes and attributes. `text` is its own text, without its children's. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement extends XmlElement {
  text: string;
  readonly children: XmlElement[];
}

/**
 * @returns the root element of a whole document.
 * @throws SyntaxError for any other text, and for a document type. Its message holds nothing of the text.
 */
export function parseXml(text: string): XmlElement {
  const document: OpenElement = { name: '', text: '', children: [] };
  const path = [document];
  const parser = new SaxesParser();
  const addText = (more: string) => {
    const innermost = path.at(-1);
    if (innermost !== undefined) innermost.text += more;
  };
  parser.on('error', () => refuse('The text is not well-formed XML.'));
  parser.on('doctype', () => refuse('There is a document type.'));
  parser.on('opentag', ({ name }) => {
    const element: OpenElement = { name: name.slice(name.indexOf(':') + 1), text: '', children: [] };
    path.at(-1)?.children.push(element);
    path.push(element);
  });
  parser.on('closetag', () => void path.pop());
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  const [root] = document.children;
  return root ?? refuse('There is no element.');
}

function refuse(why: string): never {
  throw new SyntaxError(why);
}
