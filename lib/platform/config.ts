/** The settings of a stage, read from the environment here and nowhere else. `docs/settings.md` has the table. */
import { type SecretsPart, secretsParts } from './secretParameters.ts';

export type Language = 'fr' | 'en';
export type ResultWord = 'succes' | 'success';

export interface Config {
  readonly itemsTable: string;
  readonly regiesTable: string;
  readonly region: string;
  /** Address under which citizens and banks reach the stage, without a final slash. */
  readonly publicUrl: string;
  /** Whether the form's address may be `http`. */
  readonly allowHttp: boolean;
  readonly language: Language;
  readonly resultWord: ResultWord;
  /** Whether a form may be told at a private, loopback or link-local address. */
  readonly allowPrivateForms: boolean;
  /** Days after its last change at which an item's personal data is erased. */
  readonly retentionDays: number;
  /** Days after that at which its row, the accounting facts, goes too. */
  readonly recordDays: number;
  /** Of the stage's figures, in CloudWatch. */
  readonly metricsNamespace: string;
  /** A local engine instead of DynamoDB. */
  readonly dynamodbEndpoint?: string;
  /** A JSON file with the stage's secrets, on a laptop. */
  readonly secretsFile?: string;
  /** Elsewhere: the path of their parameters in Parameter Store, without a final slash, and the parts that this function reads. */
  readonly secretsPath?: string;
  readonly secretsParts: readonly SecretsPart[];
  /** A stand-in for Parameter Store, under the name that AWS's own tools use. */
  readonly ssmEndpoint?: string;
  /** Address of the sandbox bank, without a final slash; absent on a stage that has none. */
  readonly sandboxUrl?: string;
  /** Table of the sandbox bank itself. */
  readonly sandboxTable?: string;
}

/** Where the environment has none. A stage has its own in `serverless.yml`, and a test holds the two together. */
export const defaultDays = { retention: 400, record: 3_653 } as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error that names the setting which is missing or wrong. */
export function readConfig(environment: Environment = process.env): Config {
  const endpoint = environment['DYNAMODB_ENDPOINT'];
  const sandboxUrl = environment['SANDBOX_URL'];
  const sandboxTable = environment['SANDBOX_TABLE'];
  const ssmEndpoint = environment['AWS_ENDPOINT_URL_SSM'];
  return {
    itemsTable: required(environment, 'ITEMS_TABLE'),
    regiesTable: required(environment, 'REGIES_TABLE'),
    region: required(environment, 'AWS_REGION'),
    publicUrl: withoutFinalSlash(required(environment, 'PUBLIC_URL')),
    allowHttp: oneOf(environment, 'ALLOW_HTTP', ['false', 'true']) === 'true',
    allowPrivateForms: oneOf(environment, 'ALLOW_PRIVATE_FORMS', ['false', 'true']) === 'true',
    language: oneOf(environment, 'API_LANGUAGE', ['fr', 'en']),
    resultWord: oneOf(environment, 'RESULT_WORD', ['succes', 'success']),
    retentionDays: wholeNumber(environment, 'RETENTION_DAYS', defaultDays.retention),
    recordDays: wholeNumber(environment, 'RECORD_DAYS', defaultDays.record),
    metricsNamespace: environment['POWERTOOLS_METRICS_NAMESPACE'] || 'publik-basket',
    ...readSecretsPlace(environment),
    ...(ssmEndpoint ? { ssmEndpoint } : {}),
    ...(endpoint ? { dynamodbEndpoint: endpoint } : {}),
    ...(sandboxUrl ? { sandboxUrl: withoutFinalSlash(sandboxUrl) } : {}),
    ...(sandboxTable ? { sandboxTable } : {}),
  };
}

function readSecretsPlace(environment: Environment): Pick<Config, 'secretsFile' | 'secretsPath' | 'secretsParts'> {
  const file = environment['SECRETS_FILE'];
  if (file) return { secretsFile: file, secretsParts };
  const named = (environment['SECRETS_PARTS'] || secretsParts.join(',')).split(',');
  const parts = secretsParts.filter((part) => named.includes(part));
  if (parts.length !== named.length) {
    throw new Error(`The setting SECRETS_PARTS must hold some of: ${secretsParts.join(', ')}.`);
  }
  return { secretsPath: withoutFinalSlash(required(environment, 'SECRETS_PATH')), secretsParts: parts };
}

/** Credentials as Lambda gives them to a function. @throws Error that names the variable which is missing. */
export function readAwsCredentials(environment: Environment = process.env) {
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken ? { sessionToken } : {}),
  };
}

function withoutFinalSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`The setting ${name} is missing.`);
  return value;
}

/** The first choice is the default. */
function oneOf<Choice extends string>(environment: Environment, name: string, choices: readonly [Choice, ...Choice[]]) {
  const value = environment[name] || choices[0];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new Error(`The setting ${name} must be one of: ${choices.join(', ')}.`);
  return choice;
}

function wholeNumber(environment: Environment, name: string, byDefault: number): number {
  const value = environment[name] || String(byDefault);
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new Error(`The setting ${name} must be a whole number, at least 1.`);
  return Number(value);
}
