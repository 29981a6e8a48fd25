/** ANY /payment-notification/{token}: the banks' server-to-server calls. */
import { paymentDeps } from '../lib/composition/paymentDeps.ts';
import { notificationHandler } from '../lib/http/notificationCall.ts';

export const createHandler = notificationHandler;

export const handler = createHandler(paymentDeps);
