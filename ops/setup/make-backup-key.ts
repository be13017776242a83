import { existsSync, readFileSync } from 'node:fs';
import { step } from '../../core/step.ts';
import { idOf, readRecipients } from '../backup/archive/recipients.ts';
import { makeBackupKey as makeKey } from '../backup/make-key.ts';
import type { ActParts } from './do-acts.ts';
import { randomSecret } from './make-secret.ts';
import { contentNow, placeFile } from './place.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** What it works with. */
export type BackupKeyParts = Pick<ActParts, 'answers' | 'plan' | 'progress' | 'say' | 'confirm' | 'clock'>;

/**
 * Backups are sealed to the keys that the answers name, and to no other any more; or to a key that is made here. Its private half is shown
 * once, before the public one counts: cut off between the two, the next run makes another. A key that was made stays, unless the answers
 * named keys of somebody's own in between. False when nobody kept it. Throws AppError `invalid` where what is named seals nothing.
 */
export async function makeBackupKey(parts: BackupKeyParts): Promise<boolean> {
  const { answers, plan, say, confirm, clock } = parts;
  const { language, backupKey, data } = answers;
  const file = `${data}/config/backup-recipients.asc`;
  const { owner } = plan.files.find(({ path }) => path === plan.settingsFile)!;
  const keep = (content: string) => placeFile({ path: file, mode: 0o644, owner, content });
  if (backupKey !== 'make') {
    // What seals nothing (a private key, a key that has ended) is refused before the settings name it.
    await readRecipients(backupKey, clock());
    const named = readFileSync(backupKey, 'utf8');
    if (contentNow(file) !== named) keep(named);
    return true;
  }
  if (existsSync(file) && !(await isOfBefore(file, parts))) return true;
  const passphrase = randomSecret(24);
  const { publicKey, privateKey } = await makeKey(passphrase);
  say(`\n${sayAtSetup(language, 'backup.key', { privateKey, passphrase })}`);
  step('setup-backup-key-shown');
  if (!(await confirm(sayAtSetup(language, 'backup.kept')))) {
    say(sayAtSetup(language, 'backup.not-kept'));
    return false;
  }
  keep(publicKey);
  return true;
}

/** Whether the keys in use are those of a file that the answers of last time named. Where that cannot be told they are taken for it. */
async function isOfBefore(file: string, { progress, clock }: BackupKeyParts): Promise<boolean> {
  const before = progress.now.done['backup-key'] ?? 'make';
  const there = await idsIn(file, clock());
  if (before === 'make') return false;
  const named = await idsIn(before, clock()).catch(() => there);
  return there === named;
}

async function idsIn(file: string, now: number): Promise<string> {
  const keys = await readRecipients(file, now);
  return keys.map(idOf).sort().join(' ');
}
