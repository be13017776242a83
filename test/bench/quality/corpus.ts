import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a quote stands. `page` is null where the format has no pages. */
export interface Evidence {
  readonly file: string;
  readonly page: number | string | null;
  readonly quote: string;
}

/** One line of questions.jsonl. `files` is empty for a question that the documents do not answer. */
export interface CorpusQuestion extends Omit<Evidence, 'file'> {
  readonly id: string;
  readonly question: string;
  readonly lang: string;
  readonly type: string;
  readonly files: readonly string[];
  readonly answers: readonly string[];
  /** All of these together are as good as one of `answers`. */
  readonly answers_all?: readonly string[];
  readonly evidence?: readonly Evidence[];
  /** The question asked just before; this one cannot be understood without it. */
  readonly previous?: string;
}

/** A corpus of the form of household-dev. `files` by name, in NFC. */
export interface Corpus {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly questions: readonly CorpusQuestion[];
}

/** Reads a folder that holds questions.jsonl and files/ or files.tar (unpacked aside and removed at once). */
export function openCorpus(folder: string): Corpus {
  const questions = readFileSync(join(folder, 'questions.jsonl'), 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as CorpusQuestion);
  if (existsSync(join(folder, 'files'))) {
    return { files: filesIn(join(folder, 'files')), questions };
  }
  const unpacked = mkdtempSync(join(tmpdir(), 'kinkeeper-corpus-'));
  try {
    execFileSync('tar', ['-xf', join(folder, 'files.tar'), '-C', unpacked]);
    return { files: filesIn(join(unpacked, 'files')), questions };
  } finally {
    rmSync(unpacked, { recursive: true });
  }
}

/** What proves a question's answer: one place, or one for each file of a question about several. */
export function evidenceOf(question: CorpusQuestion): readonly Evidence[] {
  if (question.evidence) return question.evidence;
  return question.files.slice(0, 1).map((file) => ({ file, page: question.page, quote: question.quote }));
}

function filesIn(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(names.sort().map((name) => [name.normalize('NFC'), readFileSync(join(folder, name))]));
}
