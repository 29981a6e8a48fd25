/** The type of the compiled schemas in `schemas/compiled`, and sentences for their findings. */

/** One finding of a compiled schema (the part of ajv's error object that is used). */
interface SchemaError {
  /** JSON pointer to the offending value, `''` for the whole. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** A schema compiled at build: true when the value satisfies it, else false with the findings in `errors`. */
export interface CompiledSchema {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/** The first finding, or undefined when the value satisfies the schema. */
export function firstError(validate: CompiledSchema, value: unknown): SchemaError | undefined {
  return validate(value) ? undefined : validate.errors?.[0];
}

/** Returns the value when it satisfies the schema. @throws Error that names `what` and the faulty field, never the value. */
export function checked<Shape>(validate: CompiledSchema, value: unknown, what: string): Shape {
  const error = firstError(validate, value);
  if (error !== undefined) throw new Error(`Malformed ${what}: ${describeError(error)}.`);
  return value as Shape;
}

/** The top-level field that a finding is about, missing and surplus fields included. `''` for the whole value. */
export function fieldOf(error: SchemaError): string {
  const [, field] = error.instancePath.split('/');
  const named = field ?? error.params['missingProperty'] ?? error.params['additionalProperty'];
  return typeof named === 'string' ? named : '';
}

/** A finding as a sentence for an operator: the field, then its fault. Never the value itself. */
export function describeError(error: SchemaError): string {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const extra = error.params['additionalProperty'] ?? error.params['allowedValues'] ?? error.params['pattern'];
  return `${path || fieldOf(error) || 'file'}: ${error.message ?? error.keyword}${extra === undefined ? '' : ` (${JSON.stringify(extra)})`}`;
}
