import type { DocumentInfo, DocumentSource, NewPassage, ReplacedDocument } from '../document.ts';
import type { TenantReader, TenantWriter, WordsOf } from '../tenant.ts';
import { type FileNote, notePassage } from './note-passage.ts';
import type { PreparedDocument } from './prepare-document.ts';
import { isDeviceName, nameStem, sharedWords } from './same-paper.ts';

/** From here on two texts are taken for versions of one paper where their names alone don't say so. */
const ALIKE = 0.6;

/** What became of a file. */
export interface KeptDocument {
  readonly document: DocumentInfo;
  /** True when these bytes were kept already: nothing was stored but that they came again. */
  readonly known: boolean;
  /** The earlier version that this file took the place of. */
  readonly replaced?: DocumentInfo | undefined;
  /** A current document that looks like another version of this one, under another name: both are kept. */
  readonly similar?: DocumentInfo | undefined;
}

/**
 * What is known of a file that came again: its message was handled before, or the same bytes came by another one, which
 * counts as one more source then. A replaced version that comes again is current again. undefined for a file that has to
 * be read. Called before reading, and inside `keepDocument`.
 */
export function recogniseFile(
  writer: TenantWriter,
  file: DocumentSource & { readonly digest: string; readonly note?: FileNote | undefined },
  wordsOf: WordsOf,
): KeptDocument | undefined {
  const handled = keptBefore(writer, file.source);
  if (handled) return handled;
  const same = writer.documentByDigest(file.digest);
  if (!same) return undefined;
  writer.addSource(same.number, file);
  const replaced = 'replacedBy' in same ? backInPlace(writer, same, { wordsOf, at: file.addedAt }) : undefined;
  const document = writer.document(same.number) ?? same;
  if (file.note && !document.note?.includes(file.note.text)) addNote(writer, document, { note: file.note, wordsOf });
  return { document, known: true, replaced };
}

/** What became of a file whose message was handled before; undefined when it was not. Says the same after a crash. */
export function keptBefore(reader: TenantReader, source: string): KeptDocument | undefined {
  const document = reader.documentBySource(source);
  if (!document) return undefined;
  const known = reader.sourcesOf(document.number)[0]?.source !== source;
  const replaced = known
    ? undefined
    : reader.replacedDocuments().findLast(({ replacedBy }) => replacedBy === document.number);
  return { document, known, replaced };
}

/**
 * Stores a file that was read. A current document of the very same name is its earlier version and is replaced, except
 * under a name that says nothing ("scan.pdf"), where their texts have to be alike too. Called inside `vault.write`.
 */
export function keepDocument(writer: TenantWriter, prepared: PreparedDocument, wordsOf: WordsOf): KeptDocument {
  const { document: fresh, passages } = prepared;
  // The same bytes may have come twice while both were read.
  const known =
    fresh.digest == null
      ? undefined
      : recogniseFile(writer, { ...fresh, digest: fresh.digest, note: undefined }, wordsOf);
  if (known) return known;
  const others = writer.documents();
  const document = writer.addDocument(fresh, prepared);
  const text = textOf(passages);
  const isAlike = ({ number }: DocumentInfo) => sharedWords(text, textOf(writer.passagesOf(number))) >= ALIKE;
  const earlier = others.findLast(({ name }) => name === document.name);
  if (earlier && (!isDeviceName(document.name) || isAlike(earlier))) {
    writer.replaceDocument(earlier.number, { number: document.number, at: document.addedAt });
    return { document, known: false, replaced: earlier };
  }
  const stem = nameStem(document.name);
  const similar = others.findLast((other) => other !== earlier && nameStem(other.name) === stem && isAlike(other));
  return { document, known: false, similar };
}

/** Makes a replaced version current again; what stood in its place is replaced by it. Returns that. */
function backInPlace(
  writer: TenantWriter,
  version: ReplacedDocument,
  { wordsOf, at }: { wordsOf: WordsOf; at: number },
): DocumentInfo | undefined {
  const replaced = new Map(writer.replacedDocuments().map((document) => [document.number, document]));
  let current = version.replacedBy;
  for (let next = replaced.get(current); next; next = replaced.get(current)) current = next.replacedBy;
  const head = writer.document(current);
  writer.restoreDocument(version.number, wordsOf);
  writer.replaceDocument(current, { number: version.number, at });
  return head;
}

function addNote(
  writer: TenantWriter,
  { number, name, passages }: DocumentInfo,
  { note, wordsOf }: { note: FileNote; wordsOf: WordsOf },
): void {
  const passage = notePassage(note, passages, (draft) => wordsOf({ name, note: note.text }, draft));
  writer.addNote(number, note.text, passage);
}

function textOf(passages: readonly Pick<NewPassage, 'text'>[]): string {
  return passages.map(({ text }) => text).join('\n');
}
