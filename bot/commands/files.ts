import { AppError } from '../../core/errors.ts';
import { code } from '../wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { forget } from './forget.ts';
import { usageLine } from './usage-line.ts';

/** As many lines as stay well under the size of a message, whatever the names. */
const PER_PAGE = 20;

/** `!files [page]`: the caller's documents with the numbers that `!forget` takes. */
export const files = defineCommand({
  name: 'files',
  typed: { en: 'files', de: 'dateien' },
  aliases: ['list', 'documents', 'dokumente', 'liste'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'page', type: 'number', label: 'page', optional: true }],
  examples: ['files', 'files 2'],
  needs: ['vault'],
  execute: ({ caller, vault }, { page = 1 }) => {
    const { language } = caller;
    const [documents, passages] = vault.read(caller, (reader) => [reader.documents(), reader.passageCount()] as const);
    if (documents.length === 0) return say(language, 'files.none');
    const pages = Math.ceil(documents.length / PER_PAGE);
    if (page > pages) {
      throw new AppError('not-found', 'the list is shorter', { reason: 'no-such-page', facts: { pages } });
    }
    const shown = documents.slice((page - 1) * PER_PAGE, page * PER_PAGE);
    const next = code(`!${files.typed[language]} ${page + 1}`);
    return [
      say(language, 'files.head', { documents: documents.length, passages }),
      '',
      ...shown.map((document) => say(language, 'files.line', document)),
      '',
      ...(page < pages ? [say(language, 'files.more', { page, pages, next })] : []),
      say(language, 'files.foot', { forget: usageLine(forget, language) }),
    ].join('\n');
  },
});
