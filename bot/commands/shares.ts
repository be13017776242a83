import type { Language } from '../../core/caller.ts';
import { documentText } from '../../core/document-text.ts';
import { lentDocument } from '../../core/lend-document.ts';
import type { Share } from '../../core/shares.ts';
import type { Vault } from '../../core/tenant.ts';
import { code, type Markdown } from '../../core/wording/markdown.ts';
import { lentName } from '../lent-name.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';
import { endLoan, loanOf } from './end-loan.ts';
import { loanMark, TYPED } from './loan-mark.ts';
import { show } from './show.ts';
import { showLoan } from './show-loan.ts';
import { unshare } from './unshare.ts';

/** A message holds about so many lines of each kind. */
const SHOWN = 20;

/** `!shares`: what the caller lends, and what is lent to them. */
export const shares = defineCommand({
  name: 'shares',
  typed: TYPED.shares,
  aliases: ['shared', 'lent', 'geliehen', 'geteilt'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['vault', 'shares'],
  execute: ({ caller, vault, shares: all }) => {
    const { language } = caller;
    const own = all.of(caller);
    if (own.length === 0) return say(language, 'share.none');
    const lent = own.filter(({ side }) => side === 'owner');
    return [
      ...(lent.length === 0 ? [] : [say(language, 'share.head-lent'), '', ...lentLines(vault, lent, language), '']),
      ...receivedList(vault, own, language),
      say(language, 'share.foot', calls(own[0]!.number, language)),
    ].join('\n');
  },
});

/** `!shares end <n>`: ends one, also as the one whom it was lent to. */
export const sharesEnd = defineCommand({
  name: 'shares end',
  typed: { en: 'shares end', de: 'verliehen ende' },
  aliases: ['verliehen beenden', 'geliehen ende'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: ({ number }, { caller }) => `${caller.tenant}/share ${number}`,
  arguments: [{ name: 'number', type: 'loan', label: 'share' }],
  examples: [loanMark(2)],
  needs: ['vault', 'shares', 'tellPerson'],
  execute: ({ caller, ...parts }, { number }) => done(endLoan(parts, caller, number)),
});

/** `!shares text <n>`: the text of a lent document, for reading. */
export const sharesText = defineCommand({
  name: 'shares text',
  typed: TYPED.sharesText,
  aliases: ['geliehen text'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'number', type: 'loan', label: 'share' }],
  examples: [loanMark(2)],
  needs: ['vault', 'shares'],
  execute: ({ caller, vault, shares: all }, { number }) => {
    const { shelf, owner: person } = loanOf(all, caller, number);
    const { name, text } = vault.read(shelf, (reader) => {
      const [document] = reader.documents();
      return { name: document?.name ?? '', text: documentText(reader.passagesOf(document?.number ?? 0)) };
    });
    return {
      text: say(caller.language, 'share.text', { name, person }),
      attachment: {
        bytes: new TextEncoder().encode(text),
        name: `${name.replace(/\.[a-z0-9]{1,8}$/i, '')}.txt`,
        mime: 'text/plain',
      },
    };
  },
});

/** `!shares show <n> [page]`: as `!show` with the mark of a loan. */
export const sharesShow = defineCommand({
  name: 'shares show',
  typed: { en: 'shares show', de: 'verliehen zeige' },
  aliases: ['geliehen zeige', 'verliehen zeig'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [
    { name: 'number', type: 'loan', label: 'share' },
    { name: 'page', type: 'text', label: 'page', optional: true },
  ],
  examples: [loanMark(2), `${loanMark(2)} 1`],
  needs: ['vault', 'shares', 'models'],
  execute: ({ caller, ...parts }, wanted) => showLoan(parts, caller, wanted),
});

/** What was lent to somebody, as a list with its head; [] when nothing was. Also below `!files`. */
export function receivedList(vault: Vault, own: readonly Share[], language: Language): string[] {
  const received = own.filter(({ side }) => side === 'reader').slice(0, SHOWN);
  if (received.length === 0) return [];
  const lines = received.map(({ shelf, number, owner: person, until }) => {
    const { name = say(language, 'share.damaged'), kind = 'txt', pages = 1 } = lentDocument(vault, shelf) ?? {};
    return say(language, 'share.line-received', { mark: loanMark(number), name, kind, pages, person, until });
  });
  return [say(language, 'share.head-received'), '', ...lines, ''];
}

function lentLines(vault: Vault, lent: readonly Share[], language: Language): string[] {
  return lent.slice(0, SHOWN).map(({ shelf, number, document, reader: person, until }) => {
    const name = lentName(vault, shelf)(language);
    return say(language, 'share.line-lent', { mark: loanMark(number), name, document, person, until });
  });
}

/** The calls that show a lent paper and that end a loan, as the foot of a list names them. */
function calls(number: number, language: Language): { readonly show: Markdown; readonly end: Markdown } {
  const call = ({ typed }: typeof show | typeof unshare) => code(`!${typed[language]} ${loanMark(number)}`);
  return { show: call(show), end: call(unshare) };
}
