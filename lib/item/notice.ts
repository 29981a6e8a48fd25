/** The notice that an item owes its form. `lib/notice` sends it. Pure. */
import type { Instant } from '../values/days.ts';

/** One try to tell the form. */
export interface NoticeTry {
  readonly at: Instant;
  /** `unknown`: the try is under way, or it ended without telling whether the form has heard. */
  readonly outcome: 'delivered' | 'presumed-delivered' | 'unknown' | 'retry' | 'refused' | 'wrong-key';
  /** Short and stable, for operators. */
  readonly reason?: string;
  readonly durationMs?: number;
}

/** One outcome of which the form is to be told. `nextAt` is absent once nothing is owed any more. */
export interface Notice {
  readonly trigger: 'paid' | 'cancelled';
  /** The attempt that the notice tells of. The same on each try. */
  readonly attemptId?: string;
  readonly tries: number;
  readonly nextAt?: Instant;
  /** The claim of the run that is telling the form right now. */
  readonly claimId?: string;
  readonly firstTriedAt?: Instant;
  /** Since when the form has answered with a refusal. */
  readonly refusedSince?: Instant;
  /** Number of tries made before an operator had the notice sent again. */
  readonly triedBefore?: number;
  /** True when the form may have heard an earlier try, although we never got a success. */
  readonly mayHaveHeard?: boolean;
  /** Which of the service's outgoing keys signs the next try; the first one when absent. */
  readonly keyIndex?: number;
  /** The latest tries, oldest first. */
  readonly log?: readonly NoticeTry[];
  /** How the notice ended. `withdrawn`: its news is not true any more. */
  readonly end?: 'delivered' | 'presumed-delivered' | 'failed' | 'not-notifiable' | 'withdrawn';
  readonly endedAt?: Instant;
}

/** Whether the form has heard it, as far as can be known. */
export function hasBeenHeard({ end }: Notice): boolean {
  return end === 'delivered' || end === 'presumed-delivered';
}

/** Whether a run is telling the form right now. */
export function isBeingTold({ claimId, nextAt }: Notice, now: Date): boolean {
  return claimId !== undefined && nextAt !== undefined && nextAt > now.toISOString();
}

/** The fields of an item that decide whether it may owe one. */
interface Owing {
  readonly url?: string;
  readonly notice?: Notice;
}

/**
 * Adds a notice to an item that has a form. An item owes one notice in its life; only a withdrawn one is replaced. In all other
 * cases the item is returned as it is.
 */
export function oweNotice<Row extends Owing>(item: Row, notice: Notice): Row {
  const isFirst = item.notice === undefined || item.notice.end === 'withdrawn';
  return item.url === undefined || !isFirst ? item : { ...item, notice };
}
