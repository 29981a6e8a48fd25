import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { writeLine } from './output.ts';

const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
afterEach(() => stdout.mockClear());
afterAll(() => stdout.mockRestore());
const writes = () => stdout.mock.calls.map(([text]) => text);

it('writes the lines of one turn at once, those of steps that wait for nothing included', async () => {
  writeLine('figure\n');
  await Promise.resolve();
  writeLine('call answered\n');
  expect(writes()).toEqual([]);
  await nextTurn();
  expect(writes()).toEqual(['figure\ncall answered\n']);
});

it('keeps no line back for the next turn', async () => {
  writeLine('one\n');
  await nextTurn();
  writeLine('two\n');
  await nextTurn();
  expect(writes()).toEqual(['one\n', 'two\n']);
});
