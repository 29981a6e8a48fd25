/** One SOAP 1.1 call to PayFiP: an envelope written by hand, an answer read by local names, faults told apart. */
import { AppError } from '../../values/errors.ts';
import { callBank } from '../bankCall.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** The operations of the service; each takes one `arg0` and answers one `return`. */
export type Operation = 'creerPaiementSecurise' | 'recupererDetailPaiementSecurise' | 'recupererDetailClient';

/** Names and texts; one that is empty is absent. Numbers stay text: `001000`. */
export type Fields = ReadonlyMap<string, string>;

/** What the service said: its fields, or the code of its *FonctionnelleErreur*, `unknown` where that is not one. */
export type SoapAnswer = { readonly fields: Fields } | { readonly faultCode: string };

const soapNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';
const methodNamespace =
  'http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService';

/** SOAP 1.1 §6.2: every fault comes with this status. */
const faultStatus = 500;

/**
 * @param values of `arg0`, in the order of the service's schema, which is that of the alphabet.
 * @throws AppError `bank-unavailable` when nothing was done; `bank-rejected` when the call itself is not of the protocol;
 *   `bank-outcome-unknown` for every other failure, and for what is not an answer to this operation.
 */
export async function callPayfip(
  url: string,
  operation: Operation,
  values: Readonly<Record<string, string>>,
): Promise<SoapAnswer> {
  const { status, text } = await callBank(url, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
    body: writeEnvelope(operation, values),
    acceptsStatus: faultStatus,
    isQuestion: operation !== 'creerPaiementSecurise',
  });
  const content = readContent(text);
  const fault = content.find(({ name }) => name === 'Fault');
  if (fault !== undefined) return { faultCode: readFault(fault) };
  const answer = content.find(({ name }) => name === `${operation}Response`);
  const result = answer?.children.find(({ name }) => name === 'return');
  if (status !== 200 || result === undefined) throw new AppError('bank-outcome-unknown');
  return { fields: readFields(result) };
}

/** The envelope of a call: `arg0` and its children are in no namespace. */
export function writeEnvelope(operation: Operation, values: Readonly<Record<string, string>>): string {
  const children = Object.entries(values).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return (
    `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${soapNamespace}"><soap:Body>` +
    `<p:${operation} xmlns:p="${methodNamespace}"><arg0>${children.join('')}</arg0></p:${operation}>` +
    '</soap:Body></soap:Envelope>'
  );
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters and halves of characters have no place in XML, escaped or not: they are dropped. */
function escapeXml(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '').replace(/[&<>"']/g, (character) => escapes[character] ?? '');
}

/** What the body of the envelope holds. */
function readContent(text: string): readonly XmlElement[] {
  const envelope = parseAnswer(text);
  const bodies = envelope.children.filter(({ name }) => name === 'Body');
  const [body] = bodies;
  if (envelope.name !== 'Envelope' || body === undefined || bodies.length > 1) {
    throw new AppError('bank-outcome-unknown');
  }
  return body.children;
}

function parseAnswer(text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (cause) {
    throw new AppError('bank-outcome-unknown', { cause });
  }
}

/** A name that comes twice could mean either. */
function readFields({ children }: XmlElement): Fields {
  const fields = new Map<string, string>();
  for (const { name, text, children: nested } of children) {
    if (nested.length > 0 || fields.has(name)) throw new AppError('bank-outcome-unknown');
    fields.set(name, text.trim());
  }
  return new Map([...fields].filter(([, value]) => value !== ''));
}

/**
 * The code of a functional fault. A technical one says what may be done next: *TechIndisponibilite*, nothing was done;
 * *TechProtocolaire*, the same call will never do; *TechDysfonctionnement* and all others, the service may have gone half way.
 */
function readFault({ children }: XmlElement): string {
  const detail = children.find(({ name }) => name === 'detail');
  const [error] = detail?.children ?? [];
  const code = error?.children.find(({ name }) => name === 'code')?.text.trim() ?? '';
  // Nothing else of a fault is kept: its sentences may repeat an email.
  const safeCode = /^[A-Z]\d{1,3}$/.test(code) ? code : 'unknown';
  if (error?.name === 'FonctionnelleErreur') return safeCode;
  const cause = Object.assign(new Error(`PayFiP technical fault ${safeCode}`), { code: safeCode });
  if (error?.name === 'TechIndisponibiliteErreur') throw new AppError('bank-unavailable', { cause });
  if (error?.name === 'TechProtocolaireErreur') throw new AppError('bank-rejected', { cause });
  throw new AppError('bank-outcome-unknown', { cause });
}
