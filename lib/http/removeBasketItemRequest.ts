/** Reads the request of a call of remove-basket-item. */
import validateRequest from '../../schemas/compiled/removeBasketItemRequest.js';
import type { RemoveItemRequest } from '../basket/removeItem.ts';
import { AppError } from '../values/errors.ts';
import { asText, asWord, bodyField, checkFields, type Query, readBody, saysYes } from './requestFields.ts';
import { readUser, type UserFields, userCodes, userFields } from './userFields.ts';

/** Shape of `schemas/removeBasketItemRequest.schema.json`. */
interface Request extends UserFields {
  readonly basket_item_id: string;
  readonly notify?: string;
}

const codes = { basket_item_id: 'invalid-basket-item-id', notify: 'invalid-notify', ...userCodes } as const;

/**
 * @param json the body as parsed.
 * @throws AppError with the code of the first faulty field.
 */
export function readRemoveBasketItem(query: Query, json: unknown): RemoveItemRequest {
  const body = readBody(json);
  const basket_item_id = asText(bodyField(body, 'basket_item_id'));
  if (basket_item_id === undefined) throw new AppError('missing-basket-item-id');
  const fields = { basket_item_id, notify: asWord(bodyField(body, 'notify')), ...userFields(query) };
  const request = checkFields<Request>(validateRequest, fields, codes);
  return {
    itemId: request.basket_item_id,
    user: readUser(request),
    notify: saysYes(request.notify ?? 'no'),
  };
}
