/** The bank of `npm start`: the sandbox, which is part of the service, or a stand-in for a real one in this process. */
import type { BankName } from '../../lib/bank/settings.ts';
import { newKey } from '../../lib/platform/random.ts';
import type { Secrets } from '../../lib/platform/secrets.ts';
import { putRegie, type RegieFile } from '../../lib/regie/administerRegies.ts';
import { findActiveRegie } from '../../lib/regie/regie.ts';
import type { RegieRegister } from '../../lib/regie/regieRegister.ts';
import { startPayfipServer } from '../../standins/payfip/server.ts';
import { startPayzenServer } from '../../standins/payzen/server.ts';
import { ensurePayzenKeys } from './folder.ts';

/** The bank that the default regie is at, for the time of one start. */
export interface DemoBank {
  /** A sentence for whoever starts it: the bank, and its address when it has one of its own. */
  readonly description: string;
  /** The secrets, with what the bank's regie needs of them. */
  readonly secrets: Secrets;
  /** Makes its regie the default one. @throws RegieRefusal. */
  putRegie(register: RegieRegister): Promise<void>;
  stop(): Promise<void>;
}

const demoRegieId = 'regie-demo';
const payzenRegieId = 'regie-payzen';
const payfipRegieId = 'regie-payfip';
const siteId = '12345678';
const numcli = '123456';

/** Starts the stand-in, where the bank is a real one. The port is one that nobody has. */
export function startDemoBank(name: BankName, secrets: Secrets, port: number): Promise<DemoBank> {
  return starts[name](secrets, port);
}

const starts: Readonly<Record<BankName, (secrets: Secrets, port: number) => Promise<DemoBank>>> = {
  async sandbox(secrets) {
    return {
      description: 'The bank is the sandbox, which is part of the service.',
      secrets,
      putRegie: giveDefaultBack,
      stop: async () => undefined,
    };
  },

  async payzen(before, port) {
    const { secrets, key, restPassword } = await ensurePayzenKeys(before, payzenRegieId);
    // The demo regie is in test mode, so that nobody has the other key and password.
    const keys = { test: key, production: newKey() };
    const restPasswords = { test: restPassword, production: newKey() };
    const bank = await startPayzenServer({ siteId, keys, restPasswords, port });
    const payzen = { siteId, mode: 'test', url: bank.formUrl, restUrl: bank.restUrl } as const;
    const regie = { ...regieAt('PayZen'), id: payzenRegieId, bank: 'payzen', payzen } as const;
    return { ...describeStandIn('PayZen', bank.url), secrets, putRegie: putAs(regie), stop: bank.stop };
  },

  async payfip(secrets, port) {
    const bank = await startPayfipServer({ numcli, port });
    const payfip = { numcli, mode: 'test', url: bank.soapUrl } as const;
    const regie = { ...regieAt('PayFiP'), id: payfipRegieId, bank: 'payfip', payfip } as const;
    return { ...describeStandIn('PayFiP', bank.url), secrets, putRegie: putAs(regie), stop: bank.stop };
  },
};

function regieAt(bank: string): Pick<RegieFile, 'name' | 'defaultLabel' | 'default'> {
  return { name: `Régie de démonstration (${bank})`, defaultLabel: 'Article à payer', default: true };
}

function describeStandIn(bank: string, url: string): Pick<DemoBank, 'description'> {
  return { description: `The bank is a stand-in for ${bank}, at ${url}: no money moves.` };
}

/** Put at each start: the stand-in may have another port. */
function putAs(regie: RegieFile): DemoBank['putRegie'] {
  return (register) => putRegie(register, regie);
}

/** Only from a stand-in's regie, which has nobody to answer now: any other default is the developer's choice. */
async function giveDefaultBack(register: RegieRegister): Promise<void> {
  const catalogue = await register.load();
  const demo = findActiveRegie(catalogue, demoRegieId);
  const isStandIn = [payzenRegieId, payfipRegieId].includes(catalogue.defaultRegieId ?? '');
  if (isStandIn && demo !== undefined) await putRegie(register, { ...demo, default: true });
}
