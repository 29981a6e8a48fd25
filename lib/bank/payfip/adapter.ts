/** Makes PayFiP's provider from a regie's file. */
import { AppError } from '../../values/errors.ts';
import { AccountProblem, type BankAdapter, notConfigured } from '../adapter.ts';
import { payfipClientCheck, payfipProvider, payfipUrl } from './payfipProvider.ts';

export const payfipAdapter: BankAdapter = {
  async provider({ clock }, { payfip }, attempt) {
    const { url = payfipUrl } = payfip ?? {};
    const numcli = attempt?.shop ?? payfip?.numcli;
    const mode = attempt?.mode ?? payfip?.mode;
    if (numcli === undefined || mode === undefined) throw notConfigured('No PayFiP account.');
    const pageUrl = new URL('/tpa/paiementws.web', url).href;
    return payfipProvider({ numcli, mode, url, pageUrl }, { now: clock.now });
  },

  /** Asks PayFiP whose client number it is. */
  async checkAccount(_, { id, payfip }) {
    if (payfip === undefined) throw new AccountProblem(`The file of the regie ${id} has no payfip account.`);
    const { numcli, mode, url = payfipUrl } = payfip;
    try {
      const { names } = await payfipClientCheck({ url, numcli }).describeClient();
      return `PayFiP knows the client ${numcli} (mode ${mode}) as: ${names.join(', ')}`;
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      if (cause.code === 'bank-rejected') throw new AccountProblem(`PayFiP rejects the client number ${numcli}.`);
      throw new AccountProblem(`PayFiP gave no usable answer at ${url} (${cause.code}).`);
    }
  },
};
