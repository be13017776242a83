import type { Caller, Language } from '../core/caller.ts';
import type { Vault, WordsOf } from '../core/tenant.ts';
import { forgetDocument } from './forget-document.ts';
import { say } from './wording/say.ts';

/**
 * Forgets the document that a deleted message brought, unless another message with the same file still stands, or keeps
 * one from being stored that is still on its way; `by` has to be who sent it. Returns the words for it; undefined when the deleted message brought no
 * file of this tenant.
 */
export function handleRedaction(
  parts: { readonly vault: Vault; readonly wordsOf: WordsOf },
  caller: Caller,
  redacted: { room: string; target: string; isPending: boolean; isFile: boolean; by: string; language: Language },
): string | undefined {
  const { room, target, isPending, isFile, by, language } = redacted;
  return parts.vault.write(caller, (writer) => {
    if ((writer.roomOf(target) ?? room) !== room || (writer.senderOf(target) ?? by) !== by) return undefined;
    // A question that its sender deleted is not remembered either.
    writer.forgetTurnOf(target);
    const document = writer.documentBySource(target);
    if (!document) {
      if (isPending) writer.forgetSource(target, parts.wordsOf);
      return isPending && isFile ? say(language, 'forgotten.before-reading') : undefined;
    }
    const others = writer.sourcesOf(document.number).length - 1;
    if (others > 0) {
      const stands = say(language, 'forgotten.other-stands', { name: document.name, number: document.number });
      if (!writer.forgetSource(target, parts.wordsOf)) return stands;
      // Earlier answers may quote the note.
      writer.forgetTurns();
      return `${stands} ${say(language, 'forgotten.note')}`;
    }
    const forgotten = forgetDocument(writer, document.number, parts.wordsOf)!;
    return say(language, 'forgotten.by-redaction', { ...forgotten.gone, back: forgotten.back?.number ?? 0 });
  });
}
