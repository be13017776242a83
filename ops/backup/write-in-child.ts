import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import type { BackupProgress } from './backup-plan.ts';
import type { BackupOrder, BackupReply, SentFailure } from './child-messages.ts';
import type { WrittenGeneration } from './write-generation.ts';

const CHILD = fileURLToPath(new URL('./backup-child.ts', import.meta.url));
/** Has a generation written by a process of its own, and ends it when the signal aborts. Throws what `writeGeneration` threw there, or the signal's reason. */
export async function writeInChild(
  order: BackupOrder,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: BackupProgress) => void },
): Promise<WrittenGeneration> {
  signal.throwIfAborted();
  const child = fork(CHILD, [], {
    // Pieces of the archive come and go by the thousand: a young generation that is swept often keeps few of them.
    execArgv: [...process.execArgv, '--max-semi-space-size=1'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  const end = () => child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  let result: WrittenGeneration | undefined;
  let failure: SentFailure | undefined;
  child.on('message', (reply: BackupReply) => {
    if ('progress' in reply) onProgress(reply.progress);
    else if ('written' in reply) result = reply.written;
    else failure = reply.failed;
  });
  // Its end may be seen before its last words are: they are all there once the line to it is closed.
  const gone = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  child.send(order, () => undefined);
  try {
    const [[code, killedBy]] = await gone;
    signal.throwIfAborted();
    if (result !== undefined) return result;
    throw failure
      ? thrownThere(failure)
      : new AppError('internal', `the backup's process ended early (${killedBy ?? code})`);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function thrownThere({ code, message, reason, hint, facts }: SentFailure): unknown {
  if (reason === undefined && hint === undefined) return Object.assign(new Error(message), { code });
  return new AppError(code as ErrorCode, message, {
    ...(reason !== undefined && { reason }),
    ...(hint !== undefined && { hint }),
    ...(facts && { facts }),
  });
}
