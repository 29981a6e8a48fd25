/** Runs a command of an operator: prints what it says, or one sentence of why not. */
import { RegieRefusal } from '../../lib/regie/administerRegies.ts';
import { LocalProblem } from '../local/folder.ts';

/** What AWS says when it is not the code's fault, in words for the person at the terminal. */
const awsProblems: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'There are no AWS credentials: set AWS_PROFILE, or sign in with "aws sso login".',
  ExpiredTokenException: 'The AWS credentials have expired: sign in again.',
  ExpiredToken: 'The AWS credentials have expired: sign in again.',
  UnrecognizedClientException: 'AWS does not know these credentials.',
  AccessDeniedException: 'These AWS credentials may not do this: use those of somebody who operates the stage.',
  ResourceNotFoundException: 'There is no such stage in this account and region: is it deployed?',
};

export async function runCommand(main: () => Promise<string>): Promise<void> {
  try {
    console.log(await main());
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof LocalProblem || error instanceof RegieRefusal) return error.message;
  const { name, cause } = error as Error;
  const sentence = awsProblems[name] ?? (cause instanceof Error ? awsProblems[cause.name] : undefined);
  if (sentence === undefined) throw error;
  return sentence;
}
