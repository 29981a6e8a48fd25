/**
 * Log lines: one JSON object each, with only the fields named here. No line holds a value that a caller or a citizen sent,
 * except the name of a host and the path of a form.
 */
import { type LogItem, Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { AppError } from '../values/errors.ts';
import { writeLine } from './output.ts';

/** The allow-list: no other field reaches a log. Powertools adds `service`, this project's name. */
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

type Log = (message: string, fields: Record<string, unknown>) => void;

/** Writes lines: Powertools' own logger, or a test's. */
interface LineWriter {
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

/** Passes on the allowed fields only. */
export function createLogger(lines: LineWriter): Logger {
  return {
    info: (message, fields) => lines.info(message, allowedOf(fields)),
    warn: (message, fields) => lines.warn(message, allowedOf(fields)),
    error: (message, fields) => lines.error(message, allowedOf(fields)),
  };
}

function allowedOf(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) => value !== undefined && allowed.has(field)),
  );
}

/** Powertools' logger, but we write its lines: its own console costs more, and `info` lines may wait and go out together. */
class LineLogger extends PowertoolsLogger {
  protected override printLog(_: number, item: LogItem): void {
    item.prepareForPrint();
    const attributes = item.getAttributes();
    const line = `${JSON.stringify(attributes)}\n`;
    if (attributes['level'] === 'INFO') writeLine(line);
    else process.stderr.write(line);
  }
}

export const consoleLogger: Logger = createLogger(new LineLogger({ serviceName: 'publik-basket' }));

/** The fields to log for a failure: its code, its reason, its details and its cause. */
export function describeFailure(error: unknown): LogFields {
  if (!(error instanceof AppError)) return { code: 'internal-error', ...describeCause(error) };
  const { code, reason, details, cause } = error;
  return { code, reason, ...details, ...describeCause(cause) };
}

/**
 * The fields to log for an unexpected error: its name, its code and its place in the code. Not its message, which may quote
 * data.
 */
export function describeCause(cause: unknown): LogFields {
  if (cause === undefined) return {};
  if (!(cause instanceof Error)) return { causeName: typeof cause };
  const { code } = cause as { code?: unknown };
  // The message is cut off first: its lines could look like frames.
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
