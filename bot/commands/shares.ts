import type { Caller, Language } from '../../core/caller.ts';
import { documentText } from '../../core/document-text.ts';
import { AppError } from '../../core/errors.ts';
import { lentDocument } from '../../core/lend-document.ts';
import type { Share, Shares } from '../../core/shares.ts';
import type { Vault } from '../../core/tenant.ts';
import { describeKept, lookUpKept, showPage, type Ways } from '../kept-document.ts';
import { code, Markdown } from '../wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { usageLine } from './usage-line.ts';

/** A message holds about so many lines of each kind. */
const SHOWN = 20;

/** `!shares`: what the caller lends, and what is lent to them. */
export const shares = defineCommand({
  name: 'shares',
  typed: { en: 'shares', de: 'verliehen' },
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
      say(language, 'share.foot', { show: usageLine(sharesShow, language), end: usageLine(sharesEnd, language) }),
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
  audit: ({ number }, caller) => `${caller.tenant}/share ${number}`,
  arguments: [{ name: 'number', type: 'number', label: 'share' }],
  examples: ['2'],
  needs: ['vault', 'shares', 'tellPerson'],
  execute: ({ caller, vault, shares: all, tellPerson }, { number }) => {
    const found = shareOf(all, caller, number);
    const { owner, reader, side, shelf } = found;
    const nameIn = lentName(vault, shelf);
    const name = nameIn(caller.language);
    all.end(caller, number);
    if (side === 'owner') return say(caller.language, 'share.ended', { name, readers: [reader] });
    const text = (language: Language) => say(language, 'share.given-back', { name: nameIn(language), person: reader });
    tellPerson(owner, { key: `given-back.${shelf.tenant}`, text });
    return say(caller.language, 'share.declined', { name, person: owner });
  },
});

/** `!shares text <n>`: the text of a lent document, for reading. */
export const sharesText = defineCommand({
  name: 'shares text',
  typed: { en: 'shares text', de: 'verliehen text' },
  aliases: ['geliehen text'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'number', type: 'number', label: 'share' }],
  examples: ['2'],
  needs: ['vault', 'shares'],
  execute: ({ caller, vault, shares: all }, { number }) => {
    const { shelf, owner: person } = shareOf(all, caller, number);
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

/** The name of a lent document, or words that it is damaged: ending a share needs no more of it. */
export function lentName(vault: Vault, shelf: Caller): (language: Language) => string {
  const name = lentDocument(vault, shelf)?.name;
  return (language) => name ?? say(language, 'share.damaged');
}

/** `!shares show <n> [page]`: what is kept of a lent document, or the text of one of its pages, as `!show` of one's own. */
export const sharesShow = defineCommand({
  name: 'shares show',
  typed: { en: 'shares show', de: 'verliehen zeige' },
  aliases: ['geliehen zeige', 'verliehen zeig'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [
    { name: 'number', type: 'number', label: 'share' },
    { name: 'page', type: 'text', label: 'page', optional: true },
  ],
  examples: ['2', '2 1'],
  needs: ['vault', 'shares', 'models'],
  execute: ({ caller, vault, shares: all, models }, { number, page }) => {
    const { language } = caller;
    const share = shareOf(all, caller, number);
    const kept = vault.read(share.shelf, (reader) => {
      const [document] = reader.documents();
      return document && lookUpKept(reader, document.number, models().embedder);
    });
    if (!kept) throw noSuchShare(caller, number);
    const ways = waysOf(share, kept.document.name, language);
    return page === undefined ? describeKept(kept, ways, language) : showPage(kept, page, ways, language);
  },
});

function waysOf({ number, side, owner, reader, until }: Share, name: string, language: Language): Ways {
  const facts = { name, side, person: side === 'owner' ? reader : owner, until };
  return {
    head: say(language, 'share.shown', facts),
    whose: new Markdown(say(language, 'share.whose', facts)),
    more: {
      firstPart: code(`!${sharesShow.typed[language]} ${number} 1`),
      whole: code(`!${sharesText.typed[language]} ${number}`),
    },
  };
}

function shareOf(all: Shares, caller: Caller, number: number): Share {
  const found = all.of(caller).find((one) => one.number === number);
  if (found) return found;
  throw noSuchShare(caller, number);
}

function noSuchShare(caller: Caller, number: number): AppError {
  const list = `!${shares.typed[caller.language]}`;
  return new AppError('not-found', 'there is no such share', { reason: 'no-such-share', facts: { number, list } });
}

/** What was lent to somebody, as a list with its head; [] when nothing was. Also below `!files`. */
export function receivedList(vault: Vault, own: readonly Share[], language: Language): string[] {
  const received = own.filter(({ side }) => side === 'reader').slice(0, SHOWN);
  if (received.length === 0) return [];
  const lines = received.map(({ shelf, number, owner: person, until }) => {
    const { name = say(language, 'share.damaged'), kind = 'txt', pages = 1 } = lentDocument(vault, shelf) ?? {};
    return say(language, 'share.line-received', { number, name, kind, pages, person, until });
  });
  return [say(language, 'share.head-received'), '', ...lines, ''];
}

function lentLines(vault: Vault, lent: readonly Share[], language: Language): string[] {
  return lent.slice(0, SHOWN).map(({ shelf, number, document, reader: person, until }) => {
    const name = lentName(vault, shelf)(language);
    return say(language, 'share.line-lent', { number, name, document, person, until });
  });
}
