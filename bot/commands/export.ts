import { documentText } from '../../core/document-text.ts';
import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!export <n>`: the text that is kept of one document, as a file: what was read of it, nothing more is there. */
export const exportDocument = defineCommand({
  name: 'export',
  typed: { en: 'export', de: 'exportiere' },
  aliases: ['text', 'exportieren'],
  where: 'chats',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'number', type: 'number', label: 'document' }],
  examples: ['3'],
  needs: ['vault'],
  execute: ({ caller, vault }, { number }) => {
    const kept = vault.read(caller, (reader) => {
      const document = reader.document(number) ?? reader.replacedDocuments().find((one) => one.number === number);
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
  },
});
