import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  archiveName,
  type Generation,
  type Generations,
  isVerifiedAt,
  LOCAL_PLACE,
} from '../../core/backup/generation.ts';
import { missing } from './missing.ts';
import { copiesAt } from './prune.ts';

/**
 * The generations whose archive really lies in the folder of this machine, newest first, those whose archive is gone,
 * and those whose archive has another size. Called by the job that sends, before it believes the records.
 */
export async function lookLocally(
  localDir: string,
  backups: Pick<Generations, 'all'>,
): Promise<{ there: Generation[]; gone: Generation[]; changed: Generation[] }> {
  const [there, gone, changed]: Generation[][] = [[], [], []];
  for (const one of copiesAt(backups, LOCAL_PLACE)) {
    // Read again, and found to be another file: nothing is sent of it.
    if (!isVerifiedAt(one, LOCAL_PLACE)) continue;
    const facts = await stat(join(localDir, archiveName(one.name))).catch(missing);
    (facts === undefined ? gone : facts.size === one.bytes ? there : changed)!.push(one);
  }
  return { there: there!, gone: gone!, changed: changed! };
}
