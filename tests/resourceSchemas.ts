/** A template held against AWS's own resource schemas, as the CDK's database has them. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Json, JsonObject, Resource, Template } from './packagedStage.ts';

const database = loadAwsServiceSpecSync();

type Schema = ReturnType<typeof schemaOf> & object;
type Properties = Schema['properties'];
type PropertyType = Properties[string]['type'];

/** What a deployment would stumble over: unknown types and names, what is missing, wrong types, references to nothing. */
export function findFaults(template: Template): string[] {
  const resources = Object.entries(template.Resources).flatMap(([id, resource]) => resourceFaults(id, resource));
  const references = referencesIn({ ...template.Resources, ...template.Outputs } as unknown as JsonObject);
  const dependencies = Object.values(template.Resources).flatMap(({ DependsOn = [] }) => [DependsOn].flat());
  const broken = [...references, ...dependencies].filter((reference) => !isThere(template, reference));
  return [...resources, ...broken.map((reference) => `${reference}: there is no such thing`)];
}

function schemaOf(type: string) {
  return database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

function resourceFaults(id: string, { Type, Properties = {} }: Resource): string[] {
  const schema = schemaOf(Type);
  return schema === undefined ? [`${id}: no type ${Type}`] : objectFaults(id, schema.properties, Properties);
}

function objectFaults(path: string, properties: Properties, value: Json): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not an object`];
  const missing = Object.entries(properties).filter(([name, { required }]) => required && !(name in value));
  const present = Object.entries(value).flatMap(([name, part]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) return [`${path}.${name}: unknown`];
    // A type may have several shapes over time; the older ones are still taken.
    return faultsOfEither(`${path}.${name}`, [property.type, ...(property.previousTypes ?? [])], part);
  });
  return [...missing.map(([name]) => `${path}.${name}: missing`), ...present];
}

/** Those of the first type, unless another takes the value. */
function faultsOfEither(path: string, types: readonly PropertyType[], value: Json): string[] {
  const faults = types.map((type) => typeFaults(path, type, value));
  return faults.some((found) => found.length === 0) ? [] : (faults[0] ?? []);
}

function typeFaults(path: string, type: PropertyType, value: Json): string[] {
  // What it gives is known at the deployment only.
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'ref':
      return objectFaults(path, database.get('typeDefinition', type.reference).properties, value);
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((part, index) => typeFaults(`${path}[${index}]`, type.element, part))
        : [`${path}: not a list`];
    case 'map':
      return typeof value === 'object'
        ? Object.entries(value ?? {}).flatMap(([name, part]) => typeFaults(`${path}.${name}`, type.element, part))
        : [`${path}: not a map`];
    case 'union':
      return faultsOfEither(path, type.types, value);
    case 'json':
    case 'tag':
      return typeof value === 'object' ? [] : [`${path}: not an object`];
    default:
      return isScalar(type, value) ? [] : [`${path}: ${JSON.stringify(value)} is no ${type.type}`];
  }
}

/** CloudFormation takes the text of a number or of a boolean for it, and the other way round. */
function isScalar(type: PropertyType, value: Json): boolean {
  if (typeof value === 'object') return false;
  if ('allowedValues' in type && type.allowedValues) return (type.allowedValues as Json[]).includes(value);
  if (type.type === 'boolean') return /^(true|false)$/.test(String(value));
  if (type.type === 'integer') return /^-?\d+$/.test(String(value));
  if (type.type === 'number') return /^-?\d+(\.\d+)?$/.test(String(value));
  return true;
}

function isIntrinsic(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}

/** Whatever `Ref`, `Fn::GetAtt` and `Fn::Sub` name: `Name` or `Name.Attribute`. */
function referencesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { Ref: name, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value;
  if (typeof name === 'string') return [name];
  if (Array.isArray(attribute)) return [attribute.join('.')];
  if (typeof text === 'string') return Array.from(text.matchAll(/\$\{([^}]+)\}/g), ([, named = '']) => named);
  return Object.values(value).flatMap(referencesIn);
}

function isThere({ Resources }: Template, reference: string): boolean {
  if (reference.startsWith('AWS::')) return true;
  const [id = '', ...attribute] = reference.split('.');
  const resource = Resources[id];
  if (resource === undefined) return false;
  return attribute.length === 0 || Object.hasOwn(schemaOf(resource.Type)?.attributes ?? {}, attribute.join('.'));
}
