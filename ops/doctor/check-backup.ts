import { access, constants } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import type { LeftOut } from '../backup/archive/manifest.ts';
import { readRecipients } from '../backup/archive/recipients.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import { unreadable } from '../backup/folder-files.ts';
import { homeserverFolders } from '../backup/homeserver/homeserver-part.ts';
import { settingsFiles } from '../backup/write-generation.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

/**
 * Whether this account can read everything that the next backup takes along, asked of the same hands that make it, and has keys to seal it to.
 * Of papers no content is read.
 * Nothing where no backups are set up.
 */
export async function checkBackup(plan: BackupPlan | undefined, { say }: Telling): Promise<Finding[]> {
  if (plan === undefined) return [];
  const leftOut: LeftOut[] = [];
  try {
    await readRecipients(plan.recipientsFile, Date.now());
    let files = 0;
    for await (const _file of settingsFiles(plan)) files++;
    if (plan.homeserver.kind === 'sqlite') await expectReadable(plan.homeserver.database);
    for await (const _file of homeserverFolders(plan.homeserver, (one) => void leftOut.push(one))) files++;
    if (leftOut.length === 0) return [ok('backup', say('backup.readable', { files }))];
    const names = leftOut.slice(0, 3).map(({ name, why }) => `${name} (${why})`);
    const without = { names: names.join(', '), more: leftOut.length - names.length };
    return [warn('backup', say('backup.without', without), say('backup.without.fix'))];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return [fail('backup', thrown.message, thrown.hint ?? say('backup.fix'))];
  }
}

async function expectReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((thrown) => {
    throw unreadable(path, String(thrown.code), thrown);
  });
}
