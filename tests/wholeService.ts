/** All the functions of a stage behind their routes, in one process: what AWS does with `serverless.yml`. */
import { createHandler as createAddHandler } from '../functions/addBasketItem.ts';
import { createHandler as createAttendHandler } from '../functions/attendItems.ts';
import { createHandler as createNotificationHandler } from '../functions/paymentNotification.ts';
import { createHandler as createPageHandler } from '../functions/paymentPage.ts';
import { createHandler as createRemoveHandler } from '../functions/removeBasketItem.ts';
import { createHandler as createSandboxHandler } from '../functions/sandboxBank.ts';
import { buildPaymentStage, type PaymentStage } from '../lib/composition/paymentStage.ts';
import { buildSandboxStage } from '../lib/composition/sandboxStage.ts';
import type { Stage } from '../lib/composition/stage.ts';
import type { HttpApiHandler, Routes } from './loopbackServer.ts';

export const addPath = '/api/lingo/add-basket-item';
export const removePath = '/api/lingo/remove-basket-item';

export interface WholeService {
  readonly stage: PaymentStage;
  readonly routes: Routes;
  readonly handlers: Readonly<Record<'add' | 'remove', HttpApiHandler>>;
  /** Runs the sandbox bank's own schedule, then attendItems, once. */
  attend(): Promise<void>;
}

/** Stands around a function, by its name in `infra/functions.yml`. */
export type Around = <Handler extends (...args: never[]) => Promise<unknown>>(
  name: string,
  handler: Handler,
) => Handler;

export function buildWholeService(base: Stage, around: Around = (_, handler) => handler): WholeService {
  const stage = buildPaymentStage(base);
  const stageOf = () => stage;
  const handlers = {
    add: around('addBasketItem', createAddHandler(stageOf) as unknown as HttpApiHandler),
    remove: around('removeBasketItem', createRemoveHandler(stageOf) as unknown as HttpApiHandler),
  };
  const page = around('paymentPage', createPageHandler(stageOf) as unknown as HttpApiHandler);
  const notification = around('paymentNotification', createNotificationHandler(stageOf) as unknown as HttpApiHandler);
  const sandboxStage = buildSandboxStage(base);
  const sandboxBank = around('sandboxBank', createSandboxHandler(() => sandboxStage) as unknown as HttpApiHandler);
  const attendItems = around('attendItems', createAttendHandler(stageOf));
  return {
    stage,
    handlers,
    routes: {
      [addPath]: handlers.add,
      [removePath]: handlers.remove,
      '/payment/{token}': page,
      '/payment/{token}/pay': page,
      '/payment/{token}/cancel': page,
      '/payment/return/{token}': page,
      '/payment/{proxy+}': page,
      '/payment-notification/{token}': notification,
      '/sandbox/{proxy+}': sandboxBank,
      $default: handlers.add,
    },
    async attend() {
      await sandboxBank({ source: 'aws.events' } as never, {} as never);
      await attendItems({}, { getRemainingTimeInMillis: () => 120_000 });
    },
  };
}
