import type { Caller, Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { Share, Shares } from '../../core/shares.ts';
import { lentName } from '../lent-name.ts';
import { loanEnded } from '../loan-notices.ts';
import { say } from '../wording/say.ts';
import { loanMark, TYPED } from './loan-mark.ts';
import type { CommandServices } from './services.ts';

/** What ending a loan works with. */
export type EndingLoans = Pick<CommandServices, 'vault' | 'shares' | 'tellPerson'>;

/** Ends one loan of the caller's, of either side, and tells the other one. Returns what the caller is told; throws as `loanOf` does. */
export function endLoan({ vault, shares, tellPerson }: EndingLoans, caller: Caller, number: number): string {
  const loan = loanOf(shares, caller, number);
  const { owner, reader, side, shelf } = loan;
  const nameIn = lentName(vault, shelf);
  const name = nameIn(caller.language);
  shares.end(caller, number);
  if (side === 'owner') {
    tellPerson(reader, loanEnded(loan, nameIn));
    return say(caller.language, 'share.ended', { name, readers: [reader] });
  }
  const text = (language: Language) => say(language, 'share.given-back', { name: nameIn(language), person: reader });
  tellPerson(owner, { key: `given-back.${shelf.tenant}`, text });
  return say(caller.language, 'share.declined', { name, person: owner });
}

/** The loan of a mark, of either side. Throws AppError `not-found` (`no-such-share`). */
export function loanOf(all: Pick<Shares, 'of'>, caller: Caller, number: number): Share {
  const found = all.of(caller).find((one) => one.number === number);
  if (found) return found;
  throw noSuchLoan(caller, number);
}

/** Nobody else's loan looks different from none. */
export function noSuchLoan({ language }: Caller, number: number): AppError {
  const facts = { mark: loanMark(number), list: `!${TYPED.shares[language]}` };
  return new AppError('not-found', 'there is no such share', { reason: 'no-such-share', facts });
}
