import { assertOtherAdmin } from '../commands/people-add.ts';
import type { EraseParts } from './erase-parts.ts';

/** What freezing works with. */
export type FreezeParts = Pick<
  EraseParts,
  'people' | 'shares' | 'outbox' | 'erasing' | 'beforeFrozen' | 'onPersonFrozen'
>;

/**
 * Freezes a person at once: no caller is made for them any more, nothing that waits reaches them, and what they may do
 * beside ends, shares of either side with keys and files. Their data stays sealed. A repeat changes nothing. Throws AppError `conflict` (`last-admin`).
 */
export async function freezePerson(
  { people, shares, outbox, erasing, beforeFrozen, onPersonFrozen }: FreezeParts,
  person: string,
): Promise<void> {
  const known = people.find(person);
  if (known?.role === 'admin') assertOtherAdmin(people, person);
  const caller = people.callerFor(person);
  if (caller) beforeFrozen?.(caller);
  people.remove(person);
  shares.endAllOf(person);
  // The larger erasure takes the smaller one in.
  const documents = erasing.book.openOf(person, 'documents');
  if (documents) erasing.book.finish(documents.id);
  outbox.dropFor(person);
  for (const end of onPersonFrozen) await end(person);
}
