import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { readKeyFile } from '../../core/keys/key-file.ts';
import { isWaiting } from '../../core/keys/unlock-over.ts';
import { peekState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { readDisk } from '../health/health-readings.ts';
import { THRESHOLDS } from '../health/health-watches.ts';
import { shortPath } from './check-settings.ts';
import { type Finding, fail, ok, sizeText, warn } from './finding.ts';

/** The least that OWASP's password storage cheat sheet recommends for argon2id (19 MiB). */
const LEAST_KDF_KIB = 19_456;

/** Folder, space, keys and processes of a state folder, without any passphrase. */
export async function checkState(stateDir: string): Promise<Finding[]> {
  const facts = statSync(stateDir, { throwIfNoEntry: false });
  const name = shortPath(stateDir);
  if (facts === undefined) {
    return [
      warn('state folder', `${name} is not there yet`, 'The first start of the bot makes it; or correct stateDir.'),
    ];
  }
  if (!facts.isDirectory()) return [fail('state folder', `${name} is no folder`, 'Correct stateDir.')];
  return [
    ...checkFolder(stateDir, facts.mode),
    await checkSpace(stateDir),
    checkKeys(stateDir),
    await checkProcess(stateDir, 'bot'),
    await checkProcess(stateDir, 'ops'),
  ];
}

function checkFolder(stateDir: string, mode: number): Finding[] {
  const name = shortPath(stateDir);
  try {
    accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      fail(
        'state folder',
        `${name} cannot be written by this account`,
        `Give it to the account that runs Kinkeeper: chown -R ... ${name}`,
      ),
    ];
  }
  return (mode & 0o077) === 0
    ? [ok('state folder', `${name} is writable, and closed to others`)]
    : [warn('state folder', `${name} can be entered by other accounts`, `chmod 700 ${name}`)];
}

async function checkSpace(stateDir: string): Promise<Finding> {
  const { diskFreeBytes, inodesFreeShare } = await readDisk(stateDir);
  const says = `${sizeText(diskFreeBytes)} are free for the state folder`;
  if (diskFreeBytes < THRESHOLDS.diskCritical.clearBytes)
    return fail('disk', says, roomFix(stateDir, THRESHOLDS.diskCritical.clearBytes - diskFreeBytes));
  if (diskFreeBytes < THRESHOLDS.diskLow.leastBytes || (inodesFreeShare ?? 1) < THRESHOLDS.inodes.raiseShare) {
    return warn('disk', says, roomFix(stateDir, THRESHOLDS.diskLow.leastBytes - diskFreeBytes));
  }
  return ok('disk', says);
}

/** Below zero it is the number of files that is short, not their size. */
function roomFix(stateDir: string, missingBytes: number): string {
  const what = missingBytes > 0 ? `${sizeText(missingBytes)} more` : 'inodes (many small files)';
  return `Free ${what} on that volume: \`df -h ${shortPath(stateDir)}\` names it, \`du -xh / | sort -h | tail\` what is large.`;
}

function checkKeys(stateDir: string): Finding {
  try {
    const state = peekState(stateDir);
    if (state === 'empty' && !existsSync(join(stateDir, 'keys.json'))) {
      return warn(
        'keys',
        'there are no keys yet',
        'The first start of the bot makes them and shows the recovery code once.',
      );
    }
    const { kdf } = readKeyFile(join(stateDir, 'keys.json'));
    if (kdf.memoryKiB < LEAST_KDF_KIB) {
      return warn(
        'keys',
        'keys.json stretches the passphrase less than it should',
        'Set the passphrase anew in a fresh state folder.',
      );
    }
    return ok('keys', `keys.json is whole (argon2id, ${Math.round(kdf.memoryKiB / 1024)} MiB, ${kdf.passes} passes)`);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return fail('keys', thrown.message, thrown.hint ?? 'Put back keys.json from a backup.');
  }
}

async function checkProcess(stateDir: string, name: 'bot' | 'ops'): Promise<Finding> {
  try {
    if (!lockIsHeld(join(stateDir, `${name}.lock`))) return warn(name, `${name} is not running`, `npm run ${name}`);
    return (await isWaiting(join(stateDir, `${name}.sock`)))
      ? warn(name, `${name} is running, but sealed: it waits for the passphrase`, 'kinkeeper unlock')
      : ok(name, `${name} is running`);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return fail(
      name,
      `it cannot be told whether ${name} is running: ${thrown.message}`,
      thrown.hint ?? 'Mend that first.',
    );
  }
}

/** Asks for the lock and gives it back at once. A lock file that is not there is not made. */
function lockIsHeld(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    holdLock(path)[Symbol.dispose]();
    return false;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.reason === 'already-running') return true;
    throw thrown;
  }
}
