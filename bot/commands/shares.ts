import type { Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { lentDocument } from '../../core/lend-document.ts';
import type { Share } from '../../core/shares.ts';
import type { Vault } from '../../core/tenant.ts';
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
      say(language, 'share.foot', { end: usageLine(sharesEnd, language) }),
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
  needs: ['vault', 'shares'],
  execute: ({ caller, vault, shares: all }, { number }) => {
    const found = all.of(caller).find((one) => one.number === number);
    if (!found) {
      const list = `!${shares.typed[caller.language]}`;
      throw new AppError('not-found', 'there is no such share', { reason: 'no-such-share', facts: { number, list } });
    }
    const name = lentDocument(vault, found.shelf)?.name ?? '';
    all.end(caller, number);
    return found.side === 'owner'
      ? say(caller.language, 'share.ended', { name, readers: [found.reader] })
      : say(caller.language, 'share.declined', { name, person: found.owner });
  },
});

/** What was lent to somebody, as a list with its head; [] when nothing was. Also below `!files`. */
export function receivedList(vault: Vault, own: readonly Share[], language: Language): string[] {
  const received = own.filter(({ side }) => side === 'reader').slice(0, SHOWN);
  if (received.length === 0) return [];
  const lines = received.map(({ shelf, number, owner: person, until }) => {
    const { name = '', kind = 'txt', pages = 1 } = lentDocument(vault, shelf) ?? {};
    return say(language, 'share.line-received', { number, name, kind, pages, person, until });
  });
  return [say(language, 'share.head-received'), '', ...lines, ''];
}

function lentLines(vault: Vault, lent: readonly Share[], language: Language): string[] {
  return lent.slice(0, SHOWN).map(({ shelf, number, document, reader: person, until }) => {
    const { name = '' } = lentDocument(vault, shelf) ?? {};
    return say(language, 'share.line-lent', { number, name, document, person, until });
  });
}
