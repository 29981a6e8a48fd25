import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { gatherLines } from './output.ts';

/** Keeps what each write to the reader holds. */
function anOutput() {
  const writes: string[] = [];
  const output = new Writable({
    decodeStrings: false,
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => chunk).join(''));
      done();
    },
  });
  return { output, writes };
}

it('writes the lines of one turn at once, those of steps that wait for nothing included', async () => {
  const { output, writes } = anOutput();
  gatherLines(output);
  output.write('figure\n');
  await Promise.resolve();
  gatherLines(output);
  output.write('call answered\n');
  expect(writes).toEqual([]);
  await nextTurn();
  expect(writes).toEqual(['figure\ncall answered\n']);
});

it('keeps no line back for the next turn', async () => {
  const { output, writes } = anOutput();
  gatherLines(output);
  output.write('one\n');
  await nextTurn();
  gatherLines(output);
  output.write('two\n');
  await nextTurn();
  expect(writes).toEqual(['one\n', 'two\n']);
});
