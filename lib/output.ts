/** What goes to standard output, which is a pipe on Lambda. */
import type { Writable } from 'node:stream';

/**
 * Has the lines that are written from now until the end of this turn of the event loop go out in one write: each write
 * wakes the reader, which costs a call as much as making the line. They are out before anything else is waited for, so
 * that no line waits in a container that is frozen.
 *
 * @param output a test's own.
 */
export function gatherLines(output: Writable = process.stdout): void {
  if (output.writableCorked > 0) return;
  output.cork();
  process.nextTick(() => output.uncork());
}
