/** Counts what a client asks of DynamoDB, and what the engine says that it consumes. */
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface WatchedCall {
  /** `PutItem`, `Query`… */
  readonly operation: string;
  /** As it was asked. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Read units of `GetItem` and `Query`, write units of the others. */
  readonly units: number;
}

/** How many calls there were, and what they consumed. */
export interface Cost {
  readonly reads: number;
  readonly writes: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

const readingOperations = ['GetItem', 'Query'];

type Command = { input: Record<string, unknown> };
type Send = (command: Command) => Promise<{ ConsumedCapacity?: { CapacityUnits?: number } }>;

/** Watches while something runs. A condition that fails counts as a call of 0 units: the engine does not tell them then. */
export async function watchCalls(client: DynamoDBDocumentClient, run: () => Promise<unknown>): Promise<WatchedCall[]> {
  const calls: WatchedCall[] = [];
  const watched = client as unknown as { send: Send };
  const { send } = watched;
  watched.send = async (command) => {
    const input = { ...command.input };
    command.input['ReturnConsumedCapacity'] = 'TOTAL';
    let units = 0;
    try {
      const answer = await send.call(watched, command);
      units = answer.ConsumedCapacity?.CapacityUnits ?? 0;
      return answer;
    } finally {
      calls.push({ operation: operationOf(input), input, units });
    }
  };
  try {
    await run();
  } finally {
    watched.send = send;
  }
  return calls;
}

/** Told by the input: names of classes do not outlive a minifier. */
function operationOf(input: Readonly<Record<string, unknown>>): string {
  if ('Item' in input) return 'PutItem';
  if ('UpdateExpression' in input) return 'UpdateItem';
  return 'KeyConditionExpression' in input ? 'Query' : 'GetItem';
}

export function costOf(calls: readonly WatchedCall[]): Cost {
  const reads = calls.filter(({ operation }) => readingOperations.includes(operation));
  const writes = calls.filter(({ operation }) => !readingOperations.includes(operation));
  return { reads: reads.length, writes: writes.length, readUnits: sum(reads), writeUnits: sum(writes) };
}

function sum(calls: readonly WatchedCall[]): number {
  return calls.reduce((total, { units }) => total + units, 0);
}
