import type { DocumentInfo, ReplacedDocument } from '../../core/document.ts';
import { AppError } from '../../core/errors.ts';
import { code } from '../wording/markdown.ts';
import { shorten } from '../wording/quote.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { forget } from './forget.ts';
import { show } from './show.ts';
import { usageLine } from './usage-line.ts';

/** As many lines as stay well under the size of a message, whatever the names. */
const PER_PAGE = 20;
const NOTE_SHOWN = 24;

type Listed = DocumentInfo | ReplacedDocument;

/**
 * `!files [page or word]`: the caller's documents, oldest first, with the numbers that `!show` and `!forget` take. Words
 * leave those whose name or note holds all of them; a number behind them is the page.
 */
export const files = defineCommand({
  name: 'files',
  typed: { en: 'files', de: 'dateien' },
  aliases: ['list', 'documents', 'dokumente', 'liste'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'wanted', type: 'text', label: 'page-or-word', optional: true }],
  examples: ['', '2', { en: 'contract', de: 'Vertrag' }],
  needs: ['vault'],
  execute: ({ caller, vault }, { wanted = '' }) => {
    const { language } = caller;
    const [all, passages] = vault.read(caller, (reader) => [listed(reader), reader.passageCount()] as const);
    if (all.length === 0) return say(language, 'files.none');
    const [, words = '', typed] = /^(.*?)\s*(?:#?(\d{1,4})\.?)?$/s.exec(wanted) ?? [];
    // Four digits are a year, which is a word.
    const isPage = typed !== undefined && typed.length < 4;
    const matching = filtered(all, isPage ? words : wanted);
    if (matching.length === 0) return say(language, 'files.no-match', { word: wanted });
    const page = isPage ? Number(typed) : 1;
    const pages = Math.ceil(matching.length / PER_PAGE);
    if (page < 1 || page > pages) {
      throw new AppError('not-found', 'the list is shorter', { reason: 'no-such-page', facts: { pages } });
    }
    const isFiltered = matching.length < all.length;
    const next = code(`!${files.typed[language]} ${page + 1}`);
    return [
      isFiltered
        ? say(language, 'files.head-some', { found: matching.length, documents: all.length })
        : say(language, 'files.head', { documents: all.length, passages }),
      '',
      ...matching.slice((page - 1) * PER_PAGE, page * PER_PAGE).map((document) =>
        say(language, 'files.line', {
          ...document,
          note: shorten(document.note ?? '', NOTE_SHOWN),
          replacedBy: 'replacedBy' in document ? document.replacedBy : 0,
        }),
      ),
      '',
      ...(page < pages ? [say(language, isFiltered ? 'files.more-some' : 'files.more', { page, pages, next })] : []),
      say(language, 'files.foot', { forget: usageLine(forget, language), show: code(`!${show.typed[language]}`) }),
    ].join('\n');
  },
});

/** Current documents and earlier versions, by number. */
function listed(reader: { documents(): DocumentInfo[]; replacedDocuments(): ReplacedDocument[] }): Listed[] {
  return [...reader.documents(), ...reader.replacedDocuments()].sort((a, b) => a.number - b.number);
}

function filtered(documents: readonly Listed[], words: string): readonly Listed[] {
  const wanted = folded(words).split(/\s+/).filter(Boolean);
  return documents.filter(({ name, note = '' }) => {
    const text = folded(`${name} ${note}`);
    return wanted.every((word) => text.includes(word));
  });
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
