/**
 * Gathers the fields of a call from where w.c.s. puts them, and brings them to the form that the schemas describe: blank
 * and null ones undefined, text trimmed, each run of white space one space, characters that show nothing gone.
 */
import type { QueryParameter } from '../publik/queryString.ts';
import { AppError, type ErrorCode } from '../values/errors.ts';
import { dropUnseen, tidyName, tidyText, turnsWriting } from '../values/text.ts';
import { type CompiledSchema, fieldOf, firstError } from '../values/validation.ts';

export type Fields = Record<string, unknown>;
export type Query = readonly QueryParameter[];

/** What stands for a value that is no text at all (bad UTF-8, half a surrogate pair): no schema takes it. */
const unreadable = Symbol('unreadable');

/** A body and its `extra`, where the action's own table is when the whole form is sent. */
export interface Body {
  readonly top: Fields;
  readonly extra: Fields;
}

/** @throws AppError `invalid-payload` when the body is no object. */
export function readBody(body: unknown): Body {
  if (!isObject(body)) throw new AppError('invalid-payload');
  const extra = own(body, 'extra');
  return { top: body, extra: isObject(extra) ? extra : {} };
}

/** A field of a body, read in `extra`, where it wins, and at the top level; undefined when absent or blank. */
export function bodyField({ top, extra }: Body, name: string): unknown {
  return normalize(own(extra, name)) ?? normalize(own(top, name));
}

/** Every amount of a body: at its top level, then in `extra`; a list gives its elements. */
export function bodyAmounts({ top, extra }: Body): unknown[] {
  return [own(top, 'amount'), own(extra, 'amount')]
    .map(normalizeAmount)
    .filter((amount) => amount !== undefined)
    .flatMap((amount) => (Array.isArray(amount) && amount.length > 0 ? amount.map(listElement) : [amount]));
}

/**
 * A parameter of the query string, under any of these names; undefined when absent or blank.
 *
 * @throws AppError `repeated-parameter` when it is given twice.
 */
export function queryField(query: Query, ...names: readonly string[]): unknown {
  const [value, second] = queryValues(query, names, normalize);
  if (second !== undefined) throw new AppError('repeated-parameter');
  return value;
}

/** Every amount of a query string. */
export function queryAmounts(query: Query): unknown[] {
  return queryValues(query, ['amount'], normalizeAmount);
}

/** Every value, blank ones left out, that a query string gives under one of these names. */
function queryValues(query: Query, names: readonly string[], read: (value: string) => unknown): unknown[] {
  const values: unknown[] = [];
  for (const { name, value } of query) {
    if (name === null || !names.includes(name)) continue;
    const normalized = value === null ? unreadable : read(value);
    if (normalized !== undefined) values.push(normalized);
  }
  return values;
}

/** The fields as the schema describes them (undefined is absent). @throws AppError with the code that stands for the first faulty field. */
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

/** A number as its text; anything else as it is. */
export function asText(value: unknown): unknown {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
}

/** A boolean, a number or a text as a word in lower case; anything else as it is. */
export function asWord(value: unknown): unknown {
  const text = typeof value === 'boolean' ? String(value) : asText(value);
  return typeof text === 'string' ? text.toLowerCase() : text;
}

/** A text that names somebody, without what shows nothing even where it shapes a pictogram; anything else as it is. */
export function asName(value: unknown): unknown {
  return typeof value === 'string' ? tidyName(value) : value;
}

/** Whether a word that the schema took says yes. */
export function saysYes(word: string): boolean {
  return ['true', '1', 'yes', 'oui', 'on'].includes(word);
}

/** Text as it is seen, trimmed and folded; undefined for what counts as absent; anything else as it is. */
function normalize(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'string') return value;
  if (!value.isWellFormed()) return unreadable;
  return tidyText(value) || undefined;
}

/**
 * An amount keeps the white space inside it: a line end or two spaces are not those of a thousand. What shows nothing goes from
 * around it, and stays inside it, or where the digits are seen in another order: the schema refuses it.
 */
function normalizeAmount(value: unknown): unknown {
  const normalized = normalize(value);
  if (typeof value !== 'string' || typeof normalized !== 'string' || normalized === value) return normalized;
  const amount = dropUnseen(value).trim();
  return value.includes(amount) && !turnsWriting(value) ? amount : value;
}

/** A blank or null element of a list is not an absent field: it stays, and the schema refuses it. */
function listElement(value: unknown): unknown {
  return normalizeAmount(value) ?? '';
}

function own(object: Fields, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
