/** Lines on standard output, which is a pipe on Lambda. */

let gathered = '';

/**
 * Gathers the lines of one turn of the event loop into one write: each write wakes the reader, which costs a call as much as
 * making the line. The lines go out before the process waits for anything, so that none stays behind in a frozen container.
 *
 * @param line with its line end.
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
