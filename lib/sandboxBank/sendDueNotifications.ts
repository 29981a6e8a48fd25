/** What the sandbox bank does at each tick of its schedule. */
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { sendNotification } from './notification.ts';
import type { SandboxStore } from './sandboxStore.ts';

interface Deps {
  readonly store: SandboxStore;
  readonly clock: Clock;
  readonly key: string;
  readonly logger: Logger;
}

/**
 * Sends the notifications that are due, each at most once: it is claimed first, and lost when the sending fails.
 *
 * @throws AppError `temporarily-unavailable`.
 */
export function sendDueNotifications({ store, clock, key, logger }: Deps) {
  const notify = sendNotification({ key, logger });
  return async (): Promise<void> => {
    const due = await store.listDue(clock.now());
    await Promise.all(
      due.map(async (payment) => {
        if (await store.claimNotification(payment)) await notify(payment, clock.now());
      }),
    );
  };
}
