/** The DynamoDB client: made once, with a time budget, and its failures told apart. */
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AppError } from '../values/errors.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { KeptConnections } from './keptConnections.ts';
import { Sha256 } from './sha256.ts';

/**
 * Two tries of two seconds: w.c.s. waits 28 s and never retries, and a citizen waits less. `requestTimeout` is for an
 * answer that does not begin (without `throwOnRequestTimeout` the SDK only warns and goes on waiting), `socketTimeout` for
 * one that stops halfway.
 */
const maxAttempts = 2;
const timeouts = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
  socketTimeout: 2_000,
} as const;

/**
 * Steps of the SDK's that serve nobody here, and take 50 µs of each call: lines for a logger that there is none of, the
 * SDK's name (CloudTrail shows no user agent then), and the mark by which Lambda finds loops, which it does not look for
 * behind DynamoDB.
 */
const unused = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/** @param clock tells how long a connection has been idle. */
export function createDocumentClient(
  { region, dynamodbEndpoint }: Pick<Config, 'region' | 'dynamodbEndpoint'>,
  clock: Clock = systemClock,
) {
  const endpoint = dynamodbEndpoint === undefined ? {} : { endpoint: dynamodbEndpoint };
  const requestHandler = new KeptConnections(timeouts, clock);
  const client = new DynamoDBClient({ maxAttempts, requestHandler, region, ...endpoint, sha256: Sha256 });
  for (const name of unused) client.middlewareStack.remove(name);
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

const throttlings = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/**
 * Runs one call to DynamoDB.
 *
 * @returns its answer, or the exception of a condition that did not hold: an outcome like another.
 * @throws AppError `temporarily-unavailable` when DynamoDB throttles, fails or is out of reach (what became of a write
 *   is then unknown); the cause itself when the request was wrong, which is a defect of ours.
 */
export async function tryConditional<Answer>(
  call: () => Promise<Answer>,
): Promise<Answer | ConditionalCheckFailedException> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) return cause;
    throw isOurFault(cause) ? cause : new AppError('temporarily-unavailable', { cause });
  }
}

/** As `tryConditional`, for calls without a condition. */
export async function callDynamodb<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const answer = await tryConditional(call);
  if (answer instanceof ConditionalCheckFailedException) throw answer;
  return answer;
}

/** DynamoDB read the request and found it wrong, or the request never left: no use trying again. */
function isOurFault(cause: unknown): boolean {
  if (!(cause instanceof Error)) return true;
  const { $fault, $metadata, code } = cause as { $fault?: string; $metadata?: unknown; code?: unknown };
  if (throttlings.has(cause.name)) return false;
  if ($fault !== undefined) return $fault === 'client';
  // An answer that could not be read has metadata; a failure of the network has a code or is a time-out.
  return $metadata === undefined && code === undefined && cause.name !== 'TimeoutError';
}
