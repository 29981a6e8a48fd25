/** Lines that a command is given on standard input. */
import { decodeText, UnreadableText } from '../../lib/platform/textFile.ts';

/** Two keys of a bank are far shorter, and Parameter Store takes no value of more than 4 kB. */
const maximumBytes = 2_000;

const lineEnd = 0x0a;

/**
 * The first lines of some input, without their ends; fewer when it ends before. The last one may have no end. Nothing is
 * waited for once they are there: who sends more may never stop.
 *
 * @throws UnreadableText when they are not in UTF-8, or too long.
 */
export async function readLines(input: AsyncIterable<Uint8Array>, count: number): Promise<string[]> {
  let bytes = Buffer.alloc(0);
  let end = -1;
  for await (const chunk of input) {
    bytes = Buffer.concat([bytes, chunk]);
    end = endOfLines(bytes, count);
    if (end >= 0 || bytes.length > maximumBytes) break;
  }
  const wanted = end < 0 ? bytes : bytes.subarray(0, end);
  if (wanted.length > maximumBytes) throw new UnreadableText(`it is longer than ${maximumBytes / 1_000} kB.`);
  const lines = decodeText(wanted)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  return end < 0 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Where that many lines end, before the last one's end; negative when there are fewer. */
function endOfLines(bytes: Buffer, count: number): number {
  let end = -1;
  for (let line = 0; line < count; line += 1) {
    end = bytes.indexOf(lineEnd, end + 1);
    if (end < 0) return end;
  }
  return end;
}
