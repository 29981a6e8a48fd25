/** ANY /payment-notification/{token}: the banks' server-to-server calls. */
import { notificationHandler } from '../lib/http/notificationCall.ts';
import { paymentStage } from '../lib/payment/paymentStage.ts';

export const createHandler = notificationHandler;

export const handler = createHandler(paymentStage);
