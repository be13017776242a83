import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupPlace,
  type Generation,
  type Generations,
  generationOf,
  LOCAL_PLACE,
  madeAtOf,
} from '../../core/backup/generation.ts';
import { isMadeAhead } from '../../core/backup/made-ahead.ts';
import { filesOf } from './prune.ts';
import type { RemoteFile } from './remote.ts';
import { sha256Of } from './remotes/sha256-of.ts';

/** A file that is still being written has no record yet either. */
const SETTLED_MS = 86_400_000;

type ListedBackup = Pick<Generation, 'name' | 'madeAt' | 'bytes'>;

/** So many archives that nobody here has read are known of one place: more than any rule keeps. Those beyond count when newer ones went. */
const MOST_LISTED_ONLY = 100;

/**
 * Takes archives at a place into the records that do not know them: after control.db was lost, or came from an earlier
 * time. Of one that lies elsewhere alone only name and size are known; its SHA-256 is '' until it is read once. Called with
 * every list that a remote gives, which may be a lie: the newest names that are not of the future are believed to be there, what the list names
 * no more is forgotten, and what the records know to be ours is looked for in all of it. Returns how many there were.
 */
export function adoptListed(
  place: BackupPlace,
  files: readonly RemoteFile[],
  { backups, now }: { readonly backups: Generations; readonly now: number },
): number {
  const ours = new Set(backups.all().flatMap(({ name, sha256 }) => (sha256 === '' ? [] : [name])));
  // Names go by their time: of a list of fifty thousand only the newest are looked at more closely.
  const newestFirst = files
    .map(({ name: file, bytes }) => ({ name: generationOf(file) ?? '', bytes }))
    .filter(({ name }) => name !== '')
    .sort((one, other) => (one.name < other.name ? 1 : -1));
  const known: ListedBackup[] = [];
  const others: ListedBackup[] = [];
  for (const { name, bytes } of newestFirst) {
    const list = ours.has(name) ? known : others;
    if (list === others && others.length === MOST_LISTED_ONLY) continue;
    const madeAt = madeAtOf(name);
    if (madeAt !== undefined && !isMadeAhead({ madeAt }, now)) list.push({ name, madeAt, bytes });
  }
  return backups.noteListed(place, [...known, ...others]);
}

/**
 * The same for the folder of this machine, with their SHA-256. A file younger than a day is left alone, because the job that
 * makes backups may not have noted it yet. Returns how many there were.
 */
export async function adoptLocal(
  localDir: string,
  { backups, now }: { readonly backups: Generations; readonly now: number },
): Promise<number> {
  let adopted = 0;
  for (const file of await filesOf(localDir)) {
    const name = generationOf(file);
    const known = name === undefined ? undefined : backups.find(name);
    if (name === undefined || known?.copies.some(({ place }) => place === LOCAL_PLACE)) continue;
    const path = join(localDir, file);
    const facts = await stat(path);
    const madeAt = madeAtOf(name);
    if (madeAt === undefined || isMadeAhead({ madeAt }, now) || facts.mtimeMs > now - SETTLED_MS) continue;
    const { sha256, bytes } = await sha256Of(createReadStream(path));
    if (known !== undefined && known.sha256 !== '' && known.sha256 !== sha256) continue;
    backups.adopt({ name, madeAt, bytes, sha256 });
    backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: now });
    if (known === undefined) adopted++;
  }
  return adopted;
}
