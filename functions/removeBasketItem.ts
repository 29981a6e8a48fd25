/** POST /api/lingo/remove-basket-item */
import { removeItem } from '../lib/basket/removeItem.ts';
import { type ServiceDeps, serviceDeps } from '../lib/composition/serviceDeps.ts';
import { readRemoveBasketItem } from '../lib/http/removeBasketItemRequest.ts';
import { signedCallHandler } from '../lib/http/signedCall.ts';

export const createHandler = (depsOf: () => ServiceDeps) =>
  signedCallHandler(depsOf, async (deps, { caller, body }) => {
    const request = readRemoveBasketItem(caller.query, body);
    await removeItem(deps)(caller, request);
    return { itemId: request.itemId };
  });

export const handler = createHandler(serviceDeps);
