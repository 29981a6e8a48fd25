/** Who a call is about: the part of the query string that both calls share. */
import type { User } from '../basket/item.ts';
import { AppError } from '../errors.ts';
import { asWord, type Fields, mapFields, type Query, queryFields } from './requestFields.ts';

export interface UserFields {
  readonly NameId?: string;
  readonly email?: string;
}

export const userCodes = { NameId: 'invalid-name-id', email: 'invalid-email' } as const;

const parameters = { NameId: ['NameId', 'NameID'], email: ['email'] };

/** `NameId` (also spelled `NameID`) and `email`, the latter in lower case, with the other named parameters. */
export function userQueryFields(query: Query, others: readonly string[] = []): Fields {
  const named = Object.fromEntries(others.map((name) => [name, [name]]));
  return mapFields(queryFields(query, { ...parameters, ...named }), { email: asWord });
}

/** @throws AppError `missing-user` when a call names nobody. */
export function readUser({ NameId, email }: UserFields): User {
  if (NameId === undefined && email === undefined) throw new AppError('missing-user');
  return { ...(NameId === undefined ? {} : { nameId: NameId }), ...(email === undefined ? {} : { email }) };
}
