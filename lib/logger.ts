/** Log lines: one JSON object each, holding only the fields named here. Never a value that a caller or a citizen sent, but for the name of a host. */

import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { AppError } from './errors.ts';
import { gatherLines } from './output.ts';

/** The allow-list. Nothing else reaches a log, whatever is passed. `service` is Powertools' own: this project's name. */
const allowedFields = [
  'requestId',
  'route',
  'status',
  'code',
  'reason',
  'caller',
  'claimedCaller',
  'callerPath',
  'skewSeconds',
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

const allowed: ReadonlySet<string> = new Set(allowedFields);

export type LogFields = { readonly [field in (typeof allowedFields)[number]]?: string | number | undefined };

export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What writes a line: Powertools' own logger, or a test. */
interface LineWriter {
  info(message: string, fields: Record<string, unknown>): void;
  warn(message: string, fields: Record<string, unknown>): void;
  error(message: string, fields: Record<string, unknown>): void;
}

/** Lets the allowed fields through, and no other. */
export function createLogger(lines: LineWriter): Logger {
  const log =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) => {
      const kept: Record<string, unknown> = {};
      for (const [field, value] of Object.entries(fields)) {
        if (value !== undefined && allowed.has(field)) kept[field] = value;
      }
      gatherLines();
      lines[level](message, kept);
    };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

export const consoleLogger: Logger = createLogger(new PowertoolsLogger({ serviceName: 'publik-basket' }));

/** What may be logged of a failure: its code and reason, and what is behind it. */
export function describeFailure(error: unknown): LogFields {
  if (!(error instanceof AppError)) return { code: 'internal-error', ...describeCause(error) };
  const { code, reason, details, cause } = error;
  return { code, reason, ...details, ...describeCause(cause) };
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
