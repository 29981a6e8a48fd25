/** Who a call is about: the part of the query string that both calls share. */
import type { User } from '../item/item.ts';
import { AppError } from '../values/errors.ts';
import { asName, asWord, type Query, queryField } from './requestFields.ts';

export interface UserFields {
  readonly NameId?: string;
  readonly email?: string;
}

export const userCodes = { NameId: 'invalid-name-id', email: 'invalid-email' } as const;

/** `NameId` (also spelled `NameID`) and `email`, the latter in lower case. @throws AppError `repeated-parameter`. */
export function userFields(query: Query) {
  return {
    NameId: asName(queryField(query, 'NameId', 'NameID')),
    email: asName(asWord(queryField(query, 'email'))),
  };
}

/** @throws AppError `missing-user` when a call names nobody. */
export function readUser({ NameId, email }: UserFields): User {
  if (NameId === undefined && email === undefined) throw new AppError('missing-user');
  return { ...(NameId === undefined ? {} : { nameId: NameId }), ...(email === undefined ? {} : { email }) };
}
