/** Payment regies: what one is, and how a call names one. Pure. */
import type { BankName } from '../payment/banks.ts';

/** Shape of `schemas/regieFile.schema.json`, without the pointer to the default. Amounts in cents. */
export interface RegieSettings {
  readonly id: string;
  readonly slug?: string;
  readonly name: string;
  readonly bank: BankName;
  readonly defaultLabel: string;
  readonly minimumCents?: number;
  readonly maximumCents?: number;
}

/** A disabled regie takes no new item; a removed one is also gone from the list. Both still serve the items they have. */
export interface Regie extends RegieSettings {
  readonly status: 'active' | 'disabled' | 'removed';
  /** Raised by one with each change. */
  readonly version: number;
}

/** All the regies of a stage, and which takes the items that name none. */
export interface RegieCatalogue {
  readonly regies: readonly Regie[];
  readonly defaultRegieId?: string;
}

/** The active regie with this id or slug, or the default one without either; undefined when there is none. */
export function findActiveRegie({ regies, defaultRegieId }: RegieCatalogue, idOrSlug?: string): Regie | undefined {
  const wanted = idOrSlug ?? defaultRegieId;
  const found = regies.find(({ id }) => id === wanted) ?? regies.find(({ slug }) => slug === idOrSlug && slug);
  return found?.status === 'active' ? found : undefined;
}
