/** Makes the sandbox bank's provider from a regie's file and the stage's key. */
import { type BankAdapter, notConfigured } from '../adapter.ts';
import { sandboxProvider } from './sandboxProvider.ts';

export const sandboxAdapter: BankAdapter = {
  async provider({ config: { sandboxUrl }, secrets }, { id, sandbox }) {
    const { sandboxKey } = await secrets.get();
    if (sandboxUrl === undefined || sandboxKey === undefined) throw notConfigured('This stage has no sandbox bank.');
    const requiresEmail = sandbox?.requiresEmail ?? false;
    return sandboxProvider({ url: sandboxUrl, key: sandboxKey, shop: id, requiresEmail });
  },

  async checkAccount(_, { id }) {
    return `The regie ${id} is at the sandbox bank: there is no account to check.`;
  },
};
