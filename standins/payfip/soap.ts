/** SOAP 1.1, as PayFiP speaks it: a call is read, an answer or a fault is written. */
import { html } from 'hono/html';
import type { Answer, Page as Markup } from '../http.ts';
import type { Fields } from './payment.ts';
import { Refusal } from './refusal.ts';
import { readXml } from './xml.ts';

export interface Call {
  readonly operation: string;
  /** The children of `arg0`. */
  readonly fields: Fields;
}

const envelopeNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';
const authority = 'http://securite.service.tpa.cp.finances.gouv.fr';
const methodNamespace = `${authority}/services/mas_securite/contrat_paiement_securise/PaiementSecuriseService`;
const answerNamespace = `${authority}/reponse`;
const exceptions = 'fr.gouv.finances.cp.tpa.webservice.exceptions';

/** @throws Refusal `TechProtocolaireErreur` for anything but one call in a SOAP 1.1 envelope. */
export function readCall(xml: string): Call {
  const root = readXml(xml);
  const body = root?.name === 'Envelope' && root.namespace === envelopeNamespace ? root.children : [];
  const call = body.find(({ name, namespace }) => name === 'Body' && namespace === envelopeNamespace)?.children[0];
  // Only the method is qualified: PayFiP does not see an `arg0`, or a child of it, that is in a namespace.
  const argument = call?.children.find(({ name, namespace }) => name === 'arg0' && namespace === '');
  if (call === undefined || call.namespace !== methodNamespace || argument === undefined) {
    throw new Refusal('inconnu', 'TechProtocolaireErreur');
  }
  const seen = argument.children.filter(({ namespace }) => namespace === '');
  return { operation: call.name, fields: Object.fromEntries(seen.map(({ name, text }) => [name, text])) };
}

/** @param isQualified whether the fields are in the namespace of answers. */
export function soapAnswer({ operation, fields }: Call, isQualified: boolean): Promise<Answer> {
  const elements = Object.entries(fields).map(([name, value]) =>
    isQualified
      ? html`<rep:${name} xmlns:rep="${answerNamespace}">${value}</rep:${name}>`
      : html`<${name}>${value}</${name}>`,
  );
  const method = `ns2:${operation}Response`;
  return envelope(200, html`<${method} xmlns:ns2="${methodNamespace}"><return>${elements}</return></${method}>`);
}

export function soapFault({ kind, code, message }: Refusal): Promise<Answer> {
  const children = html`<code>${code}</code><descriptif/><libelle>${message}</libelle><severite>2</severite>`;
  const detail = html`<ns1:${kind} xmlns:ns1="${methodNamespace}">${children}</ns1:${kind}>`;
  return envelope(
    500,
    html`<soap:Fault><faultcode>soap:Server</faultcode><faultstring>${exceptions}.${kind}</faultstring><detail>${detail}</detail></soap:Fault>`,
  );
}

async function envelope(status: number, body: Markup): Promise<Answer> {
  const xml = html`<soap:Envelope xmlns:soap="${envelopeNamespace}"><soap:Body>${body}</soap:Body></soap:Envelope>`;
  return { status, contentType: 'text/xml;charset=UTF-8', body: String(await xml) };
}
