/** Reads what a call of add-basket-item asks. */
import validateRequest from '../../schemas/compiled/addBasketItemRequest.js';
import type { AddItemRequest } from '../basket/addItem.ts';
import { readDay } from '../values/days.ts';
import { AppError } from '../values/errors.ts';
import { parseAmountCents } from '../values/money.ts';
import {
  asText,
  asWord,
  bodyAmounts,
  bodyField,
  checkFields,
  type Fields,
  type Query,
  queryAmounts,
  queryField,
  readBody,
  saysYes,
} from './requestFields.ts';
import { readUser, type UserFields, userCodes, userFields } from './userFields.ts';

/** Shape of `schemas/addBasketItemRequest.schema.json`. */
interface Request extends UserFields {
  readonly amount: readonly (string | number)[];
  readonly display_name?: string;
  readonly url?: string;
  readonly capture_date?: string;
  readonly regie_id?: string;
  readonly cancellable?: string;
}

const codes = {
  amount: 'invalid-amount',
  display_name: 'invalid-display-name',
  url: 'invalid-url',
  capture_date: 'invalid-capture-date',
  regie_id: 'unknown-regie',
  cancellable: 'invalid-cancellable',
  ...userCodes,
} as const;

/**
 * @param json the body as parsed.
 * @param allowHttp whether the form may be reached by http.
 * @throws AppError with the code of the first faulty field.
 */
export function readAddBasketItem(query: Query, json: unknown, allowHttp: boolean): AddItemRequest {
  const request = checkFields<Request>(validateRequest, gatherFields(query, json), codes);
  const { amount, display_name: label, url, capture_date: day, regie_id, cancellable = 'yes' } = request;
  const amountCents = parseAmountCents(amount);
  const formUrl = url === undefined ? {} : { url: readFormUrl(url, allowHttp) };
  const captureDate = day === undefined ? {} : { captureDate: readCaptureDate(day) };
  return {
    amountCents,
    ...formUrl,
    ...(label === undefined ? {} : { label }),
    ...captureDate,
    ...(regie_id === undefined ? {} : { regieIdOrSlug: regie_id }),
    user: readUser(request),
    cancellable: saysYes(cancellable),
  };
}

function gatherFields(query: Query, json: unknown): Fields {
  const body = readBody(json);
  const amount = [...bodyAmounts(body), ...queryAmounts(query)];
  if (amount.length === 0) throw new AppError('missing-amount');
  return {
    amount,
    display_name: asText(bodyField(body, 'display_name')),
    url: bodyField(body, 'url'),
    capture_date: bodyField(body, 'capture_date'),
    ...userFields(query),
    regie_id: queryField(query, 'regie_id'),
    cancellable: asWord(queryField(query, 'cancellable')),
  };
}

function readCaptureDate(text: string): string {
  const day = readDay(text);
  if (day === undefined) throw new AppError('invalid-capture-date');
  return day;
}

/** Also of the canonical form: an accent or a pictogram grows when it is encoded. */
const maximumUrlLength = 2048;

/** The address in its canonical form. The schema has seen to its outline, credentials and hidden characters included. */
function readFormUrl(text: string, allowHttp: boolean): string {
  const url = URL.parse(text);
  const isAllowed = url?.protocol === 'https:' || (allowHttp && url?.protocol === 'http:');
  if (url === null || !isAllowed || url.href.length > maximumUrlLength) throw new AppError('invalid-url');
  return url.href;
}
