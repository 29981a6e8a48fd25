/** One notification of the sandbox bank, from its server to the shop's. */
import { encodeFields, signFields } from '../bank/sandbox/sandboxSignature.ts';
import { callOnce } from '../platform/httpCall.ts';
import { describeCause, type Logger } from '../platform/logger.ts';
import { composeMessage, type SandboxPayment } from './payment.ts';

/** The citizen waits for it, before coming back. */
const timeoutMs = 5_000;

interface Deps {
  readonly key: string;
  readonly logger: Logger;
}

/** Posts what the bank has to say of a payment now. A failure is logged, and that is all: the shop can ask. */
export function sendNotification({ key, logger }: Deps) {
  return async (payment: SandboxPayment, now: Date): Promise<void> => {
    const result = await callOnce({
      url: new URL(payment.notificationUrl),
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: encodeFields(signFields(composeMessage(payment, now), key)),
      timeoutMs,
      maximumBytes: 0,
    });
    if (result.kind === 'answered') logger.info('sandbox notification sent', { status: result.answer.status });
    else logger.warn('sandbox notification failed', describeCause(result.cause));
  };
}
