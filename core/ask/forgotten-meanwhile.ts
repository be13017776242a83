import type { Answer, Source } from '../question.ts';
import type { TenantReader } from '../tenant.ts';
import { isLent } from './pooled-reader.ts';

/** What there was when a question began to be answered. */
export interface Beginning {
  readonly forgettings: number;
  readonly documents: readonly number[];
}

/** Taken before anything is looked for. Called by answerQuestion. */
export function beginningOf(reader: TenantReader): Beginning {
  return { forgettings: reader.forgettings(), documents: reader.documents().map(({ number }) => number) };
}

/**
 * True when an answer must not be shown any more: a document that could be read since `since` is gone, or a passage that
 * the answer (where there is one yet) rests on. Asked again with the last words.
 */
export function isForgottenMeanwhile(reader: TenantReader, since: Beginning, answer?: Answer): boolean {
  const left = new Set(reader.documents().map(({ number }) => number));
  if (since.documents.some((number) => !left.has(number))) return true;
  // What is lent lies elsewhere, and has its own end.
  const passages = (answer === undefined ? [] : sourcesOf(answer))
    .map(({ passage }) => passage.id)
    .filter((id) => !isLent(id));
  return reader.passages(passages).length < passages.length;
}

/** What an answer rests on, and what it names as nearest. */
export function sourcesOf(answer: Answer): readonly Source[] {
  return 'sources' in answer ? answer.sources : 'nearest' in answer ? answer.nearest : [];
}
