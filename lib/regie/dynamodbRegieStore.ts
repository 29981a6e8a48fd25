/** Reads the regies table: one row for each regie, and the catalogue row, which has the owner of each name. */
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import validateCatalogueRow from '../../schemas/compiled/regieCatalogueRow.js';
import validateRegieRow from '../../schemas/compiled/regieRow.js';
import { callDynamodb } from '../platform/dynamodb.ts';
import { checked } from '../values/validation.ts';
import type { Regie, RegieCatalogue } from './regie.ts';
import type { RegieStore } from './regieStore.ts';

type Row = Record<string, unknown>;
type CatalogueRow = Omit<RegieCatalogue, 'regies'> & { id: string; kind: string };

/** No regie can have this id. */
export const catalogueId = '#catalogue';

export function dynamodbRegieStore(client: DynamoDBDocumentClient, table: string): RegieStore {
  return {
    async load() {
      const rows = await scanAll(client, table);
      const regies = rows.filter(({ kind }) => kind === 'regie').map(toRegie);
      const row = rows.find(({ id }) => id === catalogueId);
      if (row === undefined) return { regies, names: {}, version: 0 };
      const { id, kind, ...catalogue } = checked<CatalogueRow>(validateCatalogueRow, row, 'regie row');
      return { ...catalogue, regies };
    },
  };
}

/** Consistent, so that a regie put a moment ago is found. */
async function scanAll(client: DynamoDBDocumentClient, table: string): Promise<Row[]> {
  const rows: Row[] = [];
  let next: Row | undefined;
  do {
    const scan = new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: next });
    const page = await callDynamodb(() => client.send(scan));
    rows.push(...(page.Items ?? []));
    next = page.LastEvaluatedKey;
  } while (next !== undefined);
  return rows;
}

function toRegie(row: Row): Regie {
  const { kind, ...regie } = checked<Regie & { kind: string }>(validateRegieRow, row, 'regie row');
  return regie;
}
