/** Makes PayZen's provider from a regie's file and its keys. */
import { newTransId } from '../../platform/random.ts';
import { AccountProblem, type AdapterDeps, type BankAdapter, notConfigured } from '../adapter.ts';
import { payzenBrands, payzenProvider } from './payzenProvider.ts';

export const payzenAdapter: BankAdapter = {
  async provider({ secrets, clock, transIds }, { id, payzen }, attempt) {
    const mode = attempt?.mode ?? payzen?.mode;
    if (payzen === undefined || mode === undefined || mode === 'activation') throw notConfigured('No PayZen account.');
    const keys = await keysOf(secrets, id, mode);
    if (keys === undefined) throw notConfigured(`The regie has no PayZen key for the mode ${mode}.`);
    const { formUrl, restUrl } = payzenBrands[payzen.brand ?? 'payzen'];
    const { url = formUrl, algorithm = 'hmac-sha256' } = payzen;
    const siteId = attempt?.shop ?? payzen.siteId;
    const { key, restPassword } = keys;
    const rest =
      restPassword === undefined
        ? {}
        : { rest: { url: (payzen.restUrl ?? restUrl).replace(/\/+$/, ''), password: restPassword } };
    return payzenProvider(
      { siteId, mode, url, algorithm, key, ...rest },
      { now: clock.now, transIds, drawTransId: newTransId },
    );
  },

  /** Checks our keys only: the gateway says nothing before a citizen posts a form. */
  async checkAccount({ secrets }, { id, payzen }) {
    if (payzen === undefined) throw new AccountProblem(`The file of the regie ${id} has no payzen account.`);
    const { siteId, mode, brand = 'payzen', url = payzenBrands[brand].formUrl } = payzen;
    const keys = await keysOf(secrets, id, mode);
    if (keys === undefined) {
      throw new AccountProblem(`The secrets have no key: banks.${id}.payzen.${mode} is missing.`);
    }
    const question =
      keys.restPassword === undefined
        ? 'It cannot be asked what became of a payment: the secrets have no restPassword.'
        : 'It can be asked what became of a payment: the secrets have a restPassword.';
    return `The shop ${siteId} has a key for the mode ${mode}. Forms go to ${url}\n${question}`;
  },
};

async function keysOf(secrets: AdapterDeps['secrets'], regieId: string, mode: 'test' | 'production') {
  const { banks = {} } = await secrets.get();
  return Object.hasOwn(banks, regieId) ? banks[regieId]?.payzen?.[mode] : undefined;
}
