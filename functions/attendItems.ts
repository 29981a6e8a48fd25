/** The table's stream and every minute: whatever an item is due for. */
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { attendErasure } from '../lib/basket/attendErasure.ts';
import { attendItems } from '../lib/basket/attendItems.ts';
import { type PaymentDeps, paymentDeps } from '../lib/composition/paymentDeps.ts';
import { createHostGate } from '../lib/notice/hostGate.ts';
import { notifyForm } from '../lib/notice/notifyForm.ts';
import { attendPayments } from '../lib/payment/attendPayments.ts';

/** A run takes nothing new in its last 45 s: what is under way may wait for a bank or a form. */
const reservedMs = 45_000;

type Event = Partial<DynamoDBStreamEvent>;

export const createHandler =
  (depsOf: () => PaymentDeps) =>
  async (event: Event | null, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const deps = depsOf();
    const mayGoOn = () => context.getRemainingTimeInMillis() > reservedMs;
    const duties = {
      attendPayments: attendPayments(deps),
      attendErasure: attendErasure(deps),
      notifyForm: notifyForm(deps, { gate: createHostGate(), mayGoOn }),
    };
    // Of a record only the id is used: the row itself is read.
    const ids = event?.Records?.map((record) => record?.dynamodb?.Keys?.['id']?.S).filter(
      (id) => typeof id === 'string',
    );
    const count = await attendItems({ ...deps, ...duties, mayGoOn })(ids);
    if (count > 0) deps.logger.info('items attended', { count });
  };

export const handler = createHandler(paymentDeps);
