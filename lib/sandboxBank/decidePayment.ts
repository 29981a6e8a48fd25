/** What the press of a button on the sandbox bank's page does. */
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { sendNotification } from './notification.ts';
import { type ChosenOutcome, countNotificationsAtOnce, decide, type SandboxPayment } from './payment.ts';
import type { SandboxStore } from './sandboxStore.ts';

interface Deps {
  readonly store: SandboxStore;
  readonly clock: Clock;
  readonly key: string;
  readonly logger: Logger;
}

/**
 * Records the decision, then notifies the shop. A second press changes nothing, and neither does one after the session.
 *
 * @returns the payment as it stands. @throws AppError `temporarily-unavailable`.
 */
export function decidePayment({ store, clock, key, logger }: Deps) {
  const notify = sendNotification({ key, logger });
  return async (payment: SandboxPayment, outcome: ChosenOutcome): Promise<SandboxPayment> => {
    const now = clock.now();
    const decided = decide(payment, outcome, now);
    if (decided === payment) return payment;

    const standing = await store.recordDecision(decided);
    // Somebody else's press came first, and notified.
    if (standing !== decided) return standing;
    const count = countNotificationsAtOnce(decided);
    await Promise.all(Array.from({ length: count }, () => notify(decided, now)));
    return decided;
  };
}
