/**
 * Gathers the fields of a call from where w.c.s. puts them, and brings them to the form that the schemas describe: blank
 * and null ones left out, text trimmed, each run of white space one space.
 */
import { AppError, type ErrorCode } from '../errors.ts';
import type { QueryParameter } from '../publik/queryString.ts';
import { type CompiledSchema, fieldOf, firstError } from '../validation.ts';

export type Fields = Record<string, unknown>;
export type Query = readonly QueryParameter[];

/** What stands for a value that is no text at all (bad UTF-8, half a surrogate pair): no schema takes it. */
const unreadable = Symbol('unreadable');

/** The named fields of a body, each read at its top level and in `extra`, where it wins. */
export function bodyFields(body: unknown, names: readonly string[]): Fields {
  const [top, extra] = bodyAndExtra(body);
  return present(names.map((name) => [name, normalize(own(extra, name)) ?? normalize(own(top, name))]));
}

/** Every amount of a body: at its top level, then in `extra`; a list gives its elements. */
export function bodyAmounts(body: unknown): unknown[] {
  return bodyAndExtra(body)
    .map((object) => normalize(own(object, 'amount')))
    .filter((amount) => amount !== undefined)
    .flatMap((amount) => (Array.isArray(amount) && amount.length > 0 ? amount.map(listElement) : [amount]));
}

/**
 * The named parameters of a query string; a name may have aliases.
 *
 * @throws AppError `repeated-parameter` when one is given twice, under whatever alias.
 */
export function queryFields(query: Query, names: Readonly<Record<string, readonly string[]>>): Fields {
  const fields = Object.entries(names).map(([name, aliases]): [string, unknown] => {
    const [value, second] = queryValues(query, aliases);
    if (second !== undefined) throw new AppError('repeated-parameter');
    return [name, value];
  });
  return present(fields);
}

/** Every value, blank ones left out, that a query string gives under one of these names. */
export function queryValues(query: Query, names: readonly string[]): unknown[] {
  return query
    .filter(({ name }) => name !== null && names.includes(name))
    .map(({ value }) => (value === null ? unreadable : normalize(value)))
    .filter((value) => value !== undefined);
}

/** The fields as the schema describes them. @throws AppError with the code that stands for the first faulty field. */
export function checkFields<Shape>(
  validate: CompiledSchema,
  fields: Fields,
  codes: Readonly<Record<keyof Shape & string, ErrorCode>>,
): Shape {
  const error = firstError(validate, fields);
  if (error === undefined) return fields as Shape;
  const field = fieldOf(error);
  throw new AppError(Object.hasOwn(codes, field) ? codes[field as keyof Shape & string] : 'invalid-payload');
}

/** The fields with some of them, where present, in another form. */
export function mapFields(fields: Fields, forms: Readonly<Record<string, (value: unknown) => unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, forms[name] === undefined ? value : forms[name](value)]),
  );
}

/** A number as its text; anything else as it is. */
export function asText(value: unknown): unknown {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
}

/** A boolean, a number or a text as a word in lower case; anything else as it is. */
export function asWord(value: unknown): unknown {
  const text = typeof value === 'boolean' ? String(value) : asText(value);
  return typeof text === 'string' ? text.toLowerCase() : text;
}

/** Whether a word that the schema took says yes. */
export function saysYes(word: string): boolean {
  return ['true', '1', 'yes', 'oui', 'on'].includes(word);
}

/** Text trimmed and folded; undefined for what counts as absent; anything else as it is. */
function normalize(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'string') return value;
  if (!value.isWellFormed()) return unreadable;
  return value.replace(/\s+/g, ' ').trim() || undefined;
}

/** A blank or null element of a list is not an absent field: it stays, and the schema refuses it. */
function listElement(value: unknown): unknown {
  return typeof value === 'string' ? (normalize(value) ?? '') : value;
}

/** @throws AppError `invalid-payload` when the body is no object. */
function bodyAndExtra(body: unknown): [top: Fields, extra: Fields] {
  if (!isObject(body)) throw new AppError('invalid-payload');
  const extra = own(body, 'extra');
  return [body, isObject(extra) ? extra : {}];
}

function own(object: Fields, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function present(fields: readonly (readonly [string, unknown])[]): Fields {
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
