import type { Passage } from '../../core/document.ts';
import { AppError } from '../../core/errors.ts';
import type { TenantReader } from '../../core/tenant.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!export <n>`: the text that is kept of one document, as a file: what was read of it, nothing more is there. */
export const exportDocument = defineCommand({
  name: 'export',
  typed: { en: 'export', de: 'exportiere' },
  aliases: ['text', 'exportieren'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'number', type: 'number', label: 'document' }],
  examples: ['export 3'],
  needs: ['vault'],
  execute: ({ caller, vault }, { number }) => {
    const kept = vault.read(caller, (reader) => {
      const document = reader.document(number);
      return document && { document, text: textOf(passagesOf(reader, number)) };
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

function passagesOf(reader: TenantReader, number: number): Passage[] {
  const ids = [...reader.pieceLists()].map(({ passage }) => passage);
  return reader
    .passages(ids)
    .filter((passage) => passage.document === number)
    .sort((a, b) => a.position - b.position);
}

/** Pages under their labels; where passages overlap, the shared stretch comes once. */
function textOf(passages: readonly Passage[]): string {
  let text = '';
  let page: string | null | undefined;
  let end = 0;
  for (const passage of passages) {
    if (passage.page !== page) {
      page = passage.page;
      end = 0;
      text += page === null ? '' : `${text === '' ? '' : '\n\n'}--- ${page} ---\n\n`;
    } else if (passage.start >= end) text += '\n\n';
    // A passage whose text is not a plain cut of its page (a repeated table head) is shown whole.
    const isCut = passage.text.length === passage.end - passage.start;
    text += isCut ? passage.text.slice(Math.max(0, end - passage.start)) : passage.text;
    end = Math.max(end, passage.end);
  }
  return `${text}\n`;
}
