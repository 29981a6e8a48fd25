/** Reads XML with its namespaces. Pure. */
import { parseXML } from '@aws-sdk/xml-builder';

export interface XmlElement {
  /** Empty without one. */
  readonly namespace: string;
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Namespaces by prefix. */
type Namespaces = Readonly<Record<string, string>>;

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

/** @returns the root; undefined when it is not XML. */
export function readXml(xml: string): XmlElement | undefined {
  // The parser accepts both.
  const hasBareAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(xml);
  if (hasBareAmpersand || xml.includes('<!DOCTYPE')) return undefined;
  try {
    const [[tag, value] = ['', '']] = Object.entries<unknown>(parseXML(xml));
    return readElement([tag, value], { '': '', xml: xmlNamespace });
  } catch {
    return undefined;
  }
}

/** The parser gives attributes and children alike: a text as a string, elements of one name as a list. */
function readElement([tag, value]: readonly [string, unknown], inherited: Namespaces): XmlElement {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const namespaces: Namespaces = { ...inherited, ...declaredNamespaces(entries) };
  const [name = '', prefix = ''] = tag.split(':').reverse();
  const namespace = namespaces[prefix];
  if (namespace === undefined) throw new Error('An undeclared prefix');
  const children = entries
    .filter(([child]) => child !== '#text' && !/^xmlns(:|$)/.test(child))
    .flatMap(([child, inner]) => [inner].flat().map((each) => readElement([child, each], namespaces)));
  const own = entries.find(([child]) => child === '#text')?.[1];
  return { namespace, name, text: typeof value === 'string' ? value : String(own ?? ''), children };
}

function declaredNamespaces(entries: readonly (readonly [string, unknown])[]): Namespaces {
  const declared = entries.flatMap(([name, uri]) => {
    const [, prefix] = /^xmlns(?:$|:(.+))/.exec(name) ?? ['', null];
    return prefix === null ? [] : [[prefix ?? '', String(uri)]];
  });
  return Object.fromEntries(declared);
}
