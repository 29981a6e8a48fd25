/** The citizen's pages, /payment/… */
import { pageHandler } from '../lib/http/pageCall.ts';
import { paymentRoutes } from '../lib/http/paymentActions.ts';
import { type PaymentStage, paymentStage } from '../lib/payment/paymentStage.ts';

export const createHandler = (stageOf: () => PaymentStage) => pageHandler(stageOf, paymentRoutes);

export const handler = createHandler(paymentStage);
