import { connect, type Socket } from 'node:net';
import { AppError } from '../errors.ts';
import { MOST_LINE_BYTES, nextLine } from './socket-line.ts';
import { checkSocketOwner } from './socket-owner.ts';
import type { AtShell } from './unlock-record.ts';
import { type UnlockReply, unlockReply } from './unlock-socket.ts';

/** Stretching the passphrase takes a second or two; a process that says nothing for so long is stuck. */
const ANSWER_MS = 60_000;

/** What came of a try: the process's answer, or `not-sealed` when nobody listens (not running, or unlocked already). */
export type UnlockAnswer = UnlockReply | { readonly status: 'not-sealed' };

/** Whether a process waits there for its passphrase. For doctor; costs no try. Throws as `unlockOver` does. */
export async function isWaiting(socketPath: string): Promise<boolean> {
  const socket = await open(socketPath);
  socket?.destroy();
  return socket !== undefined;
}

/**
 * Sends a passphrase to a process that started sealed, and who gives it, for `kinkeeper unlock`. Throws AppError `forbidden` (reason `socket-forbidden`) when the socket is another account's or open to others: nothing was said then; and
 * `unavailable` (reason `unlock-unanswered`) when the process does not answer.
 */
export async function unlockOver(socketPath: string, passphrase: string, who?: AtShell): Promise<UnlockAnswer> {
  const socket = await open(socketPath);
  if (socket === undefined) return { status: 'not-sealed' };
  socket.setTimeout(ANSWER_MS, () => socket.destroy());
  try {
    socket.write(`${JSON.stringify({ passphrase, who })}\n`);
    return readReply(await nextLine(socket, MOST_LINE_BYTES));
  } finally {
    socket.destroy();
  }
}

function readReply(line: string | undefined): UnlockReply {
  try {
    return unlockReply.parse(JSON.parse(line ?? ''));
  } catch (cause) {
    throw new AppError('unavailable', 'the process gave no answer to the passphrase', {
      reason: 'unlock-unanswered',
      hint: 'Look into its log and try again.',
      cause,
    });
  }
}

async function open(socketPath: string): Promise<Socket | undefined> {
  checkSocketOwner(socketPath);
  const socket = connect(socketPath);
  const connected = Promise.withResolvers<Socket | undefined>();
  socket.once('connect', () => connected.resolve(socket));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') connected.resolve(undefined);
    else connected.reject(notOpen(error));
  });
  return connected.promise;
}

function notOpen(error: NodeJS.ErrnoException): AppError {
  return new AppError('forbidden', `the unlock socket cannot be opened (${error.code})`, {
    reason: 'socket-forbidden',
    hint: 'Run this command as the account that runs Kinkeeper.',
    cause: error,
  });
}
