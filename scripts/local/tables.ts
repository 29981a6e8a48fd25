/** The tables as `serverless.yml` defines them, made on a local engine. */
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

interface Resources {
  readonly Resources: Readonly<Record<string, { Type: string; Properties: TableDefinition }>>;
}

interface Template {
  readonly service: string;
  readonly custom: Readonly<Record<'itemsTable' | 'regiesTable' | 'sandboxTable', string>> & {
    readonly sandboxResources: { readonly true: Resources };
  };
  /** The second is `sandboxResources`, by its variable. */
  readonly resources: readonly [Resources, string];
}

/** Reads `serverless.yml` for one stage. */
export async function readTables(stage: string): Promise<Tables> {
  const text = await readFile(new URL('../../serverless.yml', import.meta.url), 'utf8');
  // The tags of CloudFormation, which the parser warns of, stand nowhere in what is read here.
  const { service, custom, resources } = parse(text, { logLevel: 'error' }) as Template;
  const variables: Record<string, string> = {
    'self:service': service,
    'sls:stage': stage,
    'self:custom.itemsTable': custom.itemsTable,
    'self:custom.regiesTable': custom.regiesTable,
    'self:custom.sandboxTable': custom.sandboxTable,
  };
  const resolve = (value: string): string =>
    value.replace(/\$\{([^}]+)\}/g, (whole, name) => resolve(variables[name] ?? whole.slice(1)));
  const parts = { ...resources[0].Resources, ...custom.sandboxResources.true.Resources };
  const definitions = Object.values(parts)
    .filter(({ Type }) => Type === 'AWS::DynamoDB::Table')
    .map(({ Properties }) => ({
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

/** Makes the tables that are not there. @throws Error when one is there with other keys or indexes. */
export async function createTables(client: DynamoDBClient, { definitions }: Tables): Promise<void> {
  await Promise.all(
    definitions.map(async (definition) => {
      const existing = await describeTable(client, definition.TableName);
      if (existing === undefined) await client.send(new CreateTableCommand(definition));
      else if (keysOf(existing) !== keysOf(definition)) {
        throw new Error(
          `The table ${definition.TableName} was made from another definition than serverless.yml has now.`,
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
