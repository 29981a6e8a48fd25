/** What a regie's file says of its bank. A new bank is a line here, and the types then say what it lacks. */
import type { PayfipSettings } from './payfip/settings.ts';
import type { PayzenSettings } from './payzen/settings.ts';
import type { SandboxSettings } from './sandbox/settings.ts';

/** Each bank's own part, under its name. */
interface BankAccounts {
  readonly sandbox?: SandboxSettings;
  readonly payzen?: PayzenSettings;
  readonly payfip?: PayfipSettings;
}

export type BankName = keyof BankAccounts;

export interface BankSettings extends BankAccounts {
  /** Of the regie. */
  readonly id: string;
  /** Where it takes payments now. The others may still have some under way. */
  readonly bank: BankName;
}
