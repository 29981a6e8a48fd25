/** What a language of the pages is made of. A new one is a file like `french.ts`, and a line in `languages.ts`. */
import type { OpeningFailure } from '../../../item/attempt.ts';
import type { Obstacle } from '../../../payment/obstacle.ts';
import type { Situation } from '../../../payment/situation.ts';

export interface Language {
  readonly formats: Formats;
  readonly frame: FrameTexts;
  readonly errors: Readonly<Record<PageErrorCode, ErrorTexts>>;
  readonly payment: PaymentTexts;
}

/** Amounts, days and times as they are written; times are those of Paris. */
export interface Formats {
  /** `1005` → `10,05 €`. */
  amount(cents: number): string;
  /** `2026-12-01` → `1er décembre 2026`. */
  day(day: string): string;
  /** `jusqu’à 13 h 05`, or with the day when that is another. */
  until(instant: Date, now: Date): string;
  /** `23 novembre 2026 à 13 h 05`. */
  dayAndTime(instant: Date): string;
}

/** What stands on every page. */
interface FrameTexts {
  readonly service: string;
  readonly sandbox: string;
  readonly test: string;
  readonly contact: string;
  readonly error: string;
  readonly reference: string;
  readonly back: string;
}

/** What can go wrong with a page itself. */
export type PageErrorCode =
  | 'not-found'
  | 'method-not-allowed'
  | 'payload-too-large'
  | 'temporarily-unavailable'
  | 'internal-error';

interface ErrorTexts {
  readonly title: string;
  /** What the citizen may do. */
  readonly advice: string;
}

type UnderWay = Extract<Situation, 'opening' | 'open' | 'pending'>;
type NotPaid = Extract<Situation, 'refused' | 'abandoned' | 'expired' | 'failed'>;

/** A heading and the sentences under it. */
export interface Message {
  readonly heading: string;
  readonly sentence: string;
}

/** What the payment pages say. Days, times and amounts come written out. */
interface PaymentTexts {
  readonly toPay: (amount: string, label: string) => string;
  readonly pay: string;
  readonly atTheBank: string;
  readonly debitedOn: (day: string) => string;
  readonly backToForm: string;
  readonly remove: string;
  readonly email: string;
  readonly emailHint: string;
  readonly emailInvalid: string;
  readonly itemEmailRefused: string;
  readonly typedEmailRefused: string;
  readonly errorTitle: string;
  readonly underWay: Readonly<Record<UnderWay, Message>>;
  readonly openUntil: (until: string) => string;
  readonly pendingUntil: (until: string) => string;
  readonly resume: string;
  readonly refreshing: (seconds: number) => string;
  readonly stopRefreshing: string;
  readonly refresh: string;
  readonly registered: Message;
  readonly paid: Message;
  readonly paidOn: string;
  readonly reference: string;
  readonly notPaid: Readonly<Record<NotPaid, Message>>;
  readonly notOpened: Readonly<Record<OpeningFailure, Message>>;
  readonly obstacles: Readonly<Record<Obstacle, Message>>;
  readonly interrupted: string;
  readonly referenceToGive: string;
  readonly cancelled: Message;
  readonly moneyToRefund: string;
  readonly contact: (contact: string) => string;
  readonly authorisationFailed: string;
  readonly acceptedOn: string;
  readonly ifAuthorised: string;
  readonly unconfirmed: Message;
  readonly confirmRemoval: Message;
  readonly keep: string;
  readonly toTheBank: (host: string) => Message;
  readonly goOn: string;
}
