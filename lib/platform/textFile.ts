/** Files that people write, as text. */
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';

/** A text that cannot be had; the message is a sentence for whoever wrote it, and quotes nothing of it. */
export class UnreadableText extends Error {
  /** Whether there is no such file. */
  readonly isMissing: boolean;

  constructor(message: string, { isMissing = false, cause }: { isMissing?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.name = 'UnreadableText';
    this.isMissing = isMissing;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a file in UTF-8, without a byte order mark. No more of it is read than may be taken.
 *
 * @throws UnreadableText that names the file.
 */
export async function readTextFile(path: string, maximumBytes: number): Promise<string> {
  try {
    const bytes = await buffer(createReadStream(path, { end: maximumBytes }));
    if (bytes.length > maximumBytes) throw new UnreadableText(`it is larger than ${maximumBytes / 1_000} kB.`);
    return decodeText(bytes);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const sentence = cause instanceof UnreadableText ? message : (sentences[code] ?? `it cannot be read (${code}).`);
    throw new UnreadableText(`${path}: ${sentence}`, { isMissing: code === 'ENOENT', cause });
  }
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'it is a folder, where a file is meant.',
  EACCES: 'this user may not read it.',
};

/** The text of bytes in UTF-8, without a byte order mark. @throws UnreadableText whose sentence begins with `it`. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const hasWideMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // Of plain letters in UTF-16 every second byte is 0, which no text that people write has in UTF-8.
  if (hasWideMark || bytes.includes(0)) throw new UnreadableText('it must be in UTF-8, and seems to be in UTF-16.');
  try {
    return utf8.decode(bytes);
  } catch {
    throw new UnreadableText('it must be in UTF-8, and is not.');
  }
}
