/**
 * `npm run openapi`: writes `docs/openapi.yaml`, the two documented calls in OpenAPI 3.1, from the JSON Schemas of their
 * messages and the table of errors.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { apiErrors } from '../lib/http/apiErrors.ts';
import type { ApiErrorCode } from '../lib/values/errors.ts';
import { defineCommand, runCommand } from '../scripts/command/command.ts';
import { addBodySchemas, removeBodySchemas, type Schema, sentAmounts, sentParameter } from './wireSchemas.ts';

const documentUrl = new URL('../docs/openapi.yaml', import.meta.url);

/** The errors that only one of the calls answers; `not-found` is answered at any other address. */
const ownErrors = {
  add: [
    'missing-amount',
    'invalid-amount',
    'amount-too-high',
    'amount-too-low',
    'invalid-display-name',
    'invalid-url',
    'invalid-capture-date',
    'unknown-regie',
    'invalid-cancellable',
  ],
  remove: [
    'missing-basket-item-id',
    'invalid-basket-item-id',
    'invalid-notify',
    'unknown-item',
    'payment-in-progress',
    'already-paid',
  ],
  elsewhere: ['not-found'],
} as const satisfies Record<string, readonly ApiErrorCode[]>;

type CallName = 'add' | 'remove';

/** What API Gateway answers by itself, with a body of its own. */
const gatewayErrors: Readonly<Record<number, string>> = {
  413: 'a body above 10 MB.',
  429: 'calls beyond the throttling limits.',
  431: 'headers above 10 kB.',
  500: 'a function that cannot be reached.',
  503: 'a function that cannot be reached, or takes too long.',
};

const about = [
  "The payment basket of Publik: a workflow of w.c.s. adds an item to pay to a citizen's basket, and takes it back.",
  'Blank text and `null` count as absent for every field and parameter; text is trimmed, and each run of white space in it becomes one space. Characters that show nothing (of no width, or that turn the direction of writing) are dropped, and a text of nothing else is blank; patterns are of what is left. In an amount they may only stand around the digits. Unknown fields and parameters are ignored. A parameter is given once (`amount` excepted); a blank repeat is none. What is checked, in this order: method, size, signature, body. No `Content-Type` is needed.',
  'Any other address is answered 404, with the `err_class` `not-found`.',
].join('\n\n');

const aboutSignature = [
  "The signature of Publik's URLs, which w.c.s. makes by itself. The query string ends with these, each of them once:",
  [
    '- `orig`: name of the caller, which the basket knows; without it, the default service of the stage, if it has one',
    '- `algo`: `sha256` or `sha512`',
    '- `timestamp`: `2026-11-23T12:00:00Z`, 30 seconds off at most',
    '- `nonce`: new for each call, since a signed URL serves once',
    '- `signature`, last: the HMAC, under the shared key, of all that stands before `&signature=` in the query string as it is sent; in padded Base64, percent-encoded',
  ].join('\n'),
].join('\n\n');

const user = 'One of `NameId` and `email` is required; with both, NameId owns the item, and email is the contact.';

const head = {
  openapi: '3.1.1',
  info: {
    title: 'publik-basket',
    version: '1',
    description: about,
    license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
  },
  servers: [
    {
      url: 'https://{address}',
      variables: { address: { default: 'paiement.example.org', description: 'The public address of the stage.' } },
    },
  ],
  security: [{ publikSignature: [] }],
};

const addExamples = {
  table: {
    amount: '10.05',
    display_name: 'Abonnement au cours de pétanque',
    url: 'https://demarches.example.org/petanque/3/',
    capture_date: '2027-05-06',
  },
  form: {
    display_name: 'Cantine #14-3',
    url: 'https://demarches.example.org/cantine/14/',
    extra: { amount: '12,30', capture_date: '' },
  },
};

const removeExamples = { table: { basket_item_id: '0123456789abcdefghjkmnpqrs', notify: 'true' } };

