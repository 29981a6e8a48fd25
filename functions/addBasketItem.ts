/** POST /api/lingo/add-basket-item, and the answer to every address that nothing else takes. */
import { addItem } from '../lib/basket/addItem.ts';
import { type Stage, stage } from '../lib/composition/stage.ts';
import { readAddBasketItem } from '../lib/http/addBasketItemRequest.ts';
import { signedCallHandler } from '../lib/http/signedCall.ts';
import { rowId } from '../lib/item/itemId.ts';
import { paymentUrl } from '../lib/payment/paymentLink.ts';

export const createHandler = (stageOf: () => Stage) =>
  signedCallHandler(stageOf, async (parts, { caller, body }) => {
    const request = readAddBasketItem(caller.query, body, parts.config.allowHttp);
    const id = rowId(caller);
    // Before the write: past it, nothing may fail any more.
    const address = paymentUrl(id, await parts.links());
    // The first spelling is the documented one, the second that of a live Combo.
    const fields = { id, payement_url: address, payment_url: address };
    return { itemId: id, work: addItem(parts)(id, caller, request), fields };
  });

export const handler = createHandler(stage);
