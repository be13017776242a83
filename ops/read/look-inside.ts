import { readFile as readBytes, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { documentLanguages } from '../../core/ask/document-languages.ts';
import type { DocumentKind, PassageDraft } from '../../core/document.ts';
import { AppError } from '../../core/errors.ts';
import { cleanName } from '../../core/ingest/clean-name.ts';
import { fileError } from '../../core/ingest/file-error.ts';
import { type FileLimits, readFile } from '../../core/ingest/read-file.ts';
import { splitPassages } from '../../core/ingest/split-passages.ts';
import { plainRows } from '../../core/plain-rows.ts';
import { shownHeadings, withoutMarks } from '../../core/shown-heading.ts';
import { adviceFor } from './advice.ts';

/**
 * The beginning of a passage: the label of its page (null where there is none), the headings above it that the label does
 * not say already, joined by " › " ('' for none), and its first line that is none of them, without marks of its format.
 */
export interface PassageLine {
  readonly page: string | null;
  readonly heading: string;
  readonly line: string;
}

/**
 * What would be kept of a file. `pages` counts parts of any kind (sheets, slides; core/document-parts.ts). `languages` are
 * codes such as "de", the most frequent first, and `language` is the first of them; null when nothing tells it.
 */
export interface Inside {
  readonly name: string;
  readonly ok: true;
  readonly bytes: number;
  readonly kind: DocumentKind;
  readonly pages: number;
  readonly passages: number;
  readonly language: string | null;
  readonly languages: readonly string[];
  /** Pages and files inside that could not be read, by label. */
  readonly unreadable: readonly string[];
  /** True for a file that is cut off, and was read as far as it goes. */
  readonly damaged: boolean;
  readonly first: readonly PassageLine[];
}

/** Why nothing would be kept of it. `reason` is "not-readable" when the file itself could not be opened. */
export interface Refused {
  readonly name: string;
  readonly ok: false;
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
}

/** How to look. `passages`: how many beginnings are shown. */
export interface LookOptions {
  readonly limits: FileLimits;
  readonly password: string | undefined;
  readonly passages: number;
}

const LONGEST_LINE = 100;

/**
 * Reads a file as the bot would and tells what it would keep, keeping nothing. Throws only what is no answer about this
 * file (`unavailable`: files cannot be read on this machine).
 */
export async function lookInside(path: string, options: LookOptions): Promise<Inside | Refused> {
  const name = cleanName(basename(path));
  try {
    const bytes = await load(path, options.limits);
    return { name, ok: true, bytes: bytes.length, ...(await tell(bytes, name, options)) };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === 'unavailable') throw thrown;
    const reason = thrown.reason ?? thrown.code;
    return { name, ok: false, reason, message: messageOf(thrown), advice: adviceFor(reason, thrown.facts) };
  }
}

async function load(path: string, limits: FileLimits): Promise<Uint8Array> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new AppError('invalid', 'This is no file.', { reason: 'not-readable' });
    if (facts.size > limits.fileBytes) throw fileError('file-too-large', { limit: limits.fileBytes });
    return await readBytes(path);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const code = (thrown as NodeJS.ErrnoException).code;
    const message = code === 'ENOENT' ? 'There is no such file.' : `The file cannot be opened (${code}).`;
    throw new AppError('not-found', message, { reason: 'not-readable', cause: thrown });
  }
}

async function tell(
  bytes: Uint8Array,
  name: string,
  options: LookOptions,
): Promise<Omit<Inside, 'name' | 'ok' | 'bytes'>> {
  const { limits, password } = options;
  const text = await readFile({ bytes, name, limits, password });
  const passages = [...splitPassages(text)];
  if (passages.length === 0) throw fileError('file-no-text');
  const languages = documentLanguages(passages);
  return {
    kind: text.kind,
    pages: text.pages.length,
    passages: passages.length,
    language: languages[0] ?? null,
    languages,
    unreadable: text.unreadable,
    damaged: text.damaged === true,
    first: passages.slice(0, options.passages).map(beginning),
  };
}

function beginning({ page, heading, text }: PassageDraft): PassageLine {
  const headings = shownHeadings(heading, page);
  const lines = plainRows(text)
    .split('\n')
    .map(withoutMarks)
    .filter((line) => line !== '');
  const line = lines.find((one) => one !== page && !headings.includes(one)) ?? lines[0] ?? '';
  return {
    page,
    heading: headings.join(' › '),
    line: line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1).toWellFormed()}…` : line,
  };
}

/** The message with the facts that the bot's wording would fill in. */
function messageOf({ message, facts }: AppError): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  return told.length === 0 ? message : `${message} (${told.join(', ')})`;
}
