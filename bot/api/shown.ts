import type { z } from 'zod';
import type { ApiKey } from '../../core/api-key.ts';
import type { Language } from '../../core/caller.ts';
import type { DocumentInfo, ReplacedDocument } from '../../core/document.ts';
import type { KeptDocument } from '../../core/ingest/keep-document.ts';
import type { Answer } from '../../core/question.ts';
import { answerText } from '../answer-text.ts';
import { keptText } from '../kept-text.ts';
import { say } from '../wording/say.ts';
import type { Upload } from './api-uploads.ts';
import type { ErrorWords } from './error-words.ts';
import type { answerShape, documentShape, uploadShape } from './shapes.ts';

type SeenKept = Partial<KeptDocument> & Pick<KeptDocument, 'known'>;

/** A document as the API shows it. */
export function shownDocument(document: DocumentInfo | ReplacedDocument): z.infer<typeof documentShape> {
  const { number, name, kind, bytes, pages, passages, addedAt, note } = document;
  const replacedBy = 'replacedBy' in document ? document.replacedBy : null;
  return { number, name, kind, bytes, pages, passages, addedAt, note: note ?? '', replacedBy };
}

/** An upload as the API shows it: to a key that may not `read`, nothing of what was there before. */
export function shownUpload(
  upload: Upload,
  words: ErrorWords,
  { scopes }: Pick<ApiKey, 'scopes'>,
): z.infer<typeof uploadShape> {
  const { id, name, done, total, endedAt, outcome, failure } = upload;
  const kept = outcome && { ...outcome.reading, depth: 'growing' as const };
  const seen = outcome && (scopes.includes('read') ? outcome.kept : ofFileAlone(outcome.kept));
  return {
    ...{ upload: id, name, done, total },
    state: endedAt === undefined ? 'working' : outcome ? 'kept' : 'failed',
    document: seen?.document ? shownDocument(seen.document) : null,
    known: outcome?.kept.known ?? false,
    text: !seen || !kept ? '' : textOf(words.language, seen, kept),
    error: endedAt !== undefined && !outcome ? words.of(failure) : null,
  };
}

/** What became of a file without a word of other papers: what it was known as, what it resembles, what it replaces. */
function ofFileAlone({ document, known }: KeptDocument): SeenKept {
  return known ? { known } : { document, known };
}

function textOf(language: Language, { document, ...more }: SeenKept, reading: Parameters<typeof keptText>[2]): string {
  return document ? keptText(language, { document, ...more }, reading) : say(language, 'apikey.known');
}

/** An answer as the API shows it: its words as in the chat, and its places for programs. */
export function shownAnswer(own: Language, answer: Answer, question: string): z.infer<typeof answerShape> {
  const sources = 'sources' in answer ? answer.sources : 'nearest' in answer ? answer.nearest : [];
  return {
    kind: answer.kind,
    text: answerText(own, answer, { question }),
    sources: sources.map(({ number, passage: { document, documentName: name, page, owner, text } }) => ({
      ...{ number, name, page, text },
      document: owner === undefined ? document : null,
      owner: owner ?? null,
    })),
  };
}
