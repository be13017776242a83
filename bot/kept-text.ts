import type { Language } from '../core/caller.ts';
import type { KeptDocument } from '../core/ingest/keep-document.ts';
import type { PreparedDocument } from '../core/ingest/prepare-document.ts';
import { placeName } from './place-name.ts';
import { say } from './wording/say.ts';

/**
 * What became of a file, in words: kept, known already, and what it has to do with earlier papers. Used by chat and console.
 * `unreadable` names pages that could not be read; depth `growing` means that dense vectors follow.
 */
export function keptText(
  language: Language,
  { document, known, replaced, similar }: KeptDocument,
  reading: Pick<PreparedDocument, 'unreadable' | 'damaged'> & { readonly depth: 'ready' | 'growing' },
): string {
  const unreadable = reading.unreadable.map((label) => placeName(language, label));
  const facts = { ...document, unreadable, damaged: reading.damaged === true, depth: reading.depth };
  const lines = [known ? say(language, 'known', document) : say(language, 'kept', facts)];
  if (replaced) {
    lines.push(
      say(language, known ? 'kept.back' : 'kept.replaced', { number: replaced.number, addedAt: replaced.addedAt }),
    );
  }
  if (similar) {
    const { name, number, addedAt } = similar;
    lines.push(
      name === document.name
        ? say(language, 'kept.same-name', { number, addedAt })
        : say(language, 'kept.similar', { name, number }),
    );
  }
  if (document.note) lines.push(say(language, 'kept.note'));
  return lines.join('\n');
}
