/** The profiles of the banks, by the name in a regie's file. A new bank takes a line here, and one in `registry.ts`. */
import { payfipProfile } from './payfip/profile.ts';
import { payzenProfile } from './payzen/profile.ts';
import type { BankProfile } from './profile.ts';
import { sandboxProfile } from './sandbox/profile.ts';
import type { BankName } from './settings.ts';

export const bankProfiles = {
  sandbox: sandboxProfile,
  payzen: payzenProfile,
  payfip: payfipProfile,
} as const satisfies Record<BankName, BankProfile>;
