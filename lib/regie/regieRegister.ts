/** The register of regies as operators change it. */
import type { Names, Regie } from './regie.ts';
import type { RegieStore } from './regieStore.ts';

/** Every method throws AppError `temporarily-unavailable` when the table is out of reach. */
export interface RegieRegister extends RegieStore {
  /** Writes a regie. Returns false when it changed since it was read: the stored version is not the one before. */
  save(regie: Regie): Promise<boolean>;

  /** Writes the names. Returns false when they changed since the catalogue with `readVersion` was read. */
  saveNames(names: Names, readVersion: number): Promise<boolean>;
}
