/** All the functions of a stage behind their routes, in one process: what AWS does with `serverless.yml`. */
import { createHandler as createAddHandler } from '../functions/addBasketItem.ts';
import { createHandler as createAttendHandler } from '../functions/attendItems.ts';
import { createHandler as createNotificationHandler } from '../functions/paymentNotification.ts';
import { createHandler as createPageHandler } from '../functions/paymentPage.ts';
import { createHandler as createRemoveHandler } from '../functions/removeBasketItem.ts';
import { createHandler as createSandboxHandler } from '../functions/sandboxBank.ts';
import { buildPaymentDeps, type PaymentDeps } from '../lib/composition/paymentDeps.ts';
import { buildSandboxDeps } from '../lib/composition/sandboxDeps.ts';
import type { ServiceDeps } from '../lib/composition/serviceDeps.ts';
import type { HttpApiHandler, Routes } from './loopbackServer.ts';

export const addPath = '/api/lingo/add-basket-item';
export const removePath = '/api/lingo/remove-basket-item';

export interface WholeService {
  readonly deps: PaymentDeps;
  readonly routes: Routes;
  readonly handlers: Readonly<Record<'add' | 'remove', HttpApiHandler>>;
  /** Runs the sandbox bank's own schedule. */
  tickBank(): Promise<void>;
  /** The same, then attendItems, once. */
  attend(): Promise<void>;
}

/** Stands around a function, by its name in `infra/functions.yml`. */
export type Around = <Handler extends (...args: never[]) => Promise<unknown>>(
  name: string,
  handler: Handler,
) => Handler;

export function buildWholeService(base: ServiceDeps, around: Around = (_, handler) => handler): WholeService {
  const deps = buildPaymentDeps(base);
  const depsOf = () => deps;
  const handlers = {
    add: around('addBasketItem', createAddHandler(depsOf) as unknown as HttpApiHandler),
    remove: around('removeBasketItem', createRemoveHandler(depsOf) as unknown as HttpApiHandler),
  };
  const page = around('paymentPage', createPageHandler(depsOf) as unknown as HttpApiHandler);
  const notification = around('paymentNotification', createNotificationHandler(depsOf) as unknown as HttpApiHandler);
  const sandboxDeps = buildSandboxDeps(base);
  const sandboxBank = around('sandboxBank', createSandboxHandler(() => sandboxDeps) as unknown as HttpApiHandler);
  const attendItems = around('attendItems', createAttendHandler(depsOf));
  const tickBank = async () => {
    await sandboxBank({ source: 'aws.events' } as never, {} as never);
  };
  return {
    deps,
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
    tickBank,
    async attend() {
      await tickBank();
      await attendItems({}, { getRemainingTimeInMillis: () => 120_000 });
    },
  };
}
