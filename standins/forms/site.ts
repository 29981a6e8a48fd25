/** What a w.c.s. site knows: its forms, its settings, the nonces it has seen, and what goes wrong now. */
import type { Plan } from './faults.ts';
import type { Form } from './form.ts';

export interface Site {
  /** The keys of a caller, by the name that it gives itself (`orig`). */
  readonly keysOf: (orig: string) => Promise<readonly string[]>;
  readonly now: () => Date;
  /** What a waiting form may be told. */
  readonly triggers: readonly string[];
  /** How long a form is busy after it has called us. */
  readonly processingMs: number;
  readonly forms: Map<string, Form>;
  readonly usedNonces: Set<string>;
  readonly faults: Plan;
}

/** A form exists from its first use. @throws Error when the name cannot stand in an address. */
export function findForm({ forms }: Site, name: string): Form {
  if (!/^\w[\w.~-]*$/.test(name)) throw new Error('The name of a form is made of letters, digits and _ . ~ -');
  const known = forms.get(name);
  if (known !== undefined) return known;
  const form: Form = { name, status: 'waiting', data: {}, heard: [], followedRedirects: 0 };
  forms.set(name, form);
  return form;
}

export function startProcessing(site: Site, name: string): void {
  findForm(site, name).processingUntil = new Date(site.now().getTime() + site.processingMs);
}
