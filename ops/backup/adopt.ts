import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupPlace,
  type Generations,
  generationOf,
  LOCAL_PLACE,
  madeAtOf,
} from '../../core/backup/generation.ts';
import { filesOf } from './prune.ts';
import type { Remote, RemoteFile } from './remote.ts';
import { sha256Of } from './remotes/sha256-of.ts';

/** A file that is still being written has no record yet either. */
const SETTLED_MS = 86_400_000;
/** A name that claims to be newer than now by more than this is no backup of this household's clock. */
const MOST_AHEAD_MS = 3_600_000;

/**
 * Takes archives at a place into the records that do not know them: after control.db was lost, or came from an earlier
 * time. Of one that lies elsewhere alone only name and size are known; its SHA-256 is '' until it is read once. Called with
 * every list that a remote gives. Returns how many there were.
 */
export function adoptListed(
  place: BackupPlace,
  files: readonly RemoteFile[],
  { backups, now }: { readonly backups: Generations; readonly now: number },
): number {
  let adopted = 0;
  for (const { name: file, bytes } of files) {
    const name = generationOf(file);
    const madeAt = name === undefined ? undefined : madeAtOf(name);
    if (name === undefined || madeAt === undefined || madeAt > now + MOST_AHEAD_MS) continue;
    const known = backups.find(name);
    if (known?.copies.some((copy) => copy.place === place)) continue;
    // The size tells a whole archive from something else under its name.
    if (known !== undefined && known.bytes !== bytes) continue;
    if (known === undefined) {
      backups.adopt({ name, madeAt, bytes, sha256: '' });
      adopted++;
    }
    backups.noteCopy(name, { place, verifiedAt: 0 });
  }
  return adopted;
}

/**
 * The same for the folder of this machine, with their SHA-256. A file younger than `settledMs` (a day) is left alone, because
 * the job that makes backups may not have noted it yet; a restore, during which nothing is made, gives 0.
 */
export async function adoptLocal(
  localDir: string,
  options: { readonly backups: Generations; readonly now: number; readonly settledMs?: number },
): Promise<number> {
  const { backups, now, settledMs = SETTLED_MS } = options;
  let adopted = 0;
  for (const file of await filesOf(localDir)) {
    const name = generationOf(file);
    const known = name === undefined ? undefined : backups.find(name);
    if (name === undefined || known?.copies.some(({ place }) => place === LOCAL_PLACE)) continue;
    const path = join(localDir, file);
    const facts = await stat(path);
    const madeAt = madeAtOf(name);
    if (madeAt === undefined || madeAt > now + MOST_AHEAD_MS || facts.mtimeMs > now - settledMs) continue;
    const { sha256, bytes } = await sha256Of(createReadStream(path));
    if (known !== undefined && known.sha256 !== '' && known.sha256 !== sha256) continue;
    backups.adopt({ name, madeAt, bytes, sha256 });
    backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: now });
    if (known === undefined) adopted++;
  }
  return adopted;
}

/** Both, for a restore that begins with empty records. Remotes that cannot be reached are passed over and counted. */
export async function adoptAll(
  remotes: readonly Remote[],
  options: {
    readonly backups: Generations;
    readonly localDir: string;
    readonly now: number;
    readonly signal: AbortSignal;
  },
): Promise<{ adopted: number; unreachable: number }> {
  let [adopted, unreachable] = [await adoptLocal(options.localDir, { ...options, settledMs: 0 }), 0];
  for (const remote of remotes) {
    try {
      adopted += adoptListed(remote.name, await remote.list(options.signal), options);
    } catch {
      options.signal.throwIfAborted();
      unreachable++;
    }
  }
  return { adopted, unreachable };
}
