/** POST /api/lingo/add-basket-item, and the answer to every address that nothing else takes. */
import { addItem } from '../lib/basket/addItem.ts';
import { type ServiceDeps, serviceDeps } from '../lib/composition/serviceDeps.ts';
import { readAddBasketItem } from '../lib/http/addBasketItemRequest.ts';
import { signedCallHandler } from '../lib/http/signedCall.ts';
import { rowId } from '../lib/item/itemId.ts';
import { paymentUrl } from '../lib/payment/paymentLink.ts';

export const createHandler = (depsOf: () => ServiceDeps) =>
  signedCallHandler(depsOf, async (deps, { caller, body }) => {
    const request = readAddBasketItem(caller.query, body, deps.config.allowHttp);
    const id = rowId(caller);
    // Made before the write: after it, nothing may fail any more.
    const address = paymentUrl(id, await deps.links());
    await addItem(deps)(id, caller, request);
    // The first spelling is the documented one. A live Combo has the second.
    return { itemId: id, fields: { id, payement_url: address, payment_url: address } };
  });

export const handler = createHandler(serviceDeps);
