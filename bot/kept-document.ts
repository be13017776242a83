import { documentLanguages } from '../core/ask/document-languages.ts';
import type { Language } from '../core/caller.ts';
import type { DocumentInfo, Passage, ReplacedDocument } from '../core/document.ts';
import { type PartUnit, partUnit } from '../core/document-parts.ts';
import { documentText } from '../core/document-text.ts';
import { AppError } from '../core/errors.ts';
import type { EmbeddingDepth, TenantReader } from '../core/tenant.ts';
import { Markdown } from '../core/wording/markdown.ts';
import { escapeDocument, escapeLines } from '../core/wording/quote.ts';
import { withMailHead } from './mail-head.ts';
import { isNotePage } from './note-labels.ts';
import { placeName } from './place-name.ts';
import { snippet } from './snippet.ts';
import { say } from './wording/say.ts';

const FIRST_CHARACTERS = 400;
/** A message holds its text twice (plain and HTML), and escapes cost: this stays under 10 kB. */
const PAGE_BYTES = 3500;
/** Passages that make one page of a document whose format has none. */
const PER_PART = 3;
/** Names of sheets or files that are listed. */
const NAMES_SHOWN = 12;

/** A document with what `!show` tells of it. */
export interface Kept {
  readonly document: DocumentInfo | ReplacedDocument;
  readonly passages: readonly Passage[];
  readonly times: number;
  readonly versions: readonly ReplacedDocument[];
  readonly depth: EmbeddingDepth | undefined;
}

/** What depends on whose document it is: its first line, a word on it behind its name, and what to type for a part and for all. */
export interface Ways {
  readonly head: string;
  readonly whose: Markdown;
  readonly more: { readonly firstPart: Markdown; readonly whole: Markdown };
}

/** Reads a document, also an earlier version; undefined when there is none of that number. `embedder` names the model in use. */
export function lookUpKept(reader: TenantReader, number: number, embedder: string | undefined): Kept | undefined {
  const replaced = reader.replacedDocuments();
  const document = reader.document(number) ?? replaced.find((one) => one.number === number);
  if (!document) return undefined;
  return {
    document,
    passages: reader.passagesOf(number),
    times: reader.sourcesOf(number).length,
    versions: replaced.filter((one) => one.replacedBy === number),
    depth: embedder === undefined || 'replacedBy' in document ? undefined : reader.documentDepth(embedder, number),
  };
}

/** What is kept of a document, and how to see more of it. */
export function describeKept(
  { document, passages, times, versions, depth }: Kept,
  { head, more }: Ways,
  language: Language,
): string {
  const beginning = isMail(document.kind, passages[0]?.page)
    ? withMailHead(language, passages[0]!.text)
    : (passages[0]?.text ?? '');
  const first = escapeLines(snippet(beginning, '', FIRST_CHARACTERS));
  const lines = [
    head,
    say(language, 'show.size', document),
    say(language, 'show.languages', { languages: languageNames(passages, language) }),
    say(language, 'show.dates', { addedAt: document.addedAt, times }),
    ...(document.note ? [say(language, 'show.note', { note: document.note })] : []),
    ...('replacedBy' in document ? [say(language, 'show.replaced', document)] : []),
    ...versions.map((version) => say(language, 'show.version', version)),
    say(language, 'show.depth', depth ?? { embedded: -1, passages: document.passages }),
    '',
    say(language, 'show.first', { text: new Markdown(first) }),
    '',
    say(language, 'show.more', { ...more, ...partsOf(document, passages, language) }),
  ];
  return lines.join('\n');
}

function languageNames(passages: readonly Passage[], language: Language): string[] {
  const names = new Intl.DisplayNames(language, { type: 'language' });
  return documentLanguages(passages).map((code) => names.of(code) ?? code);
}

