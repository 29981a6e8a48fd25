/**
 * The adapter to PayFiP, the payment service of the French Treasury (DGFiP), by its web service for regies.
 *
 * The protocol has no key and no signature: truth comes only from asking. We open a payment by SOAP and get an *idop*, which
 * the citizen takes to the page; what comes back, by the browser or by PayFiP's own server, is that idop and nothing else; we
 * then ask what became of ours. Tests run at the same address: the field `saisie` says whether money moves.
 */
import { AppError } from '../../values/errors.ts';
import { answerPlainly } from '../notificationAnswer.ts';
import type { AskableProvider, Mode, OpenedPayment } from '../paymentProvider.ts';
import { readReport, rejectedByFault, reportWithoutResult } from './payfipMessage.ts';
import { writeOrderFields } from './payfipOrder.ts';
import { payfipProfile } from './profile.ts';
import { callPayfip, type Fields, type SoapAnswer } from './soap.ts';

/** What is needed to deal with PayFiP in a regie's name. */
export interface PayfipAccount {
  /** Six digits, given by the DGFiP. */
  readonly numcli: string;
  readonly mode: Mode;
  /** Of the SOAP service: `https://www.payfip.gouv.fr/tpa/services/securite`. */
  readonly url: string;
  /** Of the page, without a query string: `https://www.payfip.gouv.fr/tpa/paiementws.web`. */
  readonly pageUrl: string;
}

/** PayFiP's own web service, for tests and for real. */
export const payfipUrl = 'https://www.payfip.gouv.fr/tpa/services/securite';

/** What the citizen can mend: the email is missing, or is none that PayFiP takes. Every other fault is the town's matter. */
const emailFaults: readonly string[] = ['A1', 'A2'];

/** PayFiP in the name of one regie. */
export function payfipProvider(account: PayfipAccount, { now }: { now: () => Date }): AskableProvider {
  const { numcli, mode, url, pageUrl } = account;
  return {
    shop: numcli,
    mode,
    requiresEmail: true,
    // Fault A2 otherwise, at each try. PayFiP may refuse others: its rules are not known to us.
    takesEmail: (email) => /^[!-~]{6,80}$/.test(email),

    async open(order) {
      const openedAt = now();
      const answer = await callPayfip(url, 'creerPaiementSecurise', writeOrderFields(order, account, openedAt));
      if ('faultCode' in answer && emailFaults.includes(answer.faultCode)) {
        throw rejectedByFault(answer.faultCode, 'bank-refused-email');
      }
      return readOpening(fieldsOf(answer), pageUrl, openedAt);
    },

    // An idop that anybody could have sent says nothing: the attempt's own is asked about.
    read: () => undefined,

    // What was refused for good is the answer to our own question: PayFiP's server gains nothing by telling us again.
    answer: (refusal) => answerPlainly(refusal, 200),

    async ask(attempt) {
      const { bankReference } = attempt;
      if (bankReference === undefined) return reportWithoutResult(undefined, { account, attempt, now: now() });
      // With a small o, PayFiP knows no payment at all.
      const answer = await callPayfip(url, 'recupererDetailPaiementSecurise', { idOp: bankReference });
      const question = { account, attempt, now: now() };
      return 'fields' in answer ? readReport(answer.fields, question) : reportWithoutResult(answer.faultCode, question);
    },
  };
}

/** Whether PayFiP knows an account, before a regie opens. */
export interface PayfipClientCheck {
  /** @returns the names that PayFiP has for it. @throws AppError as `open` does; `bank-rejected` for an unknown number. */
  describeClient(): Promise<{ names: string[] }>;
}

/** The check of an account; nothing is created by it. */
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
 * The citizen may be led to the page again for as long as it can be opened: nobody tells us whether the browser got there the
 * first time. Nobody can pay twice: the page takes an idop once, and shows fault P3 the second time.
 *
 * @throws AppError `bank-outcome-unknown` without an idop: PayFiP may have a payment all the same.
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
