/** The citizen's pages, /payment/… */
import { type PaymentDeps, paymentDeps } from '../lib/composition/paymentDeps.ts';
import { pageHandler } from '../lib/http/pageCall.ts';
import { paymentRoutes } from '../lib/http/paymentActions.ts';

export const createHandler = (depsOf: () => PaymentDeps) => pageHandler(depsOf, paymentRoutes);

export const handler = createHandler(paymentDeps);
