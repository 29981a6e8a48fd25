/** The profiles of the banks. `registry.ts` has their adapters. */
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
