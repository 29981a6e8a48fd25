/** The citizen's pages, /payment/… */
import { type PaymentStage, paymentStage } from '../lib/composition/paymentStage.ts';
import { pageHandler } from '../lib/http/pageCall.ts';
import { paymentRoutes } from '../lib/http/paymentActions.ts';

export const createHandler = (stageOf: () => PaymentStage) => pageHandler(stageOf, paymentRoutes);

export const handler = createHandler(paymentStage);
