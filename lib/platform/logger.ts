/** Log lines: one JSON object each, holding only the fields named here. Never a value that a caller or a citizen sent, but for the name of a host. */
import { type LogItem, Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import { AppError } from '../values/errors.ts';
import { writeLine } from './output.ts';

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
  /** Makes an `info` of what may happen, with the time of its making; it is written once what is returned is called. */
  prepare(message: string, fields?: LogFields): () => void;
}

type Log<Result = void> = (message: string, fields: Record<string, unknown>) => Result;

/** What writes a line: Powertools' own logger, or a test. */
interface LineWriter {
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
  readonly prepare: Log<() => void>;
}

/** Lets the allowed fields through, and no other. */
export function createLogger(lines: LineWriter): Logger {
  return {
    info: (message, fields) => lines.info(message, allowedOf(fields)),
    warn: (message, fields) => lines.warn(message, allowedOf(fields)),
    error: (message, fields) => lines.error(message, allowedOf(fields)),
    prepare: (message, fields) => lines.prepare(message, allowedOf(fields)),
  };
}

function allowedOf(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) => value !== undefined && allowed.has(field)),
  );
}

/** Powertools' logger, whose lines we write: those of `info` may wait, and go out with others. */
class LineLogger extends PowertoolsLogger {
  private isPreparing = false;
  private prepared: string | undefined;

  prepare(message: string, fields: Record<string, unknown>): () => void {
    this.prepared = undefined;
    this.isPreparing = true;
    try {
      this.info(message, fields);
    } finally {
      this.isPreparing = false;
    }
    // None when the stage's level leaves `info` out.
    const line = this.prepared;
    return () => {
      if (line !== undefined) writeLine(line);
    };
  }

  protected override printLog(_: number, item: LogItem): void {
    item.prepareForPrint();
    const attributes = item.getAttributes();
    const line = `${JSON.stringify(attributes)}\n`;
    if (this.isPreparing) this.prepared = line;
    else if (attributes['level'] === 'INFO') writeLine(line);
    else process.stderr.write(line);
  }
}

export const consoleLogger: Logger = createLogger(new LineLogger({ serviceName: 'publik-basket' }));

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
