/** A test basket whose every exchange is held against `docs/openapi.yaml`: what is sent and answered is what it says. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { type Answer, type CallParts, startTestBasket, type TestBasket, type TestSettings } from './testBasket.ts';

interface Parameter {
  readonly name: string;
  readonly schema: { readonly type: string };
}

const document = parse(readFileSync(new URL('../docs/openapi.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: false, schemas: [{ ...document, $id: 'openapi' }] });

/** What was answered, 200 or the `err_class` of a 400, to the requests that the document finds good, and bad. */
export const verdicts = { good: new Set<unknown>(), bad: new Set<unknown>() };

export async function startDocumentedBasket(settings?: TestSettings): Promise<TestBasket> {
  const basket = await startTestBasket(settings);
  const { send } = basket;
  basket.send = async (target, parts = {}) => {
    const answer = await send(target, parts);
    checkExchange(target, parts, answer);
    return answer;
  };
  return basket;
}

function checkExchange(target: string, parts: CallParts, answer: Answer): void {
  const [path = '', rawQuery = ''] = target.split('?');
  if (!Object.hasOwn(document.paths, path)) {
    expect({ ...answer.body, status: answer.status }).toMatchObject({ status: 404, err_class: 'not-found' });
    expect(errorsOf('#/components/schemas/errorAnswer', answer.body)).toEqual([]);
    return;
  }
  const operation = `#/paths/${path.replaceAll('/', '~1')}/post`;
  const errors = [...queryErrors(operation, rawQuery), ...bodyErrors(operation, parts)];
  if (answer.status === 200) expect(errors).toEqual([]);
  if (answer.status <= 400) {
    verdicts[errors.length === 0 ? 'good' : 'bad'].add(answer.body['err_class'] ?? answer.status);
  }
  checkAnswer(operation, answer);
}

/** The patterns are of what is seen of a text, as the document says. */
function seen(text: string): string {
  return text
    .replace(/[\u115F\u1160\u2800\u3164\uFFA0]/g, ' ')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
}

function queryErrors(operation: string, rawQuery: string): unknown[] {
  const given = new URLSearchParams(rawQuery);
  const parameters: readonly Parameter[] = find(`${operation}/parameters`);
  return parameters.flatMap(({ name, schema }, index) => {
    const values = given.getAll(name).map(seen);
    const pointer = `${operation}/parameters/${index}/schema`;
    if (schema.type === 'array') return errorsOf(pointer, values);
    const [value = '', ...repeats] = values.filter((text) => text.trim() !== '');
    return [...errorsOf(pointer, value), ...repeats.map(() => `${name} is repeated`)];
  });
}

function bodyErrors(operation: string, { body, raw }: CallParts): unknown[] {
  const { required } = find(`${operation}/requestBody`);
  const text = raw?.toString() ?? JSON.stringify(body) ?? '';
  if (text === '') return required ? ['no body'] : [];
  try {
    return errorsOf(`${operation}/requestBody/content/application~1json/schema`, JSON.parse(seen(text)));
  } catch {
    return ['no JSON'];
  }
}

function checkAnswer(operation: string, { status, headers, body }: Answer): void {
  const declared = find(`${operation}/responses`);
  expect(Object.keys(declared)).toContain(String(status));
  const pointer: string = declared[status].$ref ?? `${operation}/responses/${status}`;
  const { content, headers: declaredHeaders = {} } = find(pointer);
  expect(Object.keys(content)).toEqual([headers.get('content-type')]);
  expect(errorsOf(`${pointer}/content/application~1json/schema`, body)).toEqual([]);
  for (const [name, { schema }] of Object.entries<{ schema: { const: string } }>(declaredHeaders)) {
    expect(headers.get(name)).toBe(schema.const);
  }
}

function errorsOf(pointer: string, value: unknown): unknown[] {
  const validate = ajv.getSchema(`openapi${pointer.replaceAll('{', '%7B').replaceAll('}', '%7D')}`);
  if (validate === undefined) throw new Error(`The document has no schema at ${pointer}.`);
  return validate(value) ? [] : [...(validate.errors ?? [])];
}

// biome-ignore lint/suspicious/noExplicitAny: a part of the document, of whatever kind.
function find(pointer: string): any {
  const path = pointer.split('/').slice(1);
  return path.reduce((part, key) => part[key.replaceAll('~1', '/')], document);
}
