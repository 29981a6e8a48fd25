/**
 * What a caller may send, from the schemas of what the basket reads (`schemas/*Request.schema.json`). Those describe a
 * call once its blank fields are gone, its text trimmed and folded, its words in lower case, and its body, `extra` and
 * query string gathered: what each of these lets through is written here, and nowhere else in the document.
 */

/** The keywords that our schemas use. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly not?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

type Properties = Readonly<Record<string, Schema>>;

/** A parameter of the query string. */
export function sentParameter(schema: Schema): Schema {
  return { type: 'string', ...textRules(schema) };
}

/** A parameter that may be repeated, as a list of amounts is. */
export function sentAmounts(amount: Schema): Schema {
  return { type: 'array', items: { type: 'string', ...textRules(amountText(amount)) } };
}

/** A field at the top of a whole form: any value will do where `extra` gives its own. */
const replaced: Schema = { description: 'As in `extra`; read where `extra` has none.' };

/** The bodies of add-basket-item, by their names in the document. */
export function addBodySchemas({ amount = {}, display_name = {}, url = {}, capture_date = {} }: Properties) {
  return {
    addBasketItemFields: fieldsOf({
      amount: sentAmount(amount),
      // A template of one variable gives a number as such.
      display_name: { ...sentField(display_name), type: ['string', 'number', 'null'] },
      url: sentField(url),
      capture_date: sentField(capture_date),
    }),
    addBasketItemTable: table('addBasketItemFields'),
    addBasketItemForm: wholeForm('addBasketItemFields', {
      // Whatever `extra` holds: amounts are summed.
      amount: { $ref: '#/components/schemas/addBasketItemFields/properties/amount' },
      display_name: replaced,
      url: replaced,
      capture_date: replaced,
    }),
  };
}

/** The same for remove-basket-item. */
export function removeBodySchemas({ basket_item_id = {}, notify = {} }: Properties) {
  const { description = '', ...word } = sentField(notify);
  return {
    removeBasketItemFields: fieldsOf({
      basket_item_id: { ...sentField(basket_item_id), type: ['string', 'number', 'null'] },
      notify: { description, anyOf: [{ ...word, type: ['string', 'boolean', 'null'] }, { enum: [0, 1] }] },
    }),
    removeBasketItemTable: {
      ...table('removeBasketItemFields', { basket_item_id: { type: ['string', 'number'], pattern: '\\S' } }),
      required: ['basket_item_id'],
    },
    removeBasketItemForm: wholeForm('removeBasketItemFields', { basket_item_id: replaced, notify: replaced }),
  };
}

function fieldsOf(properties: Properties): Schema {
  return { description: 'What the basket reads of a body. Other keys are ignored.', type: 'object', properties };
}

function table(fields: string, others: Properties = {}): Schema {
  const extra = { description: 'Ignored when it is no object.', not: { type: 'object' } };
  return {
    description: "The action's own table.",
    allOf: [{ $ref: `#/components/schemas/${fields}` }],
    properties: { ...others, extra },
  };
}

function wholeForm(fields: string, atTop: Properties): Schema {
  return {
    description: "The whole form that w.c.s. sends, with the action's table in `extra`.",
    type: 'object',
    required: ['extra'],
    properties: { ...atTop, extra: { $ref: `#/components/schemas/${fields}` } },
  };
}

function sentAmount(amount: Schema): Schema {
  const { pattern = '' } = amountText(amount);
  const { minItems = 0, maxItems = 0 } = amount;
  return {
    description:
      'Euros: a number, a text (`10.05`, `10,05`, `1 000,50 €`), or a flat list of them. All that is given, here, in `extra` and in the query string, is summed, and rounded once to the cent; the sum is above zero.',
    anyOf: [
      { type: ['number', 'string', 'null'], minimum: 0, pattern: orBlank(pattern) },
      {
        type: 'array',
        minItems,
        maxItems,
        items: { type: ['number', 'string'], minimum: 0, pattern: padded(pattern) },
      },
    ],
  };
}

function amountText(amount: Schema): Schema {
  const text = amount.items?.anyOf?.find(({ type }) => type === 'string');
  if (text === undefined) throw new Error('The schema of an amount has no text.');
  return { pattern: text.pattern ?? '' };
}

/** A field of a body: text, or null, which counts as absent. */
function sentField(schema: Schema): Schema {
  return { type: ['string', 'null'], ...textRules(schema) };
}

/** Lengths count after trimming, which no keyword says. */
function textRules({ description = '', pattern, enum: words, maxLength }: Schema): Schema {
  const length = maxLength === undefined ? '' : `${maxLength} characters at most, once trimmed.`;
  const sentences = [description, length].filter((sentence) => sentence !== '').join(' ');
  const rule = words === undefined ? pattern : `^(${words.map(anyCase).join('|')})$`;
  return {
    ...(sentences === '' ? {} : { description: sentences }),
    ...(rule === undefined ? {} : { pattern: orBlank(rule) }),
  };
}

/** A text as the pattern has it, with white space around it, or a blank one. */
function orBlank(pattern: string): string {
  // Where white space may stand inside, it may be the control characters that are folded to a space.
  if (new RegExp(pattern, 'u').test('a b')) return pattern.replace('\\u0000-\\u001f', '\\u0000-\\u0008\\u000e-\\u001f');
  return `^\\s*(${pattern.slice(1, -1)}\\s*)?$`;
}

function padded(pattern: string): string {
  return `^\\s*${pattern.slice(1, -1)}\\s*$`;
}

function anyCase(word: unknown): string {
  return String(word).replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
