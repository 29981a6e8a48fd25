/** The tables as `infra/tables.yml` defines them, made on a local engine. */
import { readFile } from 'node:fs/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';

/** What a local engine needs of a table; the rest (recovery, encryption, expiry) is AWS's. */
type TableDefinition = { readonly TableName: string } & Pick<
  CreateTableCommandInput,
  'AttributeDefinitions' | 'KeySchema' | 'GlobalSecondaryIndexes' | 'BillingMode'
>;

export interface Tables {
  readonly itemsTable: string;
  readonly regiesTable: string;
  readonly sandboxTable: string;
  readonly definitions: readonly TableDefinition[];
}

/** What is read of `serverless.yml`. */
interface Service {
  readonly service: string;
  readonly custom: Readonly<Record<'itemsTable' | 'regiesTable' | 'sandboxTable', string>>;
}

/** `infra/tables.yml`. */
interface TablesFile {
  readonly always: TableResources;
  readonly sandbox: { readonly true: TableResources };
}

type TableResources = Readonly<Record<string, { readonly Properties: TableDefinition }>>;

/** Reads the tables of one stage, and that of the sandbox bank, whether the stage has it or not. */
export async function readTables(stage: string): Promise<Tables> {
  const { service, custom } = await readYaml<Service>('serverless.yml');
  const { always, sandbox } = await readYaml<TablesFile>('infra/tables.yml');
  const variables: Record<string, string> = {
    'self:service': service,
    'sls:stage': stage,
    'self:custom.itemsTable': custom.itemsTable,
    'self:custom.regiesTable': custom.regiesTable,
    'self:custom.sandboxTable': custom.sandboxTable,
  };
  const resolve = (value: string): string =>
    value.replace(/\$\{([^}]+)\}/g, (whole, name) => resolve(variables[name] ?? whole.slice(1)));
  const definitions = Object.values({ ...always, ...sandbox.true }).map(({ Properties }) => ({
    TableName: resolve(Properties.TableName),
    BillingMode: Properties.BillingMode,
    AttributeDefinitions: Properties.AttributeDefinitions,
    KeySchema: Properties.KeySchema,
    ...(Properties.GlobalSecondaryIndexes && { GlobalSecondaryIndexes: Properties.GlobalSecondaryIndexes }),
  }));
  return {
    itemsTable: resolve(custom.itemsTable),
    regiesTable: resolve(custom.regiesTable),
    sandboxTable: resolve(custom.sandboxTable),
    definitions,
  };
}

async function readYaml<Content>(path: string): Promise<Content> {
  const text = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  // Errors only: the parser warns of CloudFormation's tags, and no text with a tag is used here.
  return parse(text, { merge: true, logLevel: 'error' }) as Content;
}

/** Makes the tables that are not there. @throws Error when one is there with other keys or indexes. */
export async function createTables(client: DynamoDBClient, { definitions }: Tables): Promise<void> {
  await Promise.all(
    definitions.map(async (definition) => {
      const existing = await describeTable(client, definition.TableName);
      if (existing === undefined) await client.send(new CreateTableCommand(definition));
      else if (keysOf(existing) !== keysOf(definition)) {
        throw new Error(
          `The table ${definition.TableName} was made from another definition than infra/tables.yml has now.`,
        );
      }
    }),
  );
}

async function describeTable(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (cause) {
    if (cause instanceof ResourceNotFoundException) return undefined;
    throw cause;
  }
}

/** The keys of a table and of its indexes, as one comparable text. */
function keysOf({ KeySchema, GlobalSecondaryIndexes }: TableDescription | TableDefinition): string {
  const indexes = (GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema: keys, Projection }) => {
    return [IndexName, keys?.map(keyName), Projection?.ProjectionType];
  });
  return JSON.stringify([KeySchema?.map(keyName), indexes]);
}

function keyName({
  AttributeName,
  KeyType,
}: {
  AttributeName: string | undefined;
  KeyType: string | undefined;
}): string {
  return `${AttributeName} ${KeyType}`;
}
