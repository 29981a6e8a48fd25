/** Reading a packaged template: what its conditions leave, its functions, their roles. */
import type { Role } from './functionRoles.ts';
import type { Json, JsonObject, Template } from './packagedStage.ts';

/**
 * The template as CloudFormation would read it: what conditions leave out is out.
 *
 * @param given conditions to take as such, instead of what they say.
 */
export function resolveConditions(template: Template, given: Readonly<Record<string, boolean>> = {}): Template {
  const holds = (name: string) => given[name] ?? isTrue(template.Conditions[name] ?? null);
  const stands = ({ Condition }: { readonly Condition?: string }) => Condition === undefined || holds(Condition);
  const choose = (value: Json): Json | undefined => {
    if (Array.isArray(value)) return value.map(choose).filter((part) => part !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    if (value['Ref'] === 'AWS::NoValue') return undefined;
    const [name, whenTrue, whenFalse] = (value['Fn::If'] ?? []) as [string?, Json?, Json?];
    if (name !== undefined) return choose((holds(name) ? whenTrue : whenFalse) ?? null);
    const entries = Object.entries(value).map(([key, part]) => [key, choose(part)] as const);
    return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
  };
  const part = (members: Readonly<Record<string, { readonly Condition?: string }>>) =>
    choose(Object.fromEntries(Object.entries(members).filter(([, member]) => stands(member))) as JsonObject);
  return { ...template, Resources: part(template.Resources), Outputs: part(template.Outputs) } as unknown as Template;
}

function isTrue(condition: Json): boolean {
  const [[operation, operands] = []] = Object.entries((condition ?? {}) as JsonObject);
  const [first = null, second = null] = (operands ?? []) as Json[];
  if (operation === 'Fn::Equals') return first === second;
  if (operation === 'Fn::Not') return !isTrue(first);
  throw new Error(`The condition ${JSON.stringify(condition)} is none that this can read.`);
}

/** The properties of all resources of a type, by their names in the template. */
export function ofType(template: Template, type: string): Record<string, JsonObject> {
  const entries = Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
  return Object.fromEntries(entries.map(([id, { Properties }]) => [id, Properties ?? {}]));
}

/** Functions by their names in `infra/functions.yml`. */
export function functionsOf(template: Template): Record<string, JsonObject> {
  const functions = Object.values(ofType(template, 'AWS::Lambda::Function'));
  const nameOf = ({ Handler }: JsonObject) => String(Handler).replace(/^functions\/(.*)\.handler$/, '$1');
  return Object.fromEntries(functions.map((properties) => [nameOf(properties), properties]));
}

export function variablesOf({ Environment }: JsonObject): JsonObject {
  return (Environment as { Variables: JsonObject }).Variables;
}

/** How osls writes the name of a function before `Role`, `LogGroup`, `LambdaFunction`. */
export const logicalId = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;

interface Statement {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: Json;
  readonly Condition?: Json;
}

/** What a function may do, as `functionRoles` writes it, and its statements about a key, as they are. */
export function readRole(template: Template, name: string): { role: Role; ofKey: readonly Statement[] } {
  const properties = template.Resources[`${logicalId(name)}Role`]?.Properties as unknown as {
    Policies: { PolicyDocument: { Statement: Statement[] } }[];
  };
  const statements = properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const denials = statements.filter(({ Effect }) => Effect !== 'Allow');
  if (denials.length > 0) throw new Error('A role is made of what it allows.');
  const isOfKey = ({ Action }: Statement) => Action.every((action) => action.startsWith('kms:'));
  const entries = statements
    .filter((statement) => !isOfKey(statement))
    .flatMap(({ Action, Resource }) => [Resource].flat().map((resource) => [readableResource(resource), Action]));
  if (new Set(entries.map(([resource]) => resource)).size < entries.length) throw new Error('Something stands twice.');
  return { role: Object.fromEntries(entries), ofKey: statements.filter(isOfKey) };
}

/** `GetAtt` and `Sub` without what every name of the account and the stage begins with. */
function readableResource(resource: Json): string {
  const { 'Fn::GetAtt': attribute, 'Fn::Sub': text } = resource as { 'Fn::GetAtt'?: string[]; 'Fn::Sub'?: string };
  if (attribute !== undefined)
    return attribute
      .join('.')
      .replace('.StreamArn', '/stream')
      .replace(/\.Arn$/, '');
  const arnOfParameters = `arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:parameter/`;
  const readable = (text ?? '').replace(arnOfParameters, '/').replace(/^\$\{(\w+)\.Arn\}/, '$1');
  return readable === '' ? JSON.stringify(resource) : readable;
}

export function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
