import type { Caller } from '../core/caller.ts';
import type { Vault } from '../core/tenant.ts';
import { forgetDocument } from './forget-document.ts';
import { say } from './wording/say.ts';

/**
 * Forgets the document that a deleted message brought, or keeps one from being stored that is still on its way. Returns
 * the words for it; undefined when the deleted message brought no file of this person.
 */
export function handleRedaction(
  vault: Vault,
  caller: Caller,
  redacted: { target: string; isPending: boolean; isFile: boolean },
): string | undefined {
  const forgotten = vault.write(caller, (writer) => {
    // A question that its sender deleted is not remembered either.
    writer.forgetTurnOf(redacted.target);
    const document = writer.documentBySource(redacted.target);
    if (document) return forgetDocument(writer, document.number);
    if (redacted.isPending) writer.forgetSource(redacted.target);
    return undefined;
  });
  if (forgotten) {
    return say(caller.language, 'forgotten.by-redaction', { name: forgotten.name, passages: forgotten.passages });
  }
  return redacted.isPending && redacted.isFile ? say(caller.language, 'forgotten.before-reading') : undefined;
}
