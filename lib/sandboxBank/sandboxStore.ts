/** Where the sandbox bank keeps its payments. Each method may throw AppError `temporarily-unavailable`. */
import type { SandboxPayment } from './payment.ts';

export interface SandboxStore {
  /** Returns false when the reference was used before: each is used once. */
  add(payment: SandboxPayment): Promise<boolean>;

  read(id: string): Promise<SandboxPayment | undefined>;

  /** Writes the decision, unless there is one. @returns the payment as it stands. */
  recordDecision(decided: SandboxPayment): Promise<SandboxPayment>;

  /** Payments with a notification that is due by now. */
  listDue(now: Date): Promise<SandboxPayment[]>;

  /** Takes the notification that is due off the payment. @returns false when somebody else has taken it. */
  claimNotification(due: SandboxPayment): Promise<boolean>;
}