/** The text of one page, sheet or part of a document. Throws AppError `not-found` (`no-such-page-of`). */
export function showPage(
  { document, passages }: Kept,
  wanted: string,
  { whose, more }: Ways,
  language: Language,
): string {
  const pages = pagesOf(passages);
  const nameOf = ({ label }: ShownPage) => partName(label, document.kind, language);
  const page =
    pages.find(({ label }) => isCalled(label, wanted)) ??
    pages.find((one) => isCalled(nameOf(one), wanted)) ??
    byPlace(pages, wanted);
  if (!page) {
    const { unit, last, names, more } = partsOf(document, passages, language);
    throw new AppError('not-found', 'there is no such page', {
      reason: 'no-such-page-of',
      facts: { page: wanted, unit, last, names: names.join(', '), more },
    });
  }
  const kept = documentText(page.passages.map((passage) => ({ ...passage, page: null }))).trim();
  const whole = isMail(document.kind, page.passages[0]?.page) ? withMailHead(language, kept) : kept;
  const text = fitting(whole);
  const lines = text.split('\n').map(shownLine).join('\n');
  return [
    say(language, 'show.page', {
      name: document.name,
      whose,
      unit: partsOf(document, passages, language).unit,
      page: nameOf(page),
    }),
    '',
    lines,
    ...(text.length < whole.length ? ['', say(language, 'show.cut', more)] : []),
  ].join('\n');
}

/** True for a page on which a mail begins: one that was sent to the bot, or lies inside another file. */
function isMail(kind: DocumentInfo['kind'], page: string | null | undefined): boolean {
  return page === null ? kind === 'eml' || kind === 'msg' : /\.(?:eml|msg)$/i.test(page ?? '');
}

function isCalled(label: string, wanted: string): boolean {
  return label.toLowerCase() === wanted.trim().toLowerCase();
}

/** Sheets and files in an archive are counted too, as they are listed; numbered pages are not, of which some may hold nothing. */
function byPlace(pages: readonly ShownPage[], wanted: string): ShownPage | undefined {
  const listed = pages.filter(({ label }) => !isNotePage(label));
  return listed.every(({ label }) => isNumber(label)) ? undefined : listed[Number(wanted) - 1];
}

function isNumber(label: string): boolean {
  return /^\d+$/.test(label);
}

interface ShownPage {
  readonly label: string;
  readonly passages: readonly Passage[];
}

/**
 * The pages by their labels; where the format has none, a few passages each, counted from 1. What stands beside parts with
 * labels, as a mail beside its attachments, is one part of its own without a label.
 */
function pagesOf(passages: readonly Passage[]): ShownPage[] {
  const pages = new Map<string, Passage[]>();
  const isBeside = passages.some(({ page }) => page !== null && !isNotePage(page));
  let unlabelled = 0;
  for (const passage of passages) {
    const label = passage.page ?? (isBeside ? '' : String(Math.floor(unlabelled++ / PER_PART) + 1));
    pages.set(label, [...(pages.get(label) ?? []), passage]);
  }
  return [...pages].map(([label, own]) => ({ label, passages: own }));
}

/** What a part is called; '' is the text that is no part of its own. */
function partName(label: string, kind: string, language: Language): string {
  if (label === '') return say(language, 'place.itself', { isMail: kind === 'eml' || kind === 'msg' });
  return placeName(language, label);
}

/**
 * What `!show` offers of a document: the last label, and the names where parts have some (sheets, files in an archive), at
 * most NAMES_SHOWN with the number of those that are left out.
 */
function partsOf(
  { kind }: DocumentInfo,
  passages: readonly Passage[],
  language: Language,
): { unit: PartUnit; parts: number; last: string; names: string[]; more: number } {
  // The note is a page of its own, shown above already.
  const own = passages.filter(({ page }) => !isNotePage(page));
  const labels = pagesOf(own).map(({ label }) => partName(label, kind, language));
  const hasLabels = own.some(({ page }) => page !== null);
  const names = labels.every(isNumber) ? [] : labels.slice(0, NAMES_SHOWN);
  return {
    unit: hasLabels ? partUnit(kind) : 'part',
    parts: labels.length,
    last: labels.at(-1) ?? '',
    names,
    more: names.length === 0 ? 0 : labels.length - names.length,
  };
}

/** A line of a document; what its format marks as a heading stands out instead of showing its marks. */
function shownLine(line: string): string {
  const heading = /^#{1,6}\s+(\S.*?)\s*#*$/u.exec(line)?.[1];
  return heading === undefined ? escapeDocument(line) : `**${escapeDocument(heading)}**`;
}

function fitting(text: string): string {
  if (Buffer.byteLength(text) <= PAGE_BYTES) return text;
  const cut = new TextDecoder().decode(Buffer.from(text).subarray(0, PAGE_BYTES)).replace(/\ufffd+$/, '');
  return `${cut.replace(/\s+\S*$/, '')} …`;
}
