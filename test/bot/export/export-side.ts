import { encryptedFileOf, fetchAttachment } from '../../../bot/matrix/media.ts';
import type { ExportedDocument } from '../../../core/export/export-format.ts';
import { openSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import type { Stage } from '../dispatcher-side.ts';
import { ADA } from '../matrix/sample-events.ts';

/** What arrived in Ada's chat of an export, as her phone sees it. */
export interface Received {
  /** Of every message, in order. */
  readonly bodies: readonly string[];
  readonly password: string;
  readonly parts: readonly { readonly name: string; readonly bytes: Buffer }[];
}

/** Gives Ada a document of some pages of words that nothing else holds. */
export function keepPages(stage: Stage, name: string, pages: readonly string[]): number {
  const { vault, control } = stage.home.state;
  const ada = control.people.callerFor(ADA)!;
  const document = sampleDocument(`$${name}`, { name, digest: name.padEnd(64, '0'), pages: pages.length });
  return vault.write(ada, (writer) => {
    const { number } = writer.addDocument(
      document,
      pages.map((text, at) => samplePassage(at, text)),
    );
    writer.noteRoom(document.source, '!chat');
    return number;
  });
}

/** Everything that Ada's phone can open. */
export async function received(stage: Stage): Promise<Received> {
  const bodies: string[] = [];
  const parts: { name: string; bytes: Buffer }[] = [];
  for (const { event, room } of stage.server.sent) {
    if (event.type !== 'm.room.encrypted') continue;
    const content = (await stage.ada.decrypt(event, room).catch(() => undefined)) as
      | Record<string, unknown>
      | undefined;
    if (!content) continue;
    bodies.push(String(content.body));
    const file = content.msgtype === 'm.file' ? encryptedFileOf(content) : undefined;
    if (!file) continue;
    const bytes = await fetchAttachment(stage.server.client(ADA, 'PHONE'), file, 100_000_000);
    parts.push({ name: String(content.filename), bytes });
  }
  const password = /([a-z2-9]{5}-){3}[a-z2-9]{5}/.exec(bodies.join('\n'))?.[0] ?? '';
  return { bodies, password, parts };
}

/** The documents of opened parts, pieces put together, by number. */
export async function documentsIn({ parts, password }: Received): Promise<Map<number, ExportedDocument>> {
  const documents = new Map<number, ExportedDocument>();
  for (const { name, bytes } of parts) {
    for (const [file, content] of await openSealedZip(bytes, { part: name, password })) {
      if (!file.startsWith('documents/')) continue;
      const piece = JSON.parse(new TextDecoder().decode(content)) as ExportedDocument;
      const before = documents.get(piece.number)?.passages ?? [];
      documents.set(piece.number, { ...piece, passages: [...before, ...piece.passages] });
    }
  }
  return documents;
}
