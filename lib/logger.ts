/** Log lines: one JSON object each, holding only the fields named here. Never a value that a caller or a citizen sent. */

import { AppError } from './errors.ts';

/** The allow-list. Nothing else reaches a log, whatever is passed. */
const allowedFields = [
  'requestId',
  'route',
  'status',
  'code',
  'reason',
  'service',
  'itemId',
  'attemptId',
  'regieId',
  'bank',
  'channel',
  'outcome',
  'count',
  'host',
  'trigger',
  'tries',
  'durationMs',
  'cache',
  'ageSeconds',
  'causeName',
  'causeCode',
  'causeStack',
] as const;

export type LogFields = { readonly [field in (typeof allowedFields)[number]]?: string | number | undefined };

export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Writes each line with `write`; the levels are those of Lambda's JSON logs. */
export function createLogger(write: (line: string) => void): Logger {
  const log =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const kept = Object.fromEntries(allowedFields.map((field) => [field, fields[field]]));
      write(JSON.stringify({ level, message, ...kept }));
    };
  return { info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

export const consoleLogger: Logger = createLogger((line) => console.log(line));

/** What may be logged of a failure: its code and reason, and what is behind it. */
export function describeFailure(error: unknown): LogFields {
  if (!(error instanceof AppError)) return { code: 'internal-error', ...describeCause(error) };
  const { code, reason, cause } = error;
  return { code, reason, ...describeCause(cause) };
}

/** What may be logged of an unexpected error: its name, its code and where it was, not its message (it may quote data). */
export function describeCause(cause: unknown): LogFields {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { causeName: typeof cause };
  const { code } = cause as { code?: unknown };
  // A message of several lines could look like frames: what comes before the frames is cut off, whatever it holds.
  const { message, stack = '' } = cause;
  const afterMessage = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
  const frames = afterMessage.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    causeName: /^\w{1,60}$/.test(cause.name) ? cause.name : 'Error',
    causeCode: typeof code === 'string' ? code : undefined,
    causeStack: frames
      .slice(0, 8)
      .map((line) => line.trim())
      .join(' | '),
  };
}
