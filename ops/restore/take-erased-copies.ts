import { besideOf } from '../../core/backup/beside.ts';
import type { Erasing } from '../../core/erase/erasing.ts';
import { AppError } from '../../core/errors.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { sessionKeyOf } from '../backup/archive/session-key.ts';
import { KEPT_COPIES, LIST_ENTRY } from '../backup/beside/make-erased-copy.ts';
import type { RemoteFile } from '../backup/remote.ts';
import { readSealed } from '../backup/verify-archive.ts';
import type { ErasedCopies } from './erased-copies.ts';

/** What copies of the list of what was erased gave to a restore. Times in milliseconds since 1970. */
export interface TakenCopies {
  /** Where they were looked for. */
  readonly place: string;
  /** How many lie there that are not newer than the backup, which has such a list itself. */
  readonly older: number;
  /** Newest first. */
  readonly used: readonly { readonly name: string; readonly madeAt: number }[];
  /** Newer than the backup, and not to be believed; `problem` in words. */
  readonly refused: readonly { readonly name: string; readonly problem: string }[];
}

interface Taking {
  /** Of the restored stores. */
  readonly erasing: Pick<Erasing, 'takeErasedList' | 'erasedCopyKey'>;
  /** When the backup was made. */
  readonly madeAt: number;
  readonly signal: AbortSignal;
}

/** What is none of ours, under names like ours, must not keep a restore busy for ever. */
const MOST_LOOKED_AT = 20;
/** A list of a million erasures is smaller. */
const MOST_BYTES = 128 * 1024 ** 2;

/**
 * Takes the newest copies into the list of restored stores, where it takes effect once they are opened anew. Several, because they add up: one
 * that is damaged, or has the time of a clock that was wrong, hides no other. A copy that is cut, changed, under another's name, or another
 * household's is refused and told, never taken in part. Throws what the place throws when it cannot be read now.
 */
export async function takeErasedCopies(copies: ErasedCopies, taking: Taking): Promise<TakenCopies> {
  const found = await copies.list();
  // Names tell seconds.
  const newer = found.filter(({ name }) => besideOf(name)!.madeAt + 999 >= taking.madeAt);
  const [used, refused]: [TakenCopies['used'][number][], TakenCopies['refused'][number][]] = [[], []];
  for (const file of newer.slice(0, MOST_LOOKED_AT)) {
    if (used.length === KEPT_COPIES) break;
    const { name, madeAt } = besideOf(file.name)!;
    try {
      if (taking.erasing.takeErasedList(await listIn(copies, file, taking))) used.push({ name, madeAt });
      else refused.push({ name, problem: 'it is not whole, or another household’s' });
    } catch (thrown) {
      refused.push({ name, problem: problemOf(thrown) });
    }
  }
  return { place: copies.place, older: found.length - newer.length, used, refused };
}

async function listIn(copies: ErasedCopies, file: RemoteFile, { erasing, signal }: Taking): Promise<string> {
  if (file.bytes > MOST_BYTES) return '';
  const sessionKey = sessionKeyOf(erasing.erasedCopyKey(besideOf(file.name)!.name));
  const parts: Uint8Array[] = [];
  try {
    const source = { ...file, open: () => copies.read(file) };
    await readSealed(source, {
      ...{ keys: { sessionKey }, signal, onProgress: () => {} },
      onEntry: async ({ name, bytes, content }) => {
        if (name !== LIST_ENTRY || bytes > MOST_BYTES) return;
        for await (const part of content) parts.push(Buffer.from(part));
      },
    });
    return Buffer.concat(parts).toString('latin1');
  } finally {
    wipe(sessionKey.data);
  }
}

/** Why a copy cannot be believed. Throws on whatever says nothing about the copy. */
function problemOf(thrown: unknown): string {
  if (!(thrown instanceof AppError)) throw thrown;
  if (thrown.code === 'not-found') return 'it was removed meanwhile';
  if (thrown.reason === 'backup-newer') return 'it was made by a newer Kinkeeper';
  if (thrown.reason !== 'backup-damaged') throw thrown;
  return 'it is damaged, cut short, or another household’s';
}
