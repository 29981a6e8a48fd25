/** One notification of the sandbox bank, from its server to the shop's. */
import { encodeFields, signFields } from '../bank/sandbox/sandboxSignature.ts';
import { describeCause, type Logger } from '../platform/logger.ts';
import { composeMessage, type SandboxPayment } from './payment.ts';

/** The citizen waits for it before coming back. */
const timeoutMs = 5_000;

interface Deps {
  readonly key: string;
  readonly logger: Logger;
}

/** Posts the bank's message about a payment as it stands now. A failure is only logged: the shop can ask. */
export function sendNotification({ key, logger }: Deps) {
  return async (payment: SandboxPayment, now: Date): Promise<void> => {
    try {
      const answer = await fetch(payment.notificationUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: encodeFields(signFields(composeMessage(payment, now), key)),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      await answer.body?.cancel();
      logger.info('sandbox notification sent', { status: answer.status });
    } catch (cause) {
      logger.warn('sandbox notification failed', describeCause(cause));
    }
  };
}
