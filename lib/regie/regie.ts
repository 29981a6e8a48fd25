/** Payment regies: what one is, and how a call names one. Pure. */
import type { BankSettings } from '../bank/settings.ts';

/** Shape of `schemas/regieFile.schema.json`, without the pointer to the default. Amounts in cents. */
export interface RegieSettings extends BankSettings {
  readonly slug?: string;
  readonly name: string;
  readonly defaultLabel: string;
  readonly minimumCents?: number;
  readonly maximumCents?: number;
  /** PNG data URI, 30 kB at most. */
  readonly logo?: string;
  /** Whom a citizen may turn to, in one line. */
  readonly contact?: string;
  /** What the page says once an item is paid. */
  readonly paidText?: string;
  /**
   * When the form hears `paid` of a payment with a later capture: once the bank accepts it (the default), or once it is
   * authorised.
   */
  readonly paidWhen?: 'accepted' | 'authorised';
  /** Names of the triggers that forms are told by. */
  readonly triggers?: { readonly paid?: string; readonly cancelled?: string };
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

/** The regie that an item refers to, whatever has become of it since. @throws Error when there is none: rows are never deleted. */
export function regieOfItem({ regies }: RegieCatalogue, { regieId }: { readonly regieId: string }): Regie {
  const found = regies.find(({ id }) => id === regieId);
  if (found === undefined) throw new Error('The regie of an item is not in the table.');
  return found;
}

/** The active regie with this id or slug, or the default one without either. */
export function findActiveRegie(catalogue: RegieCatalogue, idOrSlug = catalogue.defaultRegieId): Regie | undefined {
  const found = idOrSlug === undefined ? undefined : findRegie(catalogue, idOrSlug);
  return found?.status === 'active' ? found : undefined;
}
