/** Reads what a call of remove-basket-item asks. */
import validateRequest from '../../schemas/compiled/removeBasketItemRequest.js';
import type { RemoveItemRequest } from '../basket/removeItem.ts';
import { AppError } from '../errors.ts';
import { asText, asWord, bodyFields, checkFields, mapFields, type Query, saysYes } from './requestFields.ts';
import { readUser, type UserFields, userCodes, userQueryFields } from './userFields.ts';

/** Shape of `schemas/removeBasketItemRequest.schema.json`. */
interface Request extends UserFields {
  readonly basket_item_id: string;
  readonly notify?: string;
}

const codes = { basket_item_id: 'invalid-basket-item-id', notify: 'invalid-notify', ...userCodes } as const;

/**
 * @param body as parsed from JSON.
 * @throws AppError with the code of the first faulty field.
 */
export function readRemoveBasketItem(query: Query, body: unknown): RemoveItemRequest {
  const fields = { ...bodyFields(body, ['basket_item_id', 'notify']), ...userQueryFields(query) };
  if (!('basket_item_id' in fields)) throw new AppError('missing-basket-item-id');
  const words = mapFields(fields, { basket_item_id: asText, notify: asWord });
  const request = checkFields<Request>(validateRequest, words, codes);
  return {
    itemId: request.basket_item_id,
    user: readUser(request),
    notify: saysYes(request.notify ?? 'no'),
  };
}
