/**
 * The secrets of a stage as parameters, for a store that keeps one value under each name. Each secret that can change alone has
 * its own name: two operators who change two services never overwrite each other, and a function reads only its parts.
 *
 *   callers/services/<host>     how a service calls and is told      callers/default-service
 *   links/keys                  keys of the payment addresses
 *   banks/regies/<id>           what a regie shares with its bank    banks/sandbox-key
 */
import { checkSecrets, type Secrets } from './secrets.ts';

/** JSON values by name. */
export type SecretParameters = Readonly<Record<string, unknown>>;

/** The parts of the secrets that a function may be allowed to read: the first segments of the names. */
export const secretsParts = ['callers', 'links', 'banks'] as const;
export type SecretsPart = (typeof secretsParts)[number];

const places = {
  services: 'callers/services/',
  defaultService: 'callers/default-service',
  linkKeys: 'links/keys',
  banks: 'banks/regies/',
  sandboxKey: 'banks/sandbox-key',
} as const satisfies Record<keyof Secrets, string>;

export const linkKeysParameter = places.linkKeys;
export const sandboxKeyParameter = places.sandboxKey;
export const defaultServiceParameter = places.defaultService;

export function serviceParameter(host: string): string {
  return `${places.services}${host}`;
}

export function bankParameter(regieId: string): string {
  return `${places.banks}${regieId}`;
}

/** Makes secrets from parameters, of all parts or of some. @throws Error that names the faulty field. */
export function toSecrets(parameters: SecretParameters): Secrets {
  const banks = valuesUnder(parameters, places.banks);
  return checkSecrets({
    services: valuesUnder(parameters, places.services),
    ...(Object.keys(banks).length === 0 ? {} : { banks }),
    ...pick(parameters, ['defaultService', 'linkKeys', 'sandboxKey']),
  });
}

/** Makes parameters from secrets: the reverse of {@link toSecrets}. */
export function toParameters({ services, banks = {}, ...single }: Secrets): SecretParameters {
  return {
    ...Object.fromEntries(Object.entries(services).map(([host, service]) => [serviceParameter(host), service])),
    ...Object.fromEntries(Object.entries(banks).map(([regieId, bank]) => [bankParameter(regieId), bank])),
    ...Object.fromEntries(
      Object.entries(single).map(([field, value]) => [places[field as keyof typeof single], value]),
    ),
  };
}

/** Parses the stored text of a parameter. @throws Error that names the parameter, never the text. */
export function parseParameter(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The cause is left out: JSON.parse quotes what it read.
    throw new Error(`Malformed secrets: the parameter ${name} is not JSON.`);
  }
}

function valuesUnder(parameters: SecretParameters, prefix: string): Record<string, unknown> {
  const found = Object.entries(parameters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

function pick(parameters: SecretParameters, fields: readonly (keyof typeof places)[]): Record<string, unknown> {
  const found = fields.filter((field) => Object.hasOwn(parameters, places[field]));
  return Object.fromEntries(found.map((field) => [field, parameters[places[field]]]));
}
