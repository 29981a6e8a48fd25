/** The notice that an item owes its form, and how it came to. What becomes of it is in `lib/notice`. Pure. */
import type { Instant } from '../values/days.ts';

/** One try to tell the form. */
export interface NoticeTry {
  readonly at: Instant;
  /** `unknown` as long as it is under way, and when it ended without a word. */
  readonly outcome: 'delivered' | 'presumed-delivered' | 'unknown' | 'retry' | 'refused' | 'wrong-key';
  /** Short and stable. */
  readonly reason?: string;
  readonly durationMs?: number;
}

/** What the form is owed: to be told of one outcome. `nextAt` is absent once nothing is owed any more. */
export interface Notice {
  readonly trigger: 'paid' | 'cancelled';
  /** The attempt that it tells of: the same on each try. */
  readonly attemptId?: string;
  readonly tries: number;
  readonly nextAt?: Instant;
  /** Who is telling the form right now. */
  readonly claimId?: string;
  readonly firstTriedAt?: Instant;
  /** Since when the form answers, and says no. */
  readonly refusedSince?: Instant;
  /** Number of tries before an operator had the form told again. */
  readonly triedBefore?: number;
  /** Whether a try may have been heard without our knowing. */
  readonly mayHaveHeard?: boolean;
  /** Which of the service's outgoing keys signs the next try; the first one when absent. */
  readonly keyIndex?: number;
  /** The latest ones, oldest first. */
  readonly log?: readonly NoticeTry[];
  /** How it ended; `withdrawn` when what it told is not true any more. */
  readonly end?: 'delivered' | 'presumed-delivered' | 'failed' | 'not-notifiable' | 'withdrawn';
  readonly endedAt?: Instant;
}

/** The fields of an item that decide whether it may owe one. */
interface Owing {
  readonly url?: string;
  readonly notice?: Notice;
}

/** The item, owing its form this news; as it is when there is no form, or when it has owed a notice before: one in its life, but for one withdrawn. */
export function oweNotice<Row extends Owing>(item: Row, notice: Notice): Row {
  const isFirst = item.notice === undefined || item.notice.end === 'withdrawn';
  return item.url === undefined || !isFirst ? item : { ...item, notice };
}
