import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { AppError } from '../core/errors.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';
import { keepIdentityKeys } from './matrix/identity-keys.ts';
import { openSecrets } from './matrix/secret-storage.ts';

const FILE = 'recovery-key';

/**
 * Takes the bot's recovery key from a file that an admin has put into the state folder because bot.db was lost without a backup, or holds the
 * keys of an older identity: fetches the keys of the identity of now from its secret storage, keeps them in bot.db, and removes the file. Does nothing without a file.
 * Called by the entry file before the crypto store is opened. Throws AppError `invalid` (`recovery-key-typo`), `forbidden`
 * (`recovery-key-wrong`), `not-found` (`secret-storage-empty`); then the file stays.
 */
export async function takeRecoveryKey(
  stateDir: string,
  { db, homeserver, session }: { db: Database; homeserver: Homeserver; session: Session },
): Promise<void> {
  const path = join(stateDir, FILE);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return;
  if ((found.mode & 0o077) !== 0) {
    throw new AppError('invalid', `${path} may be read by others`, {
      reason: 'recovery-key-mode',
      hint: `chmod 600 ${path}, and start again.`,
    });
  }
  // Also over kept keys: those may be of an identity that was reset since, and whoever wrote the file wants this one.
  keepIdentityKeys(db, await openSecrets(homeserver, session.userId, readFileSync(path, 'utf8').trim()));
  rmSync(path);
}
