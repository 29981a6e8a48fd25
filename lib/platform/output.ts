/** Lines on standard output, which is a pipe on Lambda. */

let gathered = '';

/**
 * Has the lines of this turn of the event loop go out in one write: each write wakes the reader, which costs a call as much
 * as making the line. They are out before anything else is waited for, so that no line waits in a container that is frozen.
 *
 * @param line with its end.
 */
export function writeLine(line: string): void {
  if (gathered === '') process.nextTick(flush);
  gathered += line;
}

function flush(): void {
  const lines = gathered;
  gathered = '';
  process.stdout.write(lines);
}