/** The text of the document. */
export async function makeOpenapi(): Promise<string> {
  const [add, remove, addAnswer, removeAnswer, error] = await Promise.all(
    [
      'addBasketItemRequest',
      'removeBasketItemRequest',
      'addBasketItemAnswer',
      'removeBasketItemAnswer',
      'errorAnswer',
    ].map(readSchema),
  );
  const sent = { add: add?.properties ?? {}, remove: remove?.properties ?? {} };
  const document = {
    ...head,
    paths: {
      '/api/lingo/add-basket-item': { post: addOperation(sent.add) },
      '/api/lingo/remove-basket-item': { post: removeOperation(sent.remove) },
    },
    components: {
      securitySchemes: {
        publikSignature: { type: 'apiKey', in: 'query', name: 'signature', description: aboutSignature },
      },
      responses: Object.fromEntries(
        sharedStatuses().map((status) => [`answer${status}`, refusal(status, sharedErrors())]),
      ),
      schemas: {
        ...addBodySchemas(sent.add),
        ...removeBodySchemas(sent.remove),
        addBasketItemAnswer: addAnswer,
        removeBasketItemAnswer: removeAnswer,
        errorAnswer: error,
        gatewayAnswer: { type: 'object', required: ['message'], properties: { message: { type: 'string' } } },
      },
    },
  };
  // Quoted where an older reader of YAML would see a date or a number.
  const style = { lineWidth: 120, blockQuote: 'literal', aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;
  const madeBy = '# Made by `npm run openapi` from schemas/ and lib/http/apiErrors.ts: change those.\n';
  return madeBy + stringify(document, style);
}

function addOperation(properties: Readonly<Record<string, Schema>>) {
  const { amount = {}, NameId = {}, email = {}, regie_id = {}, cancellable = {} } = properties;
  return {
    operationId: 'addBasketItem',
    summary: 'Adds an item to pay to the basket of a citizen',
    description: `The answer carries the address where the citizen pays. An amount is required. ${user}`,
    parameters: [
      ...userParameters(NameId, email),
      parameter('regie_id', regie_id),
      parameter('cancellable', cancellable),
      {
        name: 'amount',
        in: 'query',
        description: 'Euros; added to the amounts of the body.',
        schema: sentAmounts(amount),
      },
    ],
    requestBody: {
      required: false,
      content: json(['addBasketItemTable', 'addBasketItemForm'], addExamples),
    },
    responses: responses('add', 'The item waits to be paid.'),
  };
}

function removeOperation({ NameId = {}, email = {} }: Readonly<Record<string, Schema>>) {
  return {
    operationId: 'removeBasketItem',
    summary: 'Takes an item back, on behalf of its owner',
    description: `The item must have been added by the same service, for this user. Taking it back again is a success. ${user}`,
    parameters: userParameters(NameId, email),
    requestBody: {
      required: true,
      content: json(['removeBasketItemTable', 'removeBasketItemForm'], removeExamples),
    },
    responses: responses('remove', 'The item is cancelled, by this call or before it.'),
  };
}

function userParameters(nameId: Schema, email: Schema) {
  const alias = { ...nameId, description: 'Another spelling of `NameId`; not both.' };
  return [parameter('NameId', nameId), parameter('NameID', alias), parameter('email', email)];
}

function parameter(name: string, read: Schema) {
  const { description, ...schema } = sentParameter(read);
  return { name, in: 'query', description, schema };
}

function json(names: readonly string[], examples: Readonly<Record<string, object>>) {
  const references = names.map(reference);
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return { 'application/json': { schema: { anyOf: references }, examples: Object.fromEntries(named) } };
}

function responses(call: CallName, success: string) {
  const content = { 'application/json': { schema: reference(`${call}BasketItemAnswer`) } };
  const errors: readonly ApiErrorCode[] = [...sharedErrors(), ...ownErrors[call]];
  const own = [...new Set(ownErrors[call].map((code) => apiErrors[code].status))];
  return {
    200: { description: success, content },
    ...Object.fromEntries(own.map((status) => [status, refusal(status, errors)])),
    ...Object.fromEntries(
      sharedStatuses().map((status) => [status, { $ref: `#/components/responses/answer${status}` }]),
    ),
  };
}

function sharedErrors(): ApiErrorCode[] {
  const others = new Set<string>(Object.values(ownErrors).flat());
  return (Object.keys(apiErrors) as ApiErrorCode[]).filter((code) => !others.has(code));
}

/** Those of which both calls say the same. */
function sharedStatuses(): number[] {
  const own = new Set<number>(Object.values(ownErrors).flatMap((codes) => codes.map((code) => apiErrors[code].status)));
  const statuses = [...sharedErrors().map((code) => apiErrors[code].status), ...Object.keys(gatewayErrors).map(Number)];
  return [...new Set(statuses)].filter((status) => !own.has(status)).sort();
}

/** The answer of one status, which one or more of these errors have. */
function refusal(status: number, errors: readonly ApiErrorCode[]) {
  const codes = errors.filter((code) => apiErrors[code].status === status);
  const sentences = codes.map((code) => `- \`${code}\`: ${apiErrors[code].en}`);
  const ours = { allOf: [reference('errorAnswer'), { properties: { err_class: { enum: codes } } }] };
  const schemas: object[] = codes.length === 0 ? [] : [ours];
  const gatewayError = gatewayErrors[status];
  if (gatewayError !== undefined) {
    sentences.push(`- By API Gateway itself: ${gatewayError}`);
    schemas.push(reference('gatewayAnswer'));
  }
  return {
    description: sentences.join('\n'),
    ...(status === 405 ? { headers: { Allow: { schema: { const: 'POST' } } } } : {}),
    content: { 'application/json': { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } } },
  };
}

function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

/** One of `schemas/`, with what it refers to in its place, and without what only its own file needs. */
async function readSchema(name: string): Promise<Schema> {
  const file = `${name}.schema.json`;
  const schema = await inlineReferences(await readJson(file), file);
  const { $schema, $id, $defs, ...rest } = schema as Record<string, unknown>;
  return rest as Schema;
}

/** Beside a `$ref`, a keyword of the schema that refers wins. */
async function inlineReferences(value: unknown, file: string): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((element) => inlineReferences(element, file)));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...own } = value as Record<string, unknown>;
  const entries = Object.entries(own).map(async ([key, part]) => [key, await inlineReferences(part, file)] as const);
  const inlined = Object.fromEntries(await Promise.all(entries));
  if (typeof $ref !== 'string') return inlined;
  const [target = '', pointer = ''] = $ref.split('#/');
  const found = await inlineReferences(pick(await readJson(target || file), pointer.split('/')), target || file);
  return { ...(found as object), ...inlined };
}

function pick(schema: unknown, path: readonly string[]): unknown {
  return path.reduce((part, key) => (part as Record<string, unknown>)[key], schema);
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../schemas/${file}`, import.meta.url), 'utf8'));
}

export const main = defineCommand(
  {
    name: 'npm run openapi',
    about: 'Writes docs/openapi.yaml anew, from the JSON Schemas of the calls and the table of errors.',
    options: {},
  },
  async (_, { print }) => {
    await writeFile(documentUrl, await makeOpenapi());
    print('Written to docs/openapi.yaml.');
    return 0;
  },
);

if (import.meta.main) await runCommand(main);
