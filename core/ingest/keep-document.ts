import type { DocumentInfo, DocumentSource, NewPassage, ReplacedDocument } from '../document.ts';
import type { TenantReader, TenantWriter, WordsOf } from '../tenant.ts';
import { type FileNote, notePassage } from './note-passage.ts';
import type { PreparedDocument } from './prepare-document.ts';
import { isOtherOccasion, nameStem, sharedWords } from './same-paper.ts';

/** From here on two texts are taken for versions of one paper: a version saved anew shares nearly all of its words. */
const ALIKE = 0.6;

/** What became of a file. */
export interface KeptDocument {
  readonly document: DocumentInfo;
  /** True when these bytes were kept already: nothing was stored but that they came again. */
  readonly known: boolean;
  /** The earlier version that this file took the place of. */
  readonly replaced?: DocumentInfo | undefined;
  /** A current document that looks like another version of this one, under another name or of another time: both are kept. */
  readonly similar?: DocumentInfo | undefined;
}

/**
 * What is known of a file that came again: its message was handled before, or the same bytes came by another one, which
 * counts as one more source then. A replaced version that comes again is current again. undefined for a file that has to
 * be read. Called before reading, and inside `keepDocument`.
 */
export function recogniseFile(
  writer: TenantWriter,
  file: Omit<DocumentSource, 'note'> & { readonly digest: string; readonly note?: FileNote | undefined },
  wordsOf: WordsOf,
): KeptDocument | undefined {
  const handled = keptBefore(writer, file.source);
  if (handled) return handled;
  const same = writer.documentByDigest(file.digest);
  if (!same) return undefined;
  const isNoted = writer.sourcesOf(same.number).some(({ note }) => note === file.note?.text);
  writer.addSource(same.number, { ...file, note: file.note?.text });
  const replaced = 'replacedBy' in same ? backInPlace(writer, same, { wordsOf, at: file.addedAt }) : undefined;
  const document = writer.document(same.number) ?? same;
  if (file.note && !isNoted) addNote(writer, document, { note: file.note, wordsOf });
  return { document, known: true, replaced };
}

/** What became of a file whose message was handled before; undefined when it was not. Says the same after a crash. */
export function keptBefore(reader: TenantReader, source: string): KeptDocument | undefined {
  const document = reader.documentBySource(source);
  if (!document) return undefined;
  const sources = reader.sourcesOf(document.number);
  const known = sources[0]?.source !== source;
  const at = sources.find((one) => one.source === source)?.addedAt;
  // What took a place did so at the time of its message, also when it came again.
  const replaced = reader
    .replacedDocuments()
    .findLast(({ replacedBy, replacedAt }) => replacedBy === document.number && replacedAt === at);
  return { document, known, replaced, similar: known || replaced ? undefined : similarTo(reader, document) };
}

/**
 * Stores a file that was read. A current document of the very same name is its earlier version and is replaced where their
 * texts are alike and nothing tells of another time, number or person. Called inside `vault.write`.
 */
export function keepDocument(writer: TenantWriter, prepared: PreparedDocument, wordsOf: WordsOf): KeptDocument {
  const { document: fresh, passages } = prepared;
  // The same bytes may have come twice while both were read.
  const note = fresh.note ? { text: fresh.note, label: passages.at(-1)?.page ?? '' } : undefined;
  const known =
    fresh.digest == null ? undefined : recogniseFile(writer, { ...fresh, digest: fresh.digest, note }, wordsOf);
  if (known) return known;
  const document = writer.addDocument(fresh, prepared);
  const replaced = earlierVersion(writer, document);
  if (!replaced) return { document, known: false, similar: similarTo(writer, document) };
  writer.replaceDocument(replaced.number, { number: document.number, at: document.addedAt });
  return { document, known: false, replaced };
}

/**
 * The latest current document that a new one of the same name takes the place of. A wrong choice would hide a paper, and no
 * name rules that out: the next "Krankmeldung.pdf" is another paper, as the next "scan.pdf" is.
 */
function earlierVersion(reader: TenantReader, { number, name }: DocumentInfo): DocumentInfo | undefined {
  const sameName = reader.documents().filter((other) => other.number !== number && other.name === name);
  if (sameName.length === 0) return undefined;
  const text = textOf(reader.passagesOf(number));
  return sameName.findLast((other) => {
    const earlier = textOf(reader.passagesOf(other.number));
    return sharedWords(text, earlier) >= ALIKE && !isOtherOccasion(text, earlier);
  });
}

/** The latest current document with a like name and text that was there before; else the latest one of the very same name. */
function similarTo(reader: TenantReader, { number, name }: DocumentInfo): DocumentInfo | undefined {
  const stem = nameStem(name);
  const before = reader.documents().filter((other) => other.number < number && nameStem(other.name) === stem);
  if (before.length === 0) return undefined;
  const text = textOf(reader.passagesOf(number));
  return (
    before.findLast((other) => sharedWords(text, textOf(reader.passagesOf(other.number))) >= ALIKE) ??
    before.findLast((other) => other.name === name)
  );
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
