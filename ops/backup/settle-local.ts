import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName, type Generations, generationOf, LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { Clock } from '../../core/clock.ts';

/**
 * Brings the records of backups in line with the files of the local folder, after a kill or somebody's hand: a file that lies under its own
 * name was verified before it got it, so it is a copy; a copy whose file is gone is none. Files without a record (of another household, or from after a
 * state that was restored) stay as they are. Called by `makeBackup` before it begins.
 */
export function settleLocal(localDir: string, { backups, clock }: { backups: Generations; clock: Clock }): void {
  const there = new Set(readdirSync(localDir).flatMap((file) => generationOf(file) ?? []));
  for (const name of there) {
    const record = backups.find(name);
    if (record === undefined || record.copies.some(({ place }) => place === LOCAL_PLACE)) continue;
    const { size } = statSync(join(localDir, archiveName(name)));
    if (size === record.bytes) backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: clock() });
  }
  for (const { name, copies } of backups.all())
    if (copies.some(({ place }) => place === LOCAL_PLACE) && !there.has(name)) backups.dropCopy(name, LOCAL_PLACE);
}
