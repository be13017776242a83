import { AppError } from '../../core/errors.ts';
import { lendDocument, lentDocument } from '../../core/lend-document.ts';
import { code } from '../../core/wording/markdown.ts';
import { isNotePage } from '../note-labels.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';
import { loanMark } from './loan-mark.ts';
import { readerNamed, shareTerms } from './share-terms.ts';
import { unshare } from './unshare.ts';

/** `!share <n> with @name:server [until date]`: lends one document to somebody of the household, for reading. */
export const share = defineCommand({
  name: 'share',
  typed: { en: 'share', de: 'verleihe' },
  aliases: ['lend', 'teile', 'verleihen', 'leihe'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: ({ number, terms }, { caller, server }) =>
    `${caller.tenant}/${number} ${readerNamed(terms, server) ?? 'unknown'}`,
  arguments: [
    { name: 'number', type: 'number', label: 'document' },
    { name: 'terms', type: 'text', label: 'share-terms' },
  ],
  examples: [
    { en: '3 with @ben:example.org', de: '3 an @ben:example.org' },
    { en: '3 with @ben:example.org until 2099-12-31', de: '3 an @ben:example.org bis 31.12.2099' },
  ],
  needs: ['vault', 'shares', 'people', 'wordsOf', 'clock', 'server', 'tellPerson'],
  execute: (context, { number, terms }) => {
    const { caller, vault, shares, people, clock, server } = context;
    const { reader, until } = shareTerms(terms, { server, now: clock() });
    if (reader === caller.person) throw new AppError('invalid', 'one’s own already', { reason: 'share-self' });
    if (!people.find(reader)) {
      throw new AppError('not-found', 'this person is not known', {
        reason: 'no-such-member',
        facts: { person: reader },
      });
    }
    const lent = lendDocument({ ...context, isNote: isNotePage }, caller, { document: number, reader, until });
    const { name } = lentDocument(vault, lent.shelf)!;
    const received = people.callerFor(reader);
    const own = received && shares.of(received).find(({ shelf }) => shelf.tenant === lent.shelf.tenant);
    const isTold =
      own !== undefined &&
      context.tellPerson(reader, {
        key: `share.${lent.shelf.tenant}`,
        share: lent.shelf.tenant,
        text: (language) => {
          const end = code(`!${unshare.typed[language]} ${loanMark(own.number)}`);
          return say(language, 'share.received', { name, person: caller.person, until, end });
        },
      });
    const end = code(`!${unshare.typed[caller.language]} ${number}`);
    return done(say(caller.language, 'share.lent', { name, person: reader, until, end, isTold }));
  },
});
