import {
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
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

/** Carries moves out, and goes on where an earlier try ended: what is not there to be moved was moved. */
export function carryOut(moves: readonly Move[]): void {
  for (const { from, to } of moves) {
    if (!existsSync(from)) continue;
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    if (statSync(to, { throwIfNoEntry: false })?.isDirectory() && readdirSync(to).length === 0) rmdirSync(to);
    moveOne(from, to);
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

function moveOne(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EXDEV') throw thrown;
    // Another disk: under another name first, so that a kill leaves nothing that looks whole.
    const unfinished = `${to}.restoring`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(from, unfinished, { recursive: true, preserveTimestamps: true });
    renameSync(unfinished, to);
    rmSync(from, { recursive: true, force: true });
  }
}
