import { guessLanguage } from '../../core/ask/guess-language.ts';
import type { Language } from '../../core/caller.ts';
import type { DocumentInfo, Passage, ReplacedDocument } from '../../core/document.ts';
import { documentText } from '../../core/document-text.ts';
import { AppError } from '../../core/errors.ts';
import type { EmbeddingDepth, TenantReader } from '../../core/tenant.ts';
import { snippet } from '../snippet.ts';
import { Markdown } from '../wording/markdown.ts';
import { escapeDocument, escapeLines } from '../wording/quote.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

const FIRST_CHARACTERS = 400;
/** A message holds its text twice (plain and HTML), and escapes cost: this stays under 10 kB. */
const PAGE_BYTES = 3500;
/** Passages that make one page of a document whose format has none. */
const PER_PART = 3;

interface Kept {
  readonly document: DocumentInfo | ReplacedDocument;
  readonly passages: readonly Passage[];
  readonly times: number;
  readonly versions: readonly ReplacedDocument[];
  readonly depth: EmbeddingDepth | undefined;
}

/** `!show <n> [page]`: what is kept of a document, or the text of one of its pages. */
export const show = defineCommand({
  name: 'show',
  typed: { en: 'show', de: 'zeige' },
  aliases: ['info', 'zeig'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [
    { name: 'number', type: 'number', label: 'document' },
    { name: 'page', type: 'text', label: 'page', optional: true },
  ],
  examples: ['3', '3 2'],
  needs: ['vault', 'models'],
  execute: ({ caller, vault, models }, { number, page }) => {
    const { language } = caller;
    const kept = vault.read(caller, (reader) => lookUp(reader, number, models().embedder));
    if (!kept) {
      throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
    }
    return page === undefined ? overview(kept, language) : onePage(kept, page, language);
  },
});

function lookUp(reader: TenantReader, number: number, embedder: string | undefined): Kept | undefined {
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

function overview({ document, passages, times, versions, depth }: Kept, language: Language): string {
  const first = escapeLines(snippet(passages[0]?.text ?? '', '', FIRST_CHARACTERS));
  const lines = [
    say(language, 'show.head', document),
    say(language, 'show.size', document),
    say(language, 'show.languages', { languages: languagesOf(passages, language) }),
    say(language, 'show.dates', { addedAt: document.addedAt, times }),
    ...(document.note ? [say(language, 'show.note', { note: document.note })] : []),
    ...('replacedBy' in document ? [say(language, 'show.replaced', document)] : []),
    ...versions.map((version) => say(language, 'show.version', version)),
    say(language, 'show.depth', depth ?? { embedded: -1, passages: document.passages }),
    '',
    say(language, 'show.first', { text: new Markdown(first) }),
    '',
    say(language, 'show.more', { ...document, last: lastPage(passages) }),
  ];
  return lines.join('\n');
}

/** Languages that a tenth of the passages or more are written in, the most frequent first. */
function languagesOf(passages: readonly Passage[], language: Language): string[] {
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const counts = new Map<string, number>();
  for (const { text } of passages) {
    const guessed = guessLanguage(text);
    if (guessed !== undefined) counts.set(guessed, (counts.get(guessed) ?? 0) + 1);
  }
  const told = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .filter(([, count]) => count >= told / 10)
    .sort(([, a], [, b]) => b - a)
    .map(([guessed]) => names.of(guessed) ?? guessed);
}

function onePage({ document, passages }: Kept, wanted: string, language: Language): string {
  const pages = pagesOf(passages);
  const page = pages.find(({ label }) => label.toLowerCase() === wanted.trim().toLowerCase()) ?? byPlace(pages, wanted);
  if (!page) {
    const last = lastPage(passages);
    throw new AppError('not-found', 'there is no such page', {
      reason: 'no-such-page-of',
      facts: { page: wanted, last },
    });
  }
  const whole = documentText(page.passages.map((passage) => ({ ...passage, page: null }))).trim();
  const text = fitting(whole);
  const lines = text.split('\n').map(shownLine).join('\n');
  return [
    say(language, 'show.page', { ...document, page: page.label }),
    '',
    lines,
    ...(text.length < whole.length ? ['', say(language, 'show.cut', document)] : []),
  ].join('\n');
}

/** Sheets and files in an archive are counted too; numbered pages are not, of which some may hold nothing. */
function byPlace(pages: readonly ShownPage[], wanted: string): ShownPage | undefined {
  return /^\d+$/.test(pages[0]?.label ?? '') ? undefined : pages[Number(wanted) - 1];
}

interface ShownPage {
  readonly label: string;
  readonly passages: readonly Passage[];
}

/** The pages by their labels; where the format has none, a few passages each, counted from 1. */
function pagesOf(passages: readonly Passage[]): ShownPage[] {
  const pages = new Map<string, Passage[]>();
  let unlabelled = 0;
  for (const passage of passages) {
    const label = passage.page ?? String(Math.floor(unlabelled++ / PER_PART) + 1);
    pages.set(label, [...(pages.get(label) ?? []), passage]);
  }
  return [...pages].map(([label, own]) => ({ label, passages: own }));
}

function lastPage(passages: readonly Passage[]): string {
  return pagesOf(passages).at(-1)?.label ?? '';
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
