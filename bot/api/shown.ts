import type { z } from 'zod';
import type { Language } from '../../core/caller.ts';
import type { DocumentInfo, ReplacedDocument } from '../../core/document.ts';
import type { Answer } from '../../core/question.ts';
import { answerText } from '../answer-text.ts';
import { keptText } from '../kept-text.ts';
import type { Upload } from './api-uploads.ts';
import type { ErrorWords } from './error-words.ts';
import type { answerShape, documentShape, uploadShape } from './shapes.ts';

/** A document as the API shows it. */
export function shownDocument(document: DocumentInfo | ReplacedDocument): z.infer<typeof documentShape> {
  const { number, name, kind, bytes, pages, passages, addedAt, note } = document;
  const replacedBy = 'replacedBy' in document ? document.replacedBy : null;
  return { number, name, kind, bytes, pages, passages, addedAt, note: note ?? '', replacedBy };
}

/** An upload as the API shows it. */
export function shownUpload(upload: Upload, words: ErrorWords): z.infer<typeof uploadShape> {
  const { id, name, done, total, endedAt, outcome, failure } = upload;
  const kept = outcome && { ...outcome.reading, depth: 'growing' as const };
  return {
    ...{ upload: id, name, done, total },
    state: endedAt === undefined ? 'working' : outcome ? 'kept' : 'failed',
    document: outcome ? shownDocument(outcome.kept.document) : null,
    known: outcome?.kept.known ?? false,
    text: outcome && kept ? keptText(words.language, outcome.kept, kept) : '',
    error: endedAt !== undefined && !outcome ? words.of(failure) : null,
  };
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
