import {
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { syncFolder } from '../../core/keys/durable-write.ts';
import { step } from '../../core/step.ts';

/** What is moved when everything is ready: in this order, so that what makes a thing look whole comes last. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** What may lie in a folder that counts as empty: a disk's own, and what restores leave. */
const NOTHING = /^(lost\+found|\.restoring.*)$/;

/** Throws AppError `conflict` (reason `restore-target`) when something is there already: a restore never writes over anything. */
export function expectNothing(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined || (there.isDirectory() && readdirSync(path).every((name) => NOTHING.test(name)))) return;
  throw new AppError('conflict', `there is something at ${path} already, and a restore writes over nothing`, {
    reason: 'restore-target',
    hint: `If it is to go, move it aside first: mv ${path} ${path}.before (keep it: newer lists of what was erased are in it). Nothing was changed.`,
    facts: { path },
  });
}

/** The moves of a folder that is whole: at once where it is not there yet, else piece by piece, `last` last. */
export function movesOf(staged: string, target: string, last: string): Move[] {
  if (existsSync(staged) && !existsSync(target)) return [{ from: staged, to: target }];
  const names = (existsSync(staged) ? readdirSync(staged) : []).toSorted((a, b) =>
    a === last ? 1 : b === last ? -1 : a < b ? -1 : 1,
  );
  return names.map((name) => ({ from: join(staged, name), to: join(target, name) }));
}

/**
 * Throws AppError `conflict` (reason `restore-target`) when something that is none of ours has come to where one of these is to go, such as
 * a fresh household that a bot made meanwhile.
 */
export function expectFree(moves: readonly Move[]): void {
  const inTheWay = moves.filter((move) => existsSync(move.from) && isThere(move.to) && !wasCopied(move.from, move.to));
  if (inTheWay.length === 0) return;
  const path = inTheWay.map(({ to }) => to).join(', ');
  throw new AppError('conflict', `something has come to ${path} since, and a restore writes over nothing`, {
    reason: 'restore-target',
    hint: 'Stop what made it (a bot, a homeserver), move aside what it made there (with its -wal and -shm), and run the same `kinkeeper restore` once more: it goes on where it was.',
    facts: { path },
  });
}

/**
 * Carries moves out, and goes on where an earlier try ended: what is not there to be moved was moved. Throws what `expectFree` throws,
 * before anything is moved.
 */
export function carryOut(moves: readonly Move[]): void {
  expectFree(moves);
  for (const { from, to } of moves) {
    if (!existsSync(from)) continue;
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    // What came since the look before all of them.
    expectFree([{ from, to }]);
    if (isEmptyFolder(to)) rmdirSync(to);
    if (isThere(to)) rmSync(from, { recursive: true, force: true });
    else moveOne(from, to);
    syncFolder(dirname(to));
    step('restore-moved');
  }
}

/** Gives everything below `folder` to whoever owns `place` (or the nearest folder above it that is there). Only root can, and has to. */
export function giveToOwnerOf(place: string, folder: string): void {
  if (process.getuid?.() !== 0 || !existsSync(folder)) return;
  const { uid, gid } = statSync(nearest(place));
  lchownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    lchownSync(join(entry.parentPath, entry.name), uid, gid);
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}

/** An empty folder is nothing. */
function isThere(path: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there !== undefined && !isEmptyFolder(path);
}

function isEmptyFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length === 0;
}

/** Whether `to` holds all that `from` (still) has: a copy onto another disk that was whole, cut off while its source was removed. */
function wasCopied(from: string, to: string): boolean {
  const source = lstatSync(from);
  const copy = lstatSync(to, { throwIfNoEntry: false });
  if (source.isDirectory())
    return (
      copy?.isDirectory() === true && readdirSync(from).every((name) => wasCopied(join(from, name), join(to, name)))
    );
  return copy?.isFile() === true && copy.size === source.size && haveSameBytes(from, to);
}

function haveSameBytes(one: string, other: string): boolean {
  const files = [openSync(one, 'r'), openSync(other, 'r')];
  const [left, right] = files.map(() => Buffer.alloc(1024 ** 2)) as [Buffer, Buffer];
  try {
    for (;;) {
      const [read, readThere] = [readSync(files[0]!, left), readSync(files[1]!, right)];
      if (read !== readThere || !left.subarray(0, read).equals(right.subarray(0, read))) return false;
      if (read === 0) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

function moveOne(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EXDEV') throw thrown;
    // Another disk: under another name first, so that a kill leaves nothing that looks whole.
    const unfinished = `${to}.restoring`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(from, unfinished, { recursive: true, preserveTimestamps: true });
    settle(from, unfinished);
    renameSync(unfinished, to);
    syncFolder(dirname(to));
    rmSync(from, { recursive: true, force: true });
  }
}

/** A copy belongs to whom its source belongs to, and has reached the disk: its source is removed next. */
function settle(source: string, copy: string): void {
  const { uid, gid } = lstatSync(source);
  if (process.getuid?.() === 0) lchownSync(copy, uid, gid);
  if (lstatSync(copy).isDirectory()) for (const name of readdirSync(copy)) settle(join(source, name), join(copy, name));
  const file = openSync(copy, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
