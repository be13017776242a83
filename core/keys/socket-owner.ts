import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../errors.ts';

const OTHERS_WRITE = 0o022;

/**
 * Node cannot ask who is at the other end of a socket (SO_PEERCRED), so both sides rest on what the kernel checks when a
 * socket is opened: its mode and its folder's. Throws AppError `forbidden` (reason `socket-folder`) unless the folder belongs to
 * this account (or root) and nobody else can put something else in the socket's place.
 */
export function checkSocketFolder(socketPath: string): void {
  const folder = dirname(socketPath);
  const facts = lstatSync(folder, { throwIfNoEntry: false });
  if (facts === undefined || (isOurs(facts.uid) && (facts.mode & OTHERS_WRITE) === 0)) return;
  throw new AppError('forbidden', `other accounts can write to ${folder}, where the passphrase is handed over`, {
    reason: 'socket-folder',
    hint: `Give it to the account that runs Kinkeeper and close it: chmod 700 ${folder}`,
    facts: { folder },
  });
}

/**
 * The same for who is about to say the passphrase: nothing is said to a socket of another account, or to one that others
 * can open. Root may speak to the socket of the folder's owner. A path where nothing lies is left to the opening itself.
 */
export function checkSocketOwner(socketPath: string): void {
  const folder = lstatSync(dirname(socketPath), { throwIfNoEntry: false });
  const socket = lstatSync(socketPath, { throwIfNoEntry: false });
  if (folder === undefined || socket === undefined) return;
  const isTrusted = isOurs(socket.uid) || (process.geteuid!() === 0 && socket.uid === folder.uid);
  const isClosed = (socket.mode & 0o077) === 0 && (folder.mode & OTHERS_WRITE) === 0;
  if (socket.isSocket() && isTrusted && isClosed) return;
  throw new AppError('forbidden', `${socketPath} is not Kinkeeper's own socket, or is open to others`, {
    reason: 'socket-forbidden',
    hint: 'The passphrase was not sent. Run this command as the account that runs Kinkeeper, and look who made that file.',
  });
}

function isOurs(uid: number): boolean {
  return uid === process.geteuid!() || uid === 0;
}
