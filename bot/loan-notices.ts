import type { Language, PersonId } from '../core/caller.ts';
import type { Share, Shares } from '../core/shares.ts';
import type { Vault } from '../core/tenant.ts';
import { lentName } from './lent-name.ts';
import type { Telling } from './tell-person.ts';
import { say } from './wording/say.ts';

type Tell = (person: PersonId, telling: Telling) => boolean;

/** What whoever borrowed a document hears, once, when the loan is over; by whatever way it ended. */
export function loanEnded(
  { owner, shelf }: Pick<Share, 'owner' | 'shelf'>,
  nameIn: (language: Language) => string,
): Telling {
  const text = (language: Language) => say(language, 'share.taken-back', { name: nameIn(language), person: owner });
  return { key: `taken-back.${shelf.tenant}`, text };
}

/** Tells everybody who borrowed something of a person, while the copies can still be named: before the person is frozen. */
export function tellBorrowers(
  { vault, shares }: { readonly vault: Vault; readonly shares: Pick<Shares, 'of'> },
  owner: Parameters<Shares['of']>[0],
  tell: Tell,
): void {
  for (const share of shares.of(owner).filter(({ side }) => side === 'owner')) {
    tell(share.reader, loanEnded(share, lentName(vault, share.shelf)));
  }
}

/**
 * A vault that tells whoever borrowed a document when a write ends the loan: the document was forgotten, by whatever way, or
 * replaced by a newer one. Given to everything in the bot that writes.
 */
export function loanTellingVault(vault: Vault, shares: Pick<Shares, 'lentFrom'>, tell: Tell): Vault {
  return {
    read: (caller, fn) => vault.read(caller, fn),
    write(caller, fn) {
      const lent = shares.lentFrom(caller.tenant);
      if (lent.length === 0) return vault.write(caller, fn);
      const names = new Map<number, string>();
      const result = vault.write(caller, (writer) => {
        for (const { document } of lent) names.set(document, writer.document(document)?.name ?? '');
        return fn(writer);
      });
      const open = new Set(shares.lentFrom(caller.tenant).map(({ shelf }) => shelf.tenant));
      const ended = lent.filter(({ shelf }) => !open.has(shelf.tenant));
      for (const share of ended)
        tell(
          share.reader,
          loanEnded(share, () => names.get(share.document) ?? ''),
        );
      return result;
    },
  };
}
