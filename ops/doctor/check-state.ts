import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { readKeyFile } from '../../core/keys/key-file.ts';
import { isWaiting } from '../../core/keys/unlock-over.ts';
import { peekState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { kinkeeper, startProcess, word } from '../fixes/commands.ts';
import { pathOnHost } from '../fixes/host-path.ts';
import { readDisk } from '../health/health-readings.ts';
import { THRESHOLDS } from '../health/health-watches.ts';
import { shortPath } from './check-settings.ts';
import { checkStores } from './check-stores.ts';
import { type Finding, fail, ok, sizeText, warn } from './finding.ts';
import type { Telling } from './telling.ts';

/** The least that OWASP's password storage cheat sheet recommends for argon2id (19 MiB). */
const LEAST_KDF_KIB = 19_456;

/** Folder, space, keys and processes of a state folder, without any passphrase. */
export async function checkState(stateDir: string, telling: Telling): Promise<Finding[]> {
  const { say } = telling;
  const facts = statSync(stateDir, { throwIfNoEntry: false });
  const name = shortPath(stateDir);
  if (facts === undefined) {
    return [warn('state folder', say('state.none', { folder: name }), say('state.none.fix'))];
  }
  if (!facts.isDirectory())
    return [fail('state folder', say('state.no-folder', { folder: name }), say('state.no-folder.fix'))];
  return [
    ...checkFolder(stateDir, facts.mode, telling),
    await checkSpace(stateDir, telling),
    checkKeys(stateDir, telling),
    ...(await checkStores(stateDir, telling)),
    await checkProcess(stateDir, 'bot', telling),
    await checkProcess(stateDir, 'ops', telling),
  ];
}

function checkFolder(stateDir: string, mode: number, { say, host }: Telling): Finding[] {
  const folder = shortPath(stateDir);
  const typed = word(pathOnHost(host, stateDir));
  try {
    accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const { uid, gid } = host.account;
    return [fail('state folder', say('state.not-ours', { folder }), `chown -R ${uid}:${gid} ${typed}`)];
  }
  return (mode & 0o077) === 0
    ? [ok('state folder', say('state.well', { folder }))]
    : [warn('state folder', say('state.open', { folder }), `chmod 700 ${typed}`)];
}

async function checkSpace(stateDir: string, telling: Telling): Promise<Finding> {
  const { diskFreeBytes, inodesFreeShare } = await readDisk(stateDir);
  const says = telling.say('disk.free', { size: sizeText(diskFreeBytes) });
  if (diskFreeBytes < THRESHOLDS.diskCritical.clearBytes)
    return fail('disk', says, roomFix(stateDir, THRESHOLDS.diskCritical.clearBytes - diskFreeBytes, telling));
  if (diskFreeBytes < THRESHOLDS.diskLow.leastBytes || (inodesFreeShare ?? 1) < THRESHOLDS.inodes.raiseShare) {
    return warn('disk', says, roomFix(stateDir, THRESHOLDS.diskLow.leastBytes - diskFreeBytes, telling));
  }
  return ok('disk', says);
}

/** Below zero it is the number of files that is short, not their size. */
function roomFix(stateDir: string, missingBytes: number, { say, host }: Telling): string {
  const size = missingBytes > 0 ? sizeText(missingBytes) : '';
  return say('disk.fix', { size, folder: word(pathOnHost(host, stateDir)) });
}

function checkKeys(stateDir: string, telling: Telling): Finding {
  const { say } = telling;
  try {
    const state = peekState(stateDir);
    if (state === 'empty' && !existsSync(join(stateDir, 'keys.json'))) {
      return warn('keys', say('keys.none'), say('keys.none.fix'));
    }
    const { kdf } = readKeyFile(join(stateDir, 'keys.json'));
    if (kdf.memoryKiB < LEAST_KDF_KIB) {
      return warn('keys', say('keys.weak'), say('keys.weak.fix'));
    }
    return ok('keys', say('keys.whole', { mebibytes: Math.round(kdf.memoryKiB / 1024), passes: kdf.passes }));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return fail('keys', thrown.message, giveBack(thrown, stateDir, telling) ?? thrown.hint ?? say('keys.fix'));
  }
}

async function checkProcess(stateDir: string, name: 'bot' | 'ops', telling: Telling): Promise<Finding> {
  const { say, host } = telling;
  try {
    if (!lockIsHeld(join(stateDir, `${name}.lock`)))
      return warn(name, say('process.off', { name }), startProcess(host, name));
    return (await isWaiting(join(stateDir, `${name}.sock`)))
      ? warn(name, say('process.sealed', { name }), kinkeeper(host, 'unlock'))
      : ok(name, say('process.runs', { name }));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const fix = giveBack(thrown, stateDir, telling) ?? thrown.hint ?? say('process.fix');
    return fail(name, say('process.untold', { name, why: thrown.message }), fix);
  }
}

/** What mends a state folder, or a file in it, that this account may not read; undefined: that is not what is wrong. */
function giveBack({ reason }: AppError, stateDir: string, { host }: Telling): string | undefined {
  const { uid, gid } = host.account;
  return reason === 'state-dir' ? `chown -R ${uid}:${gid} ${word(pathOnHost(host, stateDir))}` : undefined;
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
