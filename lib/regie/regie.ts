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

/** Whose each name is, and which regie takes the items that name none. */
export interface Names {
  /** Id of the regie by each id and slug: the only place that says whose a name is. */
  readonly names: Readonly<Record<string, string>>;
  readonly defaultRegieId?: string;
}

/** All the regies of a stage. */
export interface RegieCatalogue extends Names {
  readonly regies: readonly Regie[];
  /** Raised by one with each change of the names; 0 before the first. */
  readonly version: number;
}

/** The regie with this id or slug, whatever its status. */
export function findRegie({ regies, names }: RegieCatalogue, idOrSlug: string): Regie | undefined {
  const wanted = Object.hasOwn(names, idOrSlug) ? names[idOrSlug] : undefined;
  return regies.find(({ id }) => id === wanted);
}

/** The active regie with this id or slug, or the default one without either. */
export function findActiveRegie(catalogue: RegieCatalogue, idOrSlug = catalogue.defaultRegieId): Regie | undefined {
  const found = idOrSlug === undefined ? undefined : findRegie(catalogue, idOrSlug);
  return found?.status === 'active' ? found : undefined;
}
