/** Every minute: whatever an item is due for. */
import type { Context } from 'aws-lambda';
import { attendItems } from '../lib/basket/attendItems.ts';
import { attendPayments } from '../lib/payment/attendPayments.ts';
import { type PaymentStage, paymentStage } from '../lib/payment/paymentStage.ts';

/** A run takes nothing new in its last 45 s: what is under way may wait for a bank. */
const reservedMs = 45_000;

export const createHandler =
  (stageOf: () => PaymentStage) =>
  async (_event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const parts = stageOf();
    const count = await attendItems({ ...parts, duties: [attendPayments(parts)] })(
      () => context.getRemainingTimeInMillis() > reservedMs,
    );
    if (count > 0) parts.logger.info('items attended', { count });
  };

export const handler = createHandler(paymentStage);
