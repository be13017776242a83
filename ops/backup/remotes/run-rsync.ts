import { execa } from 'execa';
import { backupDamaged } from '../archive/manifest.ts';
import { tooLong } from './list-limit.ts';
import { remoteFault } from './remote-fault.ts';
import { missingProgram, SILENT_SECONDS, SSH_ENVIRONMENT, type SshOptions, sshArguments, sshFault } from './ssh.ts';

/** One call of rsync. `onProgress` gets the bytes of the file that are there. */
export interface RsyncCall {
  readonly signal: AbortSignal;
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** No file of this machine may become larger (bytes), whatever the far side sends; kept by the kernel. */
  readonly mostBytes?: number | undefined;
}

/** What `ulimit -f` counts in (POSIX). */
const BLOCK_BYTES = 512;
/** Sets the limit and becomes the program: the first word is the limit, the others the command line. */
const LIMITED = 'ulimit -f "$1" && shift && exec "$@"';
/** What it may write (characters), whatever the far side lists. */
const MOST_SAID = 16 * 1024 * 1024;
/** What a shell says where there is no such program. */
const NO_PROGRAM = 127;

/** rsync ended with an error; the fault is what to throw unless the caller knows better from the words that it wrote. */
export class RsyncFailure extends Error {
  readonly exit: number;
  readonly said: string;
  readonly fault: Error;

  constructor(exit: number, said: string, fault: Error) {
    super('rsync failed');
    this.name = 'RsyncFailure';
    this.exit = exit;
    this.said = said;
    this.fault = fault;
  }
}

/**
 * Runs the host's rsync over the host's ssh; no shell reads what it is given. Returns its lines; throws RsyncFailure, AppError for what says too
 * much or is missing, or why it was aborted.
 */
export async function runRsync(
  ssh: SshOptions,
  args: readonly string[],
  { signal, onProgress, mostBytes }: RsyncCall,
): Promise<string[]> {
  const words = ['ssh', ...sshArguments(ssh)].map((word) => `'${word}'`);
  const whole = [`--rsh=${words.join(' ')}`, `--timeout=${ssh.silentSeconds ?? SILENT_SECONDS}`, '--no-h', ...args];
  const limit = mostBytes === undefined ? 'unlimited' : String(Math.ceil(mostBytes / BLOCK_BYTES));
  const running = execa('sh', ['-c', LIMITED, 'sh', limit, 'rsync', ...whole], {
    ...{ stdin: 'ignore', reject: false, env: SSH_ENVIRONMENT, cancelSignal: signal, forceKillAfterDelay: 3000 },
    maxBuffer: MOST_SAID,
  });
  if (onProgress) running.stdout.on('data', (text) => tellProgress(String(text), onProgress));
  const { exitCode, stdout, stderr, isMaxBuffer } = await running;
  signal.throwIfAborted();
  if (isMaxBuffer) throw tooLong(ssh.name, 'lists more files than any folder of backups has');
  if (exitCode === 0) return stdout.split(/[\r\n]+/);
  if (exitCode === NO_PROGRAM && /not found/.test(stderr) && !/remote/.test(stderr))
    throw missingProgram(ssh.name, 'rsync');
  if (mostBytes !== undefined && /file too large/i.test(stderr))
    throw backupDamaged(`what ${ssh.name} gives is larger than it was, or than its list said`);
  throw new RsyncFailure(exitCode ?? -1, stderr, faultOf(ssh.name, exitCode ?? -1, stderr));
}

/** `--info=progress2` writes "  32,768  12%  1.2MB/s …" over and over. */
function tellProgress(text: string, tell: (bytes: number) => void): void {
  const bytes = [...text.matchAll(/(\d[\d,]*) +\d+%/g)].at(-1)?.[1];
  if (bytes !== undefined) tell(Number(bytes.replaceAll(',', '')));
}

function faultOf(name: string, exit: number, said: string): Error {
  if (/rrsync/.test(said))
    return remoteFault('refused', name, 'does not allow that with our key', 'See its line in authorized_keys.');
  if (exit === 255) return sshFault(name, said);
  if (/permission denied \(13\)|operation not permitted|read-only file system/i.test(said)) {
    return remoteFault('refused', name, 'does not let us write there');
  }
  if (/no such file or directory/i.test(said)) {
    return remoteFault('no-folder', name, 'has no such folder', 'Make the folder of its target there.');
  }
  if (/command not found|remote command not found/i.test(said)) {
    return remoteFault('program', name, 'has no rsync', 'Install rsync there, or use kind: sftp.');
  }
  return sshFault(name, said);
}
