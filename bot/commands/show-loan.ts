import type { Caller, Language } from '../../core/caller.ts';
import type { Share } from '../../core/shares.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { describeKept, lookUpKept, showPage, type Ways } from '../kept-document.ts';
import { say } from '../wording/say.ts';
import { loanOf, noSuchLoan } from './end-loan.ts';
import { loanMark, TYPED } from './loan-mark.ts';
import type { CommandServices } from './services.ts';

/** What is kept of a lent document, or the text of one of its pages, for both of its people. Throws AppError `not-found` (`no-such-share`). */
export function showLoan(
  { vault, shares, models }: Pick<CommandServices, 'vault' | 'shares' | 'models'>,
  caller: Caller,
  { number, page }: { readonly number: number; readonly page: string | undefined },
): string {
  const { language } = caller;
  const loan = loanOf(shares, caller, number);
  const kept = vault.read(loan.shelf, (reader) => {
    const [document] = reader.documents();
    return document && lookUpKept(reader, document.number, models().embedder);
  });
  if (!kept) throw noSuchLoan(caller, number);
  const ways = waysOf(loan, kept.document.name, language);
  return page === undefined ? describeKept(kept, ways, language) : showPage(kept, page, ways, language);
}

function waysOf({ number, side, owner, reader, until }: Share, name: string, language: Language): Ways {
  const mark = loanMark(number);
  const facts = { name, mark, side, person: side === 'owner' ? reader : owner, until };
  return {
    head: say(language, 'share.shown', facts),
    whose: new Markdown(say(language, 'share.whose', facts)),
    more: {
      firstPart: code(`!${TYPED.show[language]} ${mark} 1`),
      whole: code(`!${TYPED.sharesText[language]} ${mark}`),
    },
  };
}
