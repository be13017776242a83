import { AppError } from '../../core/errors.ts';
import { describeKept, lookUpKept, showPage, type Ways } from '../kept-document.ts';
import { code, Markdown } from '../wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { exportDocument } from './export.ts';

/** `!show <n> [page]`: what is kept of a document, or the text of one of its pages. */
export const show = defineCommand({
  name: 'show',
  typed: { en: 'show', de: 'zeige' },
  aliases: ['info', 'zeig'],
  where: 'chats',
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
    const kept = vault.read(caller, (reader) => lookUpKept(reader, number, models().embedder));
    if (!kept) {
      throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
    }
    const ways: Ways = {
      head: say(language, 'show.head', kept.document),
      whose: new Markdown(say(language, 'show.whose', { number })),
      more: {
        firstPart: code(`!${show.typed[language]} ${number} 1`),
        whole: code(`!${exportDocument.typed[language]} ${number}`),
      },
    };
    return page === undefined ? describeKept(kept, ways, language) : showPage(kept, page, ways, language);
  },
});
