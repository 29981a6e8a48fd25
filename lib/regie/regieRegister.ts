/** The register of regies as an operator changes it: what must hold when two do so at once, or one stops halfway. */
import type { RegieSettings } from './regie.ts';
import type { RegieStore } from './regieStore.ts';

/** A change of the catalogue that follows a change of a regie. */
export interface CatalogueChange {
  readonly regieId: string;
  /** Names that are the regie's no longer. */
  readonly releasedNames: readonly string[];
  /** True points the default at the regie, false takes it away from it, undefined leaves it. */
  readonly isDefault: boolean | undefined;
}

export interface RegieRegister extends RegieStore {
  /**
   * Makes these names the regie's, all or none: one conditional write, so that of two regies that want a name one gets
   * it. Names that are the regie's already stay so. Returns false when one is another's.
   */
  claimNames(regieId: string, names: readonly string[]): Promise<boolean>;

  /**
   * Writes a regie with its status. Returns false when it has changed since the given version was read (0: since it was
   * seen not to exist).
   */
  save(regie: RegieSettings, status: 'active' | 'disabled' | 'removed', readVersion: number): Promise<boolean>;

  changeCatalogue(change: CatalogueChange): Promise<void>;
}
