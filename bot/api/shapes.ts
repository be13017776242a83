import { z } from 'zod';
import { DOCUMENT_KINDS } from '../../core/document.ts';

/** Numbers of papers as people type them. */
export const documentNumber = z.int().min(1).max(999_999_999).describe('Number of the document, as in the chat');

/** Milliseconds since 1970. */
const time = z.int().describe('Milliseconds since 1970');

/** One of the caller's papers. */
export const documentShape = z.object({
  number: documentNumber,
  name: z.string(),
  kind: z.enum(DOCUMENT_KINDS),
  bytes: z.int().min(0).describe('Size of the original file, which is not kept'),
  pages: z.int().min(0),
  passages: z.int().min(0).describe('Stretches of text that can be found'),
  addedAt: time,
  note: z.string().describe('What was written below the file; empty when nothing'),
  replacedBy: z.int().nullable().describe('Number of the newer version that took its place; null for a current one'),
});

/** What went wrong. One shape for everything. */
export const errorShape = z.object({
  error: z.object({
    code: z
      .string()
      .describe(
        'invalid, unauthenticated, forbidden, not-found, method-not-allowed, timeout, conflict, too-large, unsupported, rate-limited, internal or unavailable',
      ),
    reason: z.string().nullable().describe('The exact reason, for programs; null when there is none'),
    message: z
      .string()
      .describe('In the language of `Accept-Language` (English or German), else that of the key’s person'),
    reference: z.string().describe('By which the server’s log knows this request'),
  }),
});

/** An upload, under way or ended. */
export const uploadShape = z.object({
  upload: z.string().describe('Its id, for GET /v1/uploads/{id}'),
  state: z.enum(['working', 'kept', 'failed']),
  name: z.string(),
  done: z.int().min(0).describe('Pages read'),
  total: z.int().min(0).describe('Pages in all; 0 while that is not known'),
  document: documentShape
    .nullable()
    .describe('null until it is kept, and of a known file for a key that may not `read`'),
  known: z.boolean().describe('These bytes were kept already'),
  text: z.string().describe('What became of it, in words; empty while it is read'),
  error: errorShape.shape.error.nullable(),
});

/** One place that an answer rests on, or that comes nearest. */
const sourceShape = z.object({
  number: z.int().min(1).describe('By which the text cites it: [1]'),
  document: documentNumber.nullable().describe('null for a paper that somebody lends'),
  name: z.string(),
  page: z.string().nullable(),
  owner: z.string().nullable().describe('Who lends it; null for one’s own'),
  text: z.string().describe('The passage'),
});

/** An answer. */
export const answerShape = z.object({
  kind: z.enum(['answered', 'passages', 'nothing', 'no-match', 'empty', 'small-talk']),
  text: z.string().describe('The answer as it would stand in the chat (Markdown)'),
  sources: z.array(sourceShape),
});

/** What a question holds. */
export const questionShape = z.strictObject({
  question: z.string().min(1).max(4000).regex(/\S/u).describe('In any words, in any language'),
  conversation: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional()
    .describe('A name of your own, so that the next question may go on with this one; without it each stands alone'),
});
