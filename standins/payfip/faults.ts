/** What goes wrong at PayFiP on demand. */
import type { TechnicalFault } from './refusal.ts';

/** How a call to the web service goes wrong. */
export type SoapFault =
  | 'none'
  // Nothing was done. `{ code }` is a functional fault.
  | 'bad-gateway-502'
  | 'silence'
  | TechnicalFault
  | { readonly code: string }
  // The call was obeyed, but the connection breaks, half of the XML is missing, or the answer is late.
  | 'reset-after'
  | 'truncated'
  | { readonly slowMs: number };

/** `late`: kept until `flush`. */
export type NotificationFault = 'none' | 'lost' | 'doubled' | 'late';

/** A single fault stays until it is changed. Those of a list are for one call each. */
export type Planned<Fault> = Fault | readonly Fault[];

export interface PayfipFaults {
  readonly soap?: Planned<SoapFault>;
  readonly notification?: Planned<NotificationFault>;
  /** Fields that `recupererDetailPaiementSecurise` tells instead of the true ones: `montant`, `resultrans`… */
  readonly detail?: Readonly<Record<string, string>>;
  /** Whether the answered fields are in the namespace of answers. They are in none without it. */
  readonly isQualified?: boolean;
  /** How the citizen goes back: by GET with `idop` without it. */
  readonly back?: { readonly name?: 'idop' | 'idOp'; readonly method?: 'GET' | 'POST' };
  /** Whether the page redirects to another host of the bank. */
  readonly leadsOn?: boolean;
}

/** Takes the fault of this call or notification off the list, if there is a list. */
export function takeFault(planned: { faults: PayfipFaults }, name: 'soap'): SoapFault;
export function takeFault(planned: { faults: PayfipFaults }, name: 'notification'): NotificationFault;
export function takeFault(
  planned: { faults: PayfipFaults },
  name: 'soap' | 'notification',
): SoapFault | NotificationFault {
  const current = planned.faults[name];
  if (!isList(current)) return current ?? 'none';
  const [next = 'none', ...rest] = current;
  planned.faults = { ...planned.faults, [name]: rest };
  return next;
}

function isList<Fault>(planned: Planned<Fault> | undefined): planned is readonly Fault[] {
  return Array.isArray(planned);
}
