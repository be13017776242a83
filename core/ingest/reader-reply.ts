import { z } from 'zod';
import { DOCUMENT_KINDS, type DocumentKind, type ExtractedText, type Page } from '../document.ts';
import type { AppError } from '../errors.ts';
import { showable } from './clean-name.ts';
import { type ExtractLimits, LONGEST_INSIDE_NAME, LONGEST_LABEL, REFUSALS, type ReaderReply } from './extractor.ts';
import { fileError } from './file-error.ts';

const label = z.string().max(LONGEST_LABEL);
const inside = z.strictObject({ name: z.string().max(LONGEST_INSIDE_NAME), kind: z.enum(DOCUMENT_KINDS) });

/** What a child may say. It has handled a stranger's file, so nothing it says is believed unseen. */
const replySchema: z.ZodType<ReaderReply> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('kind'), kind: z.enum(DOCUMENT_KINDS) }),
  z.strictObject({ type: z.literal('progress'), done: z.int().min(0), total: z.int().min(0) }),
  z.strictObject({ type: z.literal('page'), label: label.nullable(), inside: inside.optional() }),
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('unreadable'), label }),
  z.strictObject({ type: z.literal('damaged') }),
  z.strictObject({ type: z.literal('scanned'), label }),
  z.strictObject({
    type: z.literal('refused'),
    reason: z.enum(REFUSALS),
    kind: z.string().regex(/^[a-z0-9.+-]{0,16}$/),
  }),
  z.strictObject({ type: z.literal('done') }),
]);

/** Throws AppError `file-too-hard` for anything that is no reply. */
export function parseReply(message: unknown): ReaderReply {
  const parsed = replySchema.safeParse(message);
  if (!parsed.success) throw fileError('file-too-hard');
  return parsed.data;
}

/** Control characters that a well-behaved child has already removed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Puts the pages of one file together and holds the child to its limits once more. */
export class PageCollector {
  readonly #limits: ExtractLimits;
  #kind: DocumentKind | undefined;
  #pages: Page[] = [];
  #unreadable: string[] = [];
  #scanned: string[] = [];
  #damaged = false;
  #head: Omit<Page, 'text'> = { label: null };
  #pieces: string[] | undefined;
  #characters = 0;

  constructor(limits: ExtractLimits) {
    this.#limits = limits;
  }

  /** Takes one reply. Throws AppError for a refusal and for a child that does not keep the rules. */
  take(reply: ReaderReply): void {
    if (reply.type === 'kind') this.#kind = reply.kind;
    else if (reply.type === 'page') this.#startPage(reply);
    else if (reply.type === 'text') this.#addText(reply.text);
    else if (reply.type === 'unreadable') this.#addLabel(this.#unreadable, reply.label);
    else if (reply.type === 'scanned') this.#addLabel(this.#scanned, reply.label);
    else if (reply.type === 'damaged') this.#damaged = true;
    else if (reply.type === 'refused') throw this.#refusal(reply);
  }

  /** The whole text, after `done`. */
  finish(): ExtractedText {
    this.#endPage();
    if (this.#kind === undefined || this.#pages.length === 0) throw fileError('file-too-hard');
    return {
      ...{ kind: this.#kind, pages: this.#pages, unreadable: this.#unreadable, scanned: this.#scanned },
      ...(this.#damaged && { damaged: true }),
    };
  }

  #startPage({ label: pageLabel, inside: file }: Extract<ReaderReply, { type: 'page' }>): void {
    this.#endPage();
    if (this.#pages.length >= this.#limits.pages) throw fileError('file-too-hard');
    this.#head = {
      label: pageLabel === null ? null : cleanLine(pageLabel),
      ...(file && { inside: { name: cleanLine(file.name), kind: file.kind } }),
    };
    this.#pieces = [];
  }

  #addText(text: string): void {
    this.#characters += text.length;
    if (this.#pieces === undefined || this.#characters > this.#limits.characters) throw fileError('file-too-hard');
    this.#pieces.push(text);
  }

  #endPage(): void {
    if (this.#pieces === undefined) return;
    this.#pages.push({ ...this.#head, text: this.#pieces.join('').replace(CONTROLS, ' ').toWellFormed() });
    this.#pieces = undefined;
  }

  #addLabel(labels: string[], pageLabel: string): void {
    if (labels.length >= this.#limits.pages) throw fileError('file-too-hard');
    labels.push(cleanLine(pageLabel));
  }

  #refusal({ reason, kind }: Extract<ReaderReply, { type: 'refused' }>): AppError {
    if (reason === 'file-kind') return fileError(reason, { kind: kind === '' ? 'unknown' : kind });
    if (reason === 'file-too-many-pages') return fileError(reason, { limit: this.#limits.pages });
    if (reason === 'file-too-much-text') return fileError(reason, { limit: this.#limits.characters });
    return fileError(reason);
  }
}

function cleanLine(text: string): string {
  return showable(text.toWellFormed());
}
