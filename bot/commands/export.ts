import type { Caller } from '../../core/caller.ts';
import { documentText } from '../../core/document-text.ts';
import { AppError } from '../../core/errors.ts';
import { keptDocument } from '../../core/export/kept-document.ts';
import type { Vault } from '../../core/tenant.ts';
import { say } from '../wording/say.ts';
import { type CommandAnswer, defineCommand, done, refused } from './command-spec.ts';

/**
 * `!export`: everything that is kept about the caller, which the export desk (chats) and the console send. `!export <n>`: the
 * text that is kept of one document, as a file: what was read of it, nothing more is there.
 */
export const exportDocument = defineCommand({
  name: 'export',
  typed: { en: 'export', de: 'exportiere' },
  aliases: ['text', 'exportieren', 'export all', 'export everything', 'exportiere alles', 'exportieren alles'],
  where: 'chats',
  role: 'member',
  destructive: false,
  audit: ({ number }, { caller }) => (number === undefined ? caller.tenant : `${caller.tenant}/${number}`),
  arguments: [{ name: 'number', type: 'number', label: 'document', optional: true }],
  examples: ['', '3'],
  needs: ['vault'],
  execute: ({ caller, place, vault }, { number }) => {
    if (number !== undefined) return done(oneDocument(vault, caller, number));
    // Everything of a person goes to nobody else, and a room is nobody.
    if (place === 'family') return refused(say(caller.language, 'command.elsewhere-family'));
    return done({ text: say(caller.language, 'export.begun'), everything: true });
  },
});

function oneDocument(vault: Vault, caller: Caller, number: number): CommandAnswer {
  const kept = vault.read(caller, (reader) => {
    const document = keptDocument(reader, number);
    return document && { document, text: documentText(reader.passagesOf(number)) };
  });
  if (kept === undefined) {
    throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
  }
  const { document, text } = kept;
  const name = `${document.name.replace(/\.[a-z0-9]{1,8}$/i, '')}.txt`;
  return {
    text: say(caller.language, 'exported', document),
    attachment: { bytes: new TextEncoder().encode(text), name, mime: 'text/plain' },
  };
}
