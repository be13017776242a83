import { access, constants } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import type { LeftOut } from '../backup/archive/manifest.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import { unreadable } from '../backup/folder-files.ts';
import { homeserverFolders } from '../backup/homeserver/homeserver-part.ts';
import { settingsFiles } from '../backup/write-generation.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/**
 * Whether this account can read everything that the next backup takes along, asked of the same hands that make it. No content is read.
 * Nothing where no backups are set up.
 */
export async function checkBackup(plan: BackupPlan | undefined): Promise<Finding[]> {
  if (plan === undefined) return [];
  const leftOut: LeftOut[] = [];
  try {
    let files = 0;
    for await (const _file of settingsFiles(plan)) files++;
    if (plan.homeserver.kind === 'sqlite') await expectReadable(plan.homeserver.database);
    for await (const _file of homeserverFolders(plan.homeserver, (one) => void leftOut.push(one))) files++;
    if (leftOut.length === 0)
      return [ok('backup', `this account can read all ${files} files that a backup takes along`)];
    const names = leftOut.slice(0, 3).map(({ name, why }) => `${name} (${why})`);
    const more = leftOut.length > names.length ? `, and ${leftOut.length - names.length} more` : '';
    return [
      warn(
        'backup',
        `a backup would be made without ${names.join(', ')}${more}`,
        'Correct homeserver.folder and homeserver.media where they are mistyped; put files where links stand.',
      ),
    ];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return [fail('backup', thrown.message, thrown.hint ?? 'Let the account that runs ops read it.')];
  }
}

async function expectReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((thrown) => {
    throw unreadable(path, String(thrown.code), thrown);
  });
}
