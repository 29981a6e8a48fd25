/**
 * The provider for PayFiP, the payment service of the French Treasury (DGFiP), by its web service for regies.
 *
 * The protocol has no key and no signature, so we believe only PayFiP's answer to our own question. We open a payment by SOAP
 * and get an *idop*. The citizen takes it to PayFiP's page. The browser, or PayFiP's own server, brings back that idop and
 * nothing else. We then ask about the idop of the attempt. Tests run at the same address: the field `saisie` says whether money
 * moves.
 */
import { AppError } from '../../values/errors.ts';
import { answerPlainly } from '../notificationAnswer.ts';
import type { AskableProvider, Mode, OpenedPayment } from '../paymentProvider.ts';
import { readReport, rejectedByFault, reportWithoutResult } from './payfipMessage.ts';
import { writeOrderFields } from './payfipOrder.ts';
import { payfipProfile } from './profile.ts';
import { callPayfip, type Fields, type SoapAnswer } from './soap.ts';

/** A regie's account at PayFiP, and PayFiP's addresses. */
export interface PayfipAccount {
  /** Six digits, given by the DGFiP. */
  readonly numcli: string;
  readonly mode: Mode;
  /** Address of the SOAP service: `https://www.payfip.gouv.fr/tpa/services/securite`. */
  readonly url: string;
  /** Address of the page, without a query string: `https://www.payfip.gouv.fr/tpa/paiementws.web`. */
  readonly pageUrl: string;
}

/** PayFiP's own web service, for tests and for real payments. */
export const payfipUrl = 'https://www.payfip.gouv.fr/tpa/services/securite';

/** Faults that the citizen can mend: the email is missing, or PayFiP does not take it. Only the town can mend the others. */
const emailFaults: readonly string[] = ['A1', 'A2'];

/** The provider of one regie's account. */
export function payfipProvider(account: PayfipAccount, { now }: { now: () => Date }): AskableProvider {
  const { numcli, mode, url, pageUrl } = account;
  return {
    shop: numcli,
    mode,
    requiresEmail: true,
    // Any other email gets fault A2, at each try. PayFiP may refuse more emails: we do not know its rules.
    takesEmail: (email) => /^[!-~]{6,80}$/.test(email),

    async open(order) {
      const openedAt = now();
      const answer = await callPayfip(url, 'creerPaiementSecurise', writeOrderFields(order, account, openedAt));
      if ('faultCode' in answer && emailFaults.includes(answer.faultCode)) {
        throw rejectedByFault(answer.faultCode, 'bank-refused-email');
      }
      return readOpening(fieldsOf(answer), pageUrl, openedAt);
    },

    // Anybody could send an idop, so it proves nothing. We ask about the attempt's own.
    read: () => undefined,

    // 200 for a final refusal too: we refused PayFiP's answer to our own question, so its server would gain nothing by telling
    // us again.
    answer: (refusal) => answerPlainly(refusal, 200),

    async ask(attempt) {
      const { bankReference } = attempt;
      if (bankReference === undefined) return reportWithoutResult(undefined, { account, attempt, now: now() });
      // The name is `idOp`: with a small o, PayFiP knows no payment at all.
      const answer = await callPayfip(url, 'recupererDetailPaiementSecurise', { idOp: bankReference });
      const question = { account, attempt, now: now() };
      return 'fields' in answer ? readReport(answer.fields, question) : reportWithoutResult(answer.faultCode, question);
    },
  };
}

/** Asks whether PayFiP knows an account, before a regie opens. */
export interface PayfipClientCheck {
  /** @returns the names that PayFiP has for it. @throws AppError as `open` does; `bank-rejected` for an unknown number. */
  describeClient(): Promise<{ names: string[] }>;
}

/** Checks an account. Creates nothing. */
export function payfipClientCheck({ url, numcli }: Pick<PayfipAccount, 'url' | 'numcli'>): PayfipClientCheck {
  return {
    async describeClient() {
      const fields = fieldsOf(await callPayfip(url, 'recupererDetailClient', { numCli: numcli }));
      const names = ['libelleN1', 'libelleN2', 'libelleN3'].map((name) => fields.get(name));
      return { names: names.filter((name) => name !== undefined) };
    },
  };
}

/** @throws AppError `bank-rejected` for a functional fault. */
function fieldsOf(answer: SoapAnswer): Fields {
  if ('faultCode' in answer) throw rejectedByFault(answer.faultCode);
  return answer.fields;
}

/**
 * The citizen may be sent to the page again while it can be opened: nobody tells us whether the browser got there the first
 * time. Nobody can pay twice: the page takes an idop once, and then shows fault P3.
 *
 * @throws AppError `bank-outcome-unknown` without an idop: PayFiP may have created a payment even so.
 */
function readOpening(fields: Fields, pageUrl: string, openedAt: Date): OpenedPayment {
  const idop = fields.get('idOp') ?? '';
  if (!/^[0-9A-Za-z-]{8,64}$/.test(idop)) throw new AppError('bank-outcome-unknown');
  const sessionEndsAt = new Date(openedAt.getTime() + payfipProfile.sessionMs);
  return {
    redirect: { method: 'GET', url: `${pageUrl}?idop=${idop}` },
    bankReference: idop,
    sessionEndsAt,
    resumableUntil: sessionEndsAt,
  };
}
