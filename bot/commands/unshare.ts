import type { Caller } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { lentName } from '../lent-name.ts';
import { loanEnded } from '../loan-notices.ts';
import { say } from '../wording/say.ts';
import { type Answered, defineCommand, done, refused } from './command-spec.ts';
import { type EndingLoans, endLoan } from './end-loan.ts';
import { loanMark } from './loan-mark.ts';

/** `!unshare <n>`: takes a document back from everybody whom it was lent to; `!unshare L2` ends one loan, of either side. */
export const unshare = defineCommand({
  name: 'unshare',
  typed: { en: 'unshare', de: 'zurücknehmen' },
  aliases: ['unlend', 'nimm zurück', 'zurückgeben'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: ({ paper: { isLent, number } }, { caller }) => `${caller.tenant}/${isLent ? `share ${number}` : number}`,
  arguments: [{ name: 'paper', type: 'paper', label: 'paper' }],
  examples: ['3', loanMark(2)],
  needs: ['vault', 'shares', 'tellPerson'],
  execute: ({ caller, ...parts }, { paper: { isLent, number } }) =>
    isLent ? done(endLoan(parts, caller, number)) : endAll(parts, caller, number),
});

function endAll({ vault, shares, tellPerson }: EndingLoans, caller: Caller, number: number): Answered {
  const lent = shares.of(caller).filter(({ side, document }) => side === 'owner' && document === number);
  const [first] = lent;
  if (first === undefined) {
    if (vault.read(caller, (reader) => reader.document(number))) {
      return refused(say(caller.language, 'share.not-lent', { number }));
    }
    throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
  }
  const nameIn = lentName(vault, first.shelf);
  for (const share of lent) {
    shares.end(caller, share.number);
    tellPerson(share.reader, loanEnded(share, nameIn));
  }
  return done(
    say(caller.language, 'share.ended', { name: nameIn(caller.language), readers: lent.map(({ reader }) => reader) }),
  );
}
