/** POST /api/lingo/remove-basket-item */
import { removeItem } from '../lib/basket/removeItem.ts';
import { type Stage, stage } from '../lib/composition/stage.ts';
import { readRemoveBasketItem } from '../lib/http/removeBasketItemRequest.ts';
import { signedCallHandler } from '../lib/http/signedCall.ts';

export const createHandler = (stageOf: () => Stage) =>
  signedCallHandler(stageOf, async (parts, { caller, body }) => {
    const request = readRemoveBasketItem(caller.query, body);
    return { itemId: request.itemId, work: removeItem(parts)(caller, request) };
  });

export const handler = createHandler(stage);
