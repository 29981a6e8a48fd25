/** The store of regies, in terms of the domain. */
import type { RegieCatalogue } from './regie.ts';

export interface RegieStore {
  /** All of them (there are few). Throws AppError `temporarily-unavailable` when the table is out of reach. */
  load(): Promise<RegieCatalogue>;
}
