import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { consoleLogger, createLogger, describeCause, type LogFields } from './logger.ts';

describe('createLogger', () => {
  it('lets allowed fields through, and no other', () => {
    const lines: unknown[] = [];
    const keep = (message: string, fields?: LogFields) => lines.push({ message, fields });
    const fields = { code: 'access-denied', email: 'a@b.fr', signature: 'x', itemId: undefined } as LogFields;
    createLogger({ info: keep, warn: keep, error: keep }).warn('call refused', fields);
    expect(lines).toEqual([{ message: 'call refused', fields: { code: 'access-denied' } }]);
  });
});

describe('consoleLogger', () => {
  it('writes info lines to standard output', async () => {
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    consoleLogger.info('call answered', { status: 200 });
    await nextTurn();
    const lines = stdout.mock.calls.map(([text]) => JSON.parse(String(text)));
    stdout.mockRestore();
    expect(lines).toEqual([
      expect.objectContaining({ level: 'INFO', message: 'call answered', status: 200, service: 'publik-basket' }),
    ]);
  });

  it('writes warnings and errors to standard error, at once', () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    consoleLogger.warn('refresh failed', { cache: 'secrets' });
    consoleLogger.error('call failed');
    const lines = stderr.mock.calls.map(([text]) => JSON.parse(String(text)));
    stderr.mockRestore();
    expect(lines).toMatchObject([
      { level: 'WARN', message: 'refresh failed', cache: 'secrets' },
      { level: 'ERROR', message: 'call failed' },
    ]);
  });
});

describe('describeCause', () => {
  it('tells name, code and place, not the message, which may quote data', () => {
    const cause = Object.assign(new TypeError('cannot read a@b.fr'), { code: 'ECONNRESET' });
    const described = describeCause(cause);
    expect(described).toMatchObject({ causeName: 'TypeError', causeCode: 'ECONNRESET' });
    expect(described.causeStack).toContain('logger.test.ts');
    expect(JSON.stringify(described)).not.toContain('a@b.fr');
  });

  it('takes no line of the message for a place, nor an odd name for a name', () => {
    const cause = Object.assign(new Error('read\n    at a@b.fr'), { name: 'a@b.fr' });
    expect(JSON.stringify(describeCause(cause))).not.toContain('a@b.fr');
    expect(describeCause(cause)).toMatchObject({
      causeName: 'Error',
      causeStack: expect.stringMatching(/^at .*logger\.test/),
    });
  });

  it.each([
    ['x', 'string'],
    [null, 'object'],
  ])('takes %j, which is no error', (cause, causeName) => {
    expect(describeCause(cause)).toEqual({ causeName });
  });

  it('has nothing to say where there is no cause', () => {
    expect(describeCause(undefined)).toEqual({});
  });
});
