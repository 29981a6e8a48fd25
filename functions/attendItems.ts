/** Runs on the table's stream and every minute: does whatever is due for items. */
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { attendErasure } from '../lib/basket/attendErasure.ts';
import { attendItems } from '../lib/basket/attendItems.ts';
import { type PaymentDeps, paymentDeps } from '../lib/composition/paymentDeps.ts';
import { createHostGate } from '../lib/notice/hostGate.ts';
import { notifyForm } from '../lib/notice/notifyForm.ts';
import { attendPayments } from '../lib/payment/attendPayments.ts';

/** A run takes nothing new in its last 45 s: the work under way may wait for a bank or a form. */
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
    // Only the id of a record is used: the row itself is read.
    const records = Array.isArray(event?.Records) ? event.Records : undefined;
    const ids = records?.map((record) => record?.dynamodb?.Keys?.['id']?.S).filter((id) => typeof id === 'string');
    const count = await attendItems({ ...deps, ...duties, mayGoOn })(ids);
    if (count > 0) deps.logger.info('items attended', { count });
  };

export const handler = createHandler(paymentDeps);
