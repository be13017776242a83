import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName, type Generations, generationOf, LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { Clock } from '../../core/clock.ts';

/**
 * Brings the records of backups in line with the files of the local folder, after a kill: a file that lies under its own
 * name was verified before it got it, so it is a copy. A record whose file is gone stays for the job that sends, which tells the admins. Files without a record (of another household, or from after a
 * state that was restored) stay as they are. Called by `makeBackup` before it begins.
 */
export function settleLocal(localDir: string, { backups, clock }: { backups: Generations; clock: Clock }): void {
  for (const name of readdirSync(localDir).flatMap((file) => generationOf(file) ?? [])) {
    const record = backups.find(name);
    if (record === undefined || record.copies.some(({ place }) => place === LOCAL_PLACE)) continue;
    const { size } = statSync(join(localDir, archiveName(name)));
    if (size === record.bytes) backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: clock() });
  }
}
