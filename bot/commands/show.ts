import { AppError } from '../../core/errors.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { describeKept, lookUpKept, showPage, type Ways } from '../kept-document.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { exportDocument } from './export.ts';
import { loanMark, TYPED } from './loan-mark.ts';
import { showLoan } from './show-loan.ts';

/** `!show <n> [page]`: what is kept of a document, or the text of one of its pages; `!show L2` for a lent one. */
export const show = defineCommand({
  name: 'show',
  typed: TYPED.show,
  aliases: ['info', 'zeig'],
  where: 'chats',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [
    { name: 'paper', type: 'paper', label: 'paper' },
    { name: 'page', type: 'text', label: 'page', optional: true },
  ],
  examples: ['3', '3 2', loanMark(2)],
  needs: ['vault', 'shares', 'models'],
  execute: ({ caller, ...parts }, { paper: { isLent, number }, page }) => {
    const { language } = caller;
    if (isLent) return showLoan(parts, caller, { number, page });
    const kept = parts.vault.read(caller, (reader) => lookUpKept(reader, number, parts.models().embedder));
    if (!kept) {
      throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
    }
    const ways: Ways = {
      head: say(language, 'show.head', kept.document),
      whose: new Markdown(say(language, 'show.whose', { number })),
      more: {
        firstPart: code(`!${TYPED.show[language]} ${number} 1`),
        whole: code(`!${exportDocument.typed[language]} ${number}`),
      },
    };
    return page === undefined ? describeKept(kept, ways, language) : showPage(kept, page, ways, language);
  },
});
