/** The file of a regie, as an operator writes it. */
import { parseDocument, YAMLError } from 'yaml';
import { readTextFile, UnreadableText } from '../../lib/platform/textFile.ts';
import type { RegieFile } from '../../lib/regie/administerRegies.ts';
import { readableText } from '../../lib/values/text.ts';
import { describeError, firstError } from '../../lib/values/validation.ts';
import validateRegieFile from '../../schemas/compiled/regieFile.js';
import { CommandProblem } from '../command/commandProblem.ts';

/** Twice the largest logo. What is larger is no regie, and the parser takes the square of the number of keys. */
const maximumBytes = 64_000;

/** @throws CommandProblem with a sentence, whatever the file holds. */
export async function readRegieFile(path: string): Promise<RegieFile> {
  const file = withReadableTexts(parseYaml(path, await readText(path)));
  const error = firstError(validateRegieFile, file);
  if (error !== undefined) throw new CommandProblem(`${path}: ${describeError(error)}.`);
  return file as RegieFile;
}

/** What stands deeper in a file is for banks and forms: the schema lets nothing through there that is not seen. */
function withReadableTexts(file: unknown): unknown {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return file;
  const readable = (value: unknown) => (typeof value === 'string' ? readableText(value).trim() : value);
  return Object.fromEntries(Object.entries(file).map(([name, value]) => [name, readable(value)]));
}

async function readText(path: string): Promise<string> {
  try {
    return await readTextFile(path, maximumBytes);
  } catch (cause) {
    if (!(cause instanceof UnreadableText)) throw cause;
    throw new CommandProblem(cause.message);
  }
}

/** One document of plain values: no tag makes others. An `!!omap` would leave nothing of what it holds. */
function parseYaml(path: string, text: string): unknown {
  try {
    const document = parseDocument(text, { logLevel: 'error', resolveKnownTags: false });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    return document.toJS();
  } catch (cause) {
    // The last two: aliases of nothing, or of very much; and a nesting that is too deep for the parser.
    const isOfFile = [YAMLError, ReferenceError, RangeError].some((kind) => cause instanceof kind);
    if (!isOfFile) throw cause;
    throw new CommandProblem(`${path}: not YAML that can be read. ${forTerminal((cause as Error).message)}`);
  }
}

/** The parser quotes lines of the file: a terminal must not take orders from them. */
function forTerminal(message: string): string {
  return message.replace(/[^\P{Cc}\n]/gu, '�').trim();
}
