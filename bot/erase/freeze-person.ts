import { assertOtherAdmin } from '../commands/people-add.ts';
import type { EraseParts } from './erase-parts.ts';

/**
 * Freezes a person at once: no caller is made for them any more, nothing that waits reaches them, and what they may do
 * beside ends. Their data stays sealed. A repeat changes nothing. Throws AppError `conflict` (`last-admin`).
 */
export async function freezePerson(
  { people, outbox, erasing, onPersonFrozen }: Pick<EraseParts, 'people' | 'outbox' | 'erasing' | 'onPersonFrozen'>,
  person: string,
): Promise<void> {
  const known = people.find(person);
  if (known?.role === 'admin') assertOtherAdmin(people, person);
  people.remove(person);
  // The larger erasure takes the smaller one in.
  const documents = erasing.book.openOf(person, 'documents');
  if (documents) erasing.book.finish(documents.id);
  outbox.dropFor(person);
  for (const end of onPersonFrozen) await end(person);
}
