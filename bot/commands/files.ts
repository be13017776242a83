import { documentsAbout, soughtWords } from '../../core/ask/documents-about.ts';
import { foldText } from '../../core/ask/fold-text.ts';
import type { Language } from '../../core/caller.ts';
import type { DocumentInfo, ReplacedDocument } from '../../core/document.ts';
import { AppError } from '../../core/errors.ts';
import { plainRows } from '../../core/plain-rows.ts';
import type { Share } from '../../core/shares.ts';
import { withoutMarks } from '../../core/shown-heading.ts';
import type { TenantReader } from '../../core/tenant.ts';
import { code } from '../../core/wording/markdown.ts';
import { shorten } from '../../core/wording/quote.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { forget } from './forget.ts';
import { receivedList } from './shares.ts';
import { show } from './show.ts';
import { usageLine } from './usage-line.ts';

/** As many lines as stay well under the size of a message, whatever the names. */
const PER_PAGE = 20;
/** At most so many documents are listed because of their text. */
const IN_TEXT = 10;
const NOTE_SHOWN = 24;

type Listed = DocumentInfo | ReplacedDocument;

/**
 * `!files [page or word]`: the caller's documents, oldest first, with the numbers that `!show` and `!forget` take. Words
 * leave those whose name or note holds all of them (a number behind them is the page), and below them those whose text does.
 */
export const files = defineCommand({
  name: 'files',
  typed: { en: 'files', de: 'dateien' },
  aliases: ['list', 'documents', 'dokumente', 'liste'],
  where: 'chats',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'wanted', type: 'text', label: 'page-or-word', optional: true }],
  examples: ['', '2', { en: 'contract', de: 'Vertrag' }],
  needs: ['vault', 'shares'],
  execute: ({ caller, place, vault, shares }, { wanted = '' }) => {
    const { language } = caller;
    const own = shares.of(caller);
    const lentTo = Map.groupBy(
      own.filter(({ side }) => side === 'owner'),
      ({ document }) => document,
    );
    const listing = { wanted, language, lentTo, isRoom: place === 'family' };
    const received = wanted === '' ? receivedList(vault, own, language) : [];
    const isEmpty = vault.read(caller, (reader) => listed(reader).length === 0);
    // With nothing of one's own the list of what is lent stands alone.
    if (isEmpty && received.length > 0) return received.join('\n').trim();
    return [...received, vault.read(caller, (reader) => list(reader, listing))].join('\n');
  },
});

interface Listing {
  readonly wanted: string;
  readonly language: Language;
  /** By document. */
  readonly lentTo: ReadonlyMap<number, readonly Share[]>;
  /** Of a family room, not of one person. */
  readonly isRoom: boolean;
}

function list(reader: TenantReader, { wanted, language, lentTo, isRoom }: Listing): string {
  const all = listed(reader);
  if (all.length === 0) return say(language, isRoom ? 'family.files-none' : 'files.none');
  const [, before = '', typed] = /^(.*?)\s*(?:#?(\d{1,4})\.?)?$/s.exec(wanted) ?? [];
  // Four digits are a year, which is a word.
  const isPage = typed !== undefined && typed.length < 4;
  const words = isPage ? before : wanted;
  const matching = filtered(all, words);
  const page = isPage ? Number(typed) : 1;
  const pages = Math.ceil(matching.length / PER_PAGE);
  if (matching.length > 0 && (page < 1 || page > pages)) {
    throw new AppError('not-found', 'the list is shorter', { reason: 'no-such-page', facts: { pages } });
  }
  const isFiltered = matching.length < all.length;
  const shown = matching.slice((page - 1) * PER_PAGE, page * PER_PAGE);
  const line = lineOf(reader, all, { language, lentTo });
  const inText = isFiltered ? aboutIn(reader, all, { words, but: matching, most: PER_PAGE - shown.length }) : [];
  if (matching.length + inText.length === 0) return say(language, 'files.no-match', { word: wanted });
  const next = code(`!${files.typed[language]} ${page + 1}`);
  return [
    ...(matching.length === 0
      ? []
      : [
          isFiltered
            ? say(language, 'files.head-some', { found: matching.length, documents: all.length })
            : say(language, isRoom ? 'family.files-head' : 'files.head', {
                documents: all.length,
                passages: reader.passageCount(),
              }),
          '',
          ...shown.map(line),
          '',
        ]),
    ...(page < pages ? [say(language, isFiltered ? 'files.more-some' : 'files.more', { page, pages, next })] : []),
    ...(inText.length === 0
      ? []
      : [say(language, 'files.in-text', { word: words, named: matching.length }), '', ...inText.map(line), '']),
    say(language, 'files.foot', { forget: usageLine(forget, language), show: code(`!${show.typed[language]}`) }),
  ].join('\n');
}

/** Current documents and earlier versions, by number. */
function listed(reader: { documents(): DocumentInfo[]; replacedDocuments(): ReplacedDocument[] }): Listed[] {
  return [...reader.documents(), ...reader.replacedDocuments()].sort((a, b) => a.number - b.number);
}

function filtered(documents: readonly Listed[], words: string): readonly Listed[] {
  const wanted = soughtWords(words);
  return documents.filter(({ name, note = '' }) => {
    const text = foldText(`${name} ${note}`);
    return wanted.every((word) => text.includes(word));
  });
}

/** Documents whose text holds the words and that are not listed already, the best first. */
function aboutIn(
  reader: TenantReader,
  all: readonly Listed[],
  { words, but, most }: { readonly words: string; readonly but: readonly Listed[]; readonly most: number },
): Listed[] {
  return documentsAbout(reader, words)
    .flatMap((number) => all.find((one) => one.number === number) ?? [])
    .filter((one) => !but.includes(one))
    .slice(0, Math.min(most, IN_TEXT));
}

/** Makes lines of a list. Documents of the same name show when they came and how they begin, which tells them apart. */
function lineOf(
  reader: TenantReader,
  all: readonly Listed[],
  { language, lentTo }: Pick<Listing, 'language' | 'lentTo'>,
): (document: Listed) => string {
  const names = new Map<string, number>();
  for (const { name } of all) names.set(name, (names.get(name) ?? 0) + 1);
  return (document) => {
    const isTwin = (names.get(document.name) ?? 0) > 1;
    const note = shorten(document.note ?? '', NOTE_SHOWN);
    return say(language, 'files.line', {
      ...document,
      note,
      isTwin,
      begins: isTwin && note === '' ? beginningOf(reader, document.number) : '',
      replacedBy: 'replacedBy' in document ? document.replacedBy : 0,
      lentTo: (lentTo.get(document.number) ?? []).map(({ reader: person }) => person),
    });
  };
}

function beginningOf(reader: TenantReader, number: number): string {
  const lines = plainRows(reader.passagesOf(number)[0]?.text ?? '').split('\n');
  return shorten(lines.map(withoutMarks).find((line) => line !== '') ?? '', NOTE_SHOWN);
}
