/** Errors of others, in words for the operator at the terminal. */
import { RegieRefusal } from '../../lib/regie/administerRegies.ts';

/** What AWS says when it is not the code's fault. */
const awsProblems: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'There are no AWS credentials: set AWS_PROFILE, or sign in with "aws sso login".',
  ExpiredTokenException: 'The AWS credentials have expired: sign in again.',
  ExpiredToken: 'The AWS credentials have expired: sign in again.',
  UnrecognizedClientException: 'AWS does not know these credentials.',
  AccessDeniedException: 'These AWS credentials may not do this: use those of somebody who operates the stage.',
  ResourceNotFoundException: 'There is no such stage in this account and region: is it deployed?',
};

/** @returns undefined of a fault in the code. */
export function explainError(error: unknown): string | undefined {
  if (error instanceof RegieRefusal) return error.message;
  const { name, cause } = error as Error;
  return awsProblems[name] ?? (cause instanceof Error ? awsProblems[cause.name] : undefined);
}
