/** ANY /payment-notification/{token}: the banks' server-to-server calls. */
import { paymentStage } from '../lib/composition/paymentStage.ts';
import { notificationHandler } from '../lib/http/notificationCall.ts';

export const createHandler = notificationHandler;

export const handler = createHandler(paymentStage);
