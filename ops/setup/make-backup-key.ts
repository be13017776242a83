import { existsSync, readFileSync } from 'node:fs';
import { step } from '../../core/step.ts';
import { readRecipients } from '../backup/archive/recipients.ts';
import { makeBackupKey as makeKey } from '../backup/make-key.ts';
import type { ActParts } from './do-acts.ts';
import { randomSecret } from './make-secret.ts';
import { placeFile } from './place.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/**
 * Makes the key of backups and shows its private half once, before the public one counts: cut off between the two, the next run makes
 * another. Keys that are there stay. False when nobody kept it.
 */
export async function makeBackupKey({ answers, plan, say, confirm, clock }: ActParts): Promise<boolean> {
  const { language, backupKey, data } = answers;
  const file = `${data}/config/backup-recipients.asc`;
  if (existsSync(file) && (await readRecipients(file, clock())).length > 0) return true;
  const { owner } = plan.files.find(({ path }) => path === plan.settingsFile)!;
  const keep = (content: string) => placeFile({ path: file, mode: 0o644, owner, content });
  if (backupKey !== 'make') {
    // What seals nothing (a private key, a key that has ended) is refused before the settings name it.
    await readRecipients(backupKey, clock());
    keep(readFileSync(backupKey, 'utf8'));
    return true;
  }
  const passphrase = randomSecret(24);
  const { publicKey, privateKey } = await makeKey(passphrase);
  say(`\n${sayAtSetup(language, 'backup.key', { privateKey, passphrase })}`);
  step('setup-backup-key-shown');
  if (!(await confirm(sayAtSetup(language, 'backup.kept')))) return false;
  keep(publicKey);
  return true;
}
