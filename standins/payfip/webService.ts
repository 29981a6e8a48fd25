/** The web service: a SOAP call comes by POST, and is answered or goes wrong by plan. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, send } from '../http.ts';
import { type SoapFault, takeFault } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { obey } from './operations.ts';
import { Refusal, type TechnicalFault } from './refusal.ts';
import { readCall, soapAnswer, soapFault } from './soap.ts';

interface SoapRequest {
  readonly xml: string;
  readonly contentType: string;
  readonly fault: SoapFault;
}

export async function serveSoap(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = takeFault(gateway, 'soap');
  const xml = await text(request);
  if (fault === 'silence') return;
  const answer = await answerSoap(gateway, { xml, contentType: request.headers['content-type'] ?? '', fault });
  if (typeof fault === 'object' && 'slowMs' in fault) await sleep(fault.slowMs, undefined, { ref: false });
  if (fault === 'reset-after') {
    response.socket?.resetAndDestroy();
    return;
  }
  const { body } = answer;
  send(response, fault === 'truncated' ? { ...answer, body: body.slice(0, body.length / 2) } : answer);
}

async function answerSoap(gateway: Gateway, { xml, contentType, fault }: SoapRequest): Promise<Answer> {
  if (fault === 'bad-gateway-502') return { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' };
  if (!/^text\/xml\b/i.test(contentType)) return { status: 415, contentType: 'text/html', body: '' };
  try {
    refuseByPlan(fault);
    const call = readCall(xml);
    const fields = obey(gateway, call);
    return await soapAnswer({ ...call, fields }, gateway.faults.isQualified === true);
  } catch (error) {
    if (error instanceof Refusal) return soapFault(error);
    throw error;
  }
}

function refuseByPlan(fault: SoapFault): void {
  if (typeof fault === 'string' && fault.startsWith('Tech')) throw new Refusal('inconnu', fault as TechnicalFault);
  if (typeof fault === 'object' && 'code' in fault) throw new Refusal(fault.code);
}
