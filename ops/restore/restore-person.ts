import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gramsOf } from '../../core/ask/grams.ts';
import { notePapersComing, settleComing } from '../../core/backup/papers-back.ts';
import { clearRestoreLeftovers, RESTORE_LEFTOVER } from '../../core/backup/restoring.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { UsageError } from '../../core/exit.ts';
import { documentPiece } from '../../core/export/document-file.ts';
import { type Imported, importExport } from '../../core/export/import-export.ts';
import type { CheckedExport, FoundDocument } from '../../core/export/read-export.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import type { TenantReader } from '../../core/tenant.ts';
import { refuseOnTrial } from '../../core/update-trial.ts';
import type { ArchiveKeys } from '../backup/archive/read-archive.ts';
import { unpackEntry } from '../backup/unpack.ts';
import { type ArchiveSource, readSealed } from '../backup/verify-archive.ts';
import { STATE_PREFIX } from '../backup/write-generation.ts';
import type { Prompt } from '../keys/prompt.ts';
import { minute } from '../minute.ts';
import { householdProof } from './prove-household.ts';

/** What `kinkeeper restore --person` works with. */
export interface PersonOrder {
  readonly source: ArchiveSource;
  readonly keys: ArchiveKeys;
  /** The Matrix address of whose papers come back. */
  readonly person: string;
  /** Only this paper: its number, or its exact name. */
  readonly document?: string | undefined;
  /** Also what they had forgotten since: only when they asked for it. */
  readonly alsoForgotten: boolean;
  readonly stateDir: string;
  /** Of the living household. */
  readonly passphrase: string;
  readonly prompt: Prompt;
  readonly say: (line: string) => void;
  readonly onProgress: (step: string, done?: number, total?: number) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Brings a person's papers out of a backup back into the living household, while the bot is stopped: what is here already stays
 * as it is, nobody else is touched, and the living store knows what they have forgotten since. The backup is opened in a scratch
 * place. What came back stands in their audit trail, and the bot tells them. Throws what `refuseOnTrial`, `holdLock` (`already-running`), `readArchive` and `openState` throw, UsageError for somebody unknown, and AppError
 * `not-found` (reason `restore-person`) when the backup holds nothing of them.
 */
export async function restorePerson(order: PersonOrder): Promise<Imported & { readonly madeAt: number }> {
  const { stateDir, passphrase, clock, person } = order;
  refuseOnTrial(stateDir);
  using _lock = holdLock(join(stateDir, 'bot.lock'));
  using living = await openState({ stateDir, passphrase, create: false, clock });
  const caller = living.control.people.callerFor(person);
  if (caller === undefined)
    throw new UsageError(`${person} is not known here. \`people\` in the ops room shows who is.`);
  // One that was killed in the moment after its papers were in.
  settleComing(living, caller);
  using scratch = scratchIn(stateDir);
  const madeAt = await fetchInto(scratch.folder, order);
  using copy = await openCopy(join(scratch.folder, STATE_PREFIX), order);
  const there = copy.control.people.find(person);
  // Somebody who was erased and came again is somebody new: what was theirs stays gone.
  if (there === undefined || there.tenant !== caller.tenant) throw nothingOf(person);
  const documents = wanted(copy, order);
  const checked: CheckedExport = { person, madeAt, documents, marked: [], settings: [], inRooms: 0, incomplete: 0 };
  const wordsOf = indexWords({ encoder: loadTokenVectors(), gramsOf });
  const { vault } = living;
  const { alsoForgotten } = order;
  notePapersComing(living, caller, { madeAt, at: clock(), alsoForgotten });
  const imported = await importExport(caller, checked, { vault, wordsOf, alsoForgotten });
  settleComing(living, caller);
  return { ...imported, madeAt };
}

/** What became of it, for the terminal. */
export function personLines(restored: Imported & { readonly madeAt: number }): string {
  const { madeAt, kept, known, forgotten } = restored;
  const papers = (count: number) => (count === 1 ? '1 paper' : `${count} papers`);
  const lines = [
    `From the backup of ${minute(madeAt)} UTC: ${papers(kept)} brought back; ${papers(known)} had been here and stayed as they were.`,
  ];
  if (forgotten > 0)
    lines.push(
      `${papers(forgotten)} left out, because they were forgotten since (--also-forgotten, if they ask for it).`,
    );
  if (kept > 0)
    lines.push(
      'Start the bot again: it tells them, and finds the papers at once by words, by meaning when it has embedded them.',
    );
  return lines.join('\n');
}

function scratchIn(stateDir: string): Disposable & { readonly folder: string } {
  clearRestoreLeftovers(stateDir);
  const folder = join(stateDir, `${RESTORE_LEFTOVER}${randomBytes(6).toString('hex')}`);
  mkdirSync(folder, { mode: 0o700 });
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

async function fetchInto(folder: string, { source, keys, signal, onProgress }: PersonOrder): Promise<number> {
  const { head } = await readSealed(source, {
    ...{ keys, signal },
    onProgress: (done, total) => onProgress('unpacking', done, total),
    onEntry: async (entry) => {
      if (entry.name.startsWith(`${STATE_PREFIX}/`)) await unpackEntry(entry, folder, signal);
    },
  });
  return head.madeAt;
}

async function openCopy(folder: string, order: PersonOrder): Promise<OpenState> {
  const { passphrase, prompt, say, clock } = order;
  const open = (given: string) => openState({ stateDir: folder, passphrase: given, create: false, clock });
  try {
    return await open(passphrase);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.reason !== 'wrong-passphrase') throw thrown;
    const path = join(folder, 'keys.json');
    const asked = await householdProof({ keyFile: readFileSync(path, 'utf8'), prompt, say, clock })();
    await asked.settle(path);
    return open(asked.passphrase);
  }
}

function wanted(copy: OpenState, { person, document }: PersonOrder): FoundDocument[] {
  const caller = copy.control.people.callerFor(person)!;
  const isWanted = ({ number, name }: { number: number; name: string }) =>
    document === undefined || String(number) === document || name === document;
  const numbers = copy.vault.read(caller, (reader) =>
    [...reader.documents(), ...reader.replacedDocuments()].filter(isWanted).map(({ number }) => number),
  );
  if (document !== undefined && numbers.length === 0) throw nothingOf(person);
  const read = <T>(fn: (reader: TenantReader) => T) => copy.vault.read(caller, fn);
  return numbers.toSorted((a, b) => a - b).map((number) => foundIn(read, number));
}

/** A paper as an import takes it: its facts now, its text when its turn comes. */
function foundIn(read: <T>(fn: (reader: TenantReader) => T) => T, number: number): FoundDocument {
  const name = `${number}.json`;
  const whole = () =>
    read((reader) => {
      const to = reader.passagesOf(number).length;
      return documentPiece(reader, { document: number, from: 0, to, piece: 1, pieces: 1 })!;
    });
  const { passages: _, piece: __, ...about } = whole();
  const open = async () => new Map([[name, Buffer.from(JSON.stringify(whole()))]]);
  return { about, pieces: [{ part: { name, open }, file: name }] };
}

function nothingOf(person: string): AppError {
  return new AppError('not-found', `this backup holds nothing of ${person} that may come back`, {
    reason: 'restore-person',
    hint: 'It was made before they were there, they were erased since, the paper has another number or name in it, or it was forgotten since. Nothing was changed.',
  });
}
