import type { Caller } from '../caller.ts';
import { parseAge } from '../retention/age.ts';
import { PERSON_CLASSES } from '../retention/policy.ts';
import { choiceSetting } from '../retention/tenant-retention.ts';
import { step } from '../step.ts';
import type { TenantReader, TenantWriter, Vault, WordsOf } from '../tenant.ts';
import type { ExportedAnswer, ExportedPassage } from './export-format.ts';
import { type CheckedExport, documentIn, type ExportPart, type FoundDocument } from './read-export.ts';

/** What became of an import. `forgotten`: the person forgot them here, so they stay away. */
export interface Imported {
  readonly kept: number;
  readonly known: number;
  readonly forgotten: number;
  /** Forgotten while the export was made: parts of them are not in it. */
  readonly incomplete: number;
  /** Answers marked as bad that were not here yet. */
  readonly answers: number;
}

interface ImportParts {
  /** Also what the person forgot here: only when they asked for it. */
  readonly alsoForgotten?: boolean;
  readonly vault: Vault;
  readonly wordsOf: WordsOf;
}

/**
 * Brings a checked export into a person's own tenant: documents with their earlier versions' order, notes and messages,
 * marked answers and the choices of how long things are kept, all of it in one transaction or nothing. For that the texts of the whole export are in
 * memory at once; their words, many times as large, are made one document after the other. What is here already (by
 * message or by the file's digest) is left as it is, so that a repeat changes nothing.
 */
export async function importExport(
  caller: Caller,
  checked: CheckedExport,
  { vault, wordsOf, alsoForgotten = false }: ImportParts,
): Promise<Imported> {
  const { numbers, todo, forgotten, keepsNumbers } = vault.read(caller, (reader) =>
    sortOut(reader, checked, alsoForgotten),
  );
  const known = numbers.size;
  const texts = await textsOf(todo);
  step('import-read');
  const answers = vault.write(caller, (writer) => {
    const coming = new Set(keepsNumbers ? todo.map(({ about }) => about.number) : []);
    for (const found of keepsNumbers ? todo : successorsFirst(todo)) {
      const passages = texts.get(found)!.map((one) => ({ ...one, ...wordsOf(found.about, one) }));
      numbers.set(found.about.number, bringIn(writer, found, { passages, numbers, coming }));
      step('import-document');
    }
    return bringBeside(writer, checked, numbers);
  });
  step('import-stored');
  return { kept: todo.length, known, forgotten, incomplete: checked.incomplete, answers };
}

/** Numbers of what is here by their number in the export, and what is to come. */
function sortOut(reader: TenantReader, { documents }: CheckedExport, alsoForgotten: boolean) {
  const numbers = new Map<number, number>();
  const todo: FoundDocument[] = [];
  let forgotten = 0;
  for (const found of documents) {
    const { number, digest, sources } = found.about;
    const bySource = sources.map(({ source }) => reader.documentBySource(source)).find((one) => one !== undefined);
    const here = bySource ?? (digest === null ? undefined : reader.documentByDigest(digest));
    if (here) numbers.set(number, here.number);
    else if (!alsoForgotten && sources.some(({ source }) => reader.wasForgotten(source))) forgotten += 1;
    else todo.push(found);
  }
  const newest = reader.newestDocument();
  // Where none of the numbers was ever used here, people find each document under the number that they know.
  return { numbers, todo, forgotten, keepsNumbers: todo.every(({ about }) => about.number > newest) };
}

/** A version comes after what replaced it, whose number here it has to name. */
function successorsFirst(documents: readonly FoundDocument[]): FoundDocument[] {
  const byNumber = new Map(documents.map((found) => [found.about.number, found]));
  const depth = (found: FoundDocument, steps = 0): number => {
    const next = found.about.replacedBy === undefined ? undefined : byNumber.get(found.about.replacedBy);
    return next === undefined || steps > documents.length ? steps : depth(next, steps + 1);
  };
  return documents
    .map((found) => ({ found, depth: depth(found) }))
    .sort((left, right) => left.depth - right.depth)
    .map(({ found }) => found);
}

function bringIn(
  writer: TenantWriter,
  { about }: FoundDocument,
  has: {
    readonly passages: Parameters<TenantWriter['copyDocument']>[1];
    readonly numbers: ReadonlyMap<number, number>;
    /** Numbers that documents keep here; none when all get new ones. */
    readonly coming: ReadonlySet<number>;
  },
): number {
  const { number, replacedBy, replacedAt, passageCount: _, pieces: __, ...document } = about;
  const copy = { ...document, number: has.coming.has(number) ? number : undefined };
  const added = writer.copyDocument(copy, has.passages);
  if (replacedBy === undefined || replacedAt === undefined) return added.number;
  // What replaced it may not be here: then it is the newest version that there is.
  const successor = has.numbers.get(replacedBy) ?? (has.coming.has(replacedBy) ? replacedBy : undefined);
  if (successor !== undefined) writer.replaceDocument(added.number, { number: successor, at: replacedAt });
  return added.number;
}

/** The passages of each document, in the order of the parts. */
async function textsOf(documents: readonly FoundDocument[]): Promise<Map<FoundDocument, ExportedPassage[]>> {
  const open = lastOpened();
  const texts = new Map<FoundDocument, ExportedPassage[]>();
  for (const found of documents) {
    const passages: ExportedPassage[] = [];
    for (const { part, file } of found.pieces) passages.push(...documentIn(part.name, await open(part), file).passages);
    texts.set(found, passages);
  }
  return texts;
}

/**
 * Settings that are choices of the person. The others count and name what the other household had (which of its documents
 * it had announced, for one): here they would speak of something else.
 */
function choicesIn(settings: CheckedExport['settings']): CheckedExport['settings'] {
  const keys = new Set(PERSON_CLASSES.map(choiceSetting));
  return settings.filter(({ key, value }) => keys.has(key) && parseAge(value) !== undefined);
}

/** Marked answers and choices that are not here. Returns how many answers came. */
function bringBeside(
  writer: TenantWriter,
  { marked, settings }: CheckedExport,
  numbers: ReadonlyMap<number, number>,
): number {
  for (const { key, value } of choicesIn(settings))
    if (writer.setting(key) === undefined) writer.setSetting(key, value);
  const idsOf = ({ passages }: ExportedAnswer) =>
    passages.flatMap(({ document, position }) => {
      const here = writer.passagesOf(numbers.get(document) ?? 0);
      return here.filter((passage) => passage.position === position && passage.id > 0).map(({ id }) => id);
    });
  return marked.filter((answer) => writer.addBadAnswer({ ...answer, passages: idsOf(answer) })).length;
}

/** Opens parts and keeps the last one: documents come in the order of the parts. */
function lastOpened(): (part: ExportPart) => Promise<ReadonlyMap<string, Uint8Array>> {
  let last: { part: ExportPart; files: ReadonlyMap<string, Uint8Array> } | undefined;
  return async (part) => {
    if (last?.part !== part) {
      last = undefined;
      last = { part, files: await part.open() };
    }
    return last.files;
  };
}
