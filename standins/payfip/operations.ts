/** The three operations of the web service. Each takes the fields of a call and returns those of the answer. */
import { randomUUID } from 'node:crypto';
import { checkClient, findPayment, type Gateway } from './gateway.ts';
import { checkOrder } from './order.ts';
import type { Fields } from './payment.ts';
import { Refusal } from './refusal.ts';
import type { Call } from './soap.ts';

/** @returns the fields of the answer. @throws Refusal when the call is wrong. */
export function obey(gateway: Gateway, { operation, fields }: Call): Fields {
  switch (operation) {
    case 'creerPaiementSecurise':
      return createPayment(gateway, fields);
    case 'recupererDetailPaiementSecurise':
      return describePayment(gateway, fields['idOp'] ?? '');
    case 'recupererDetailClient':
      return describeClient(gateway, fields['numCli'] ?? '');
    default:
      throw new Refusal('inconnu', 'TechProtocolaireErreur');
  }
}

function createPayment(gateway: Gateway, order: Fields): Fields {
  checkClient(gateway, order['numcli'] ?? '');
  checkOrder(order);
  const idop = randomUUID();
  gateway.payments.set(idop, { idop, order, createdAt: gateway.now(), isPurged: false });
  return { idOp: idop };
}

function describePayment(gateway: Gateway, idop: string): Fields {
  const { order, decision } = findPayment(gateway, idop);
  if (decision === undefined) throw new Refusal('P5');
  const { exer = '', mel = '', montant = '', numcli = '', objet, refdet = '', saisie = '' } = order;
  const isPaid = decision.result === 'P' || decision.result === 'V';
  return {
    ...parisTime(decision.at),
    exer,
    idOp: idop,
    mel,
    montant,
    ...(isPaid ? { numauto: '112233' } : {}),
    numcli,
    ...(objet === undefined ? {} : { objet }),
    refdet,
    resultrans: decision.result,
    saisie,
    ...gateway.faults.detail,
  };
}

const parisParts = new Intl.DateTimeFormat('fr-FR', {
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'Europe/Paris',
});

function parisTime(at: Date): { readonly dattrans: string; readonly heurtrans: string } {
  const digits = parisParts.format(at).replace(/\D/g, '');
  return { dattrans: digits.slice(0, 8), heurtrans: digits.slice(8) };
}

function describeClient(gateway: Gateway, numCli: string): Fields {
  checkClient(gateway, numCli);
  const [libelleN1 = '', libelleN2 = '', libelleN3 = ''] = gateway.client.names;
  return { libelleN1, libelleN2, libelleN3, numcli: numCli };
}
