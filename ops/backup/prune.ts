import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  archiveName,
  type BackupPlace,
  type Generation,
  type Generations,
  generationOf,
  isVerifiedAt,
  LOCAL_PLACE,
} from '../../core/backup/generation.ts';
import { decideWithListed } from '../../core/backup/keep-listed.ts';
import type { KeepDecision, KeepRule } from '../../core/backup/keep-policy.ts';
import { step } from '../../core/step.ts';
import { isScratch } from './scratch.ts';

/** What decides about removing. `zone` is an IANA name; undefined: the machine's. */
export interface PruneRule {
  readonly rule: KeepRule;
  readonly zone?: string | undefined;
  readonly now: number;
  /** Names of generations that stay for now, whatever the rule says. */
  readonly spared?: ReadonlySet<string>;
}

/** Temporary files of backups that are older than this belong to nobody any more. */
const STALE_MS = 86_400_000;
/** What is written here before it has its name: by the making, sending and reading of archives. */
const TEMPORARY = /^\.?kin-\d{8}T\d{6}Z-[0-9a-f]{6}\..*\.?(part|tmp)$|^\.kin-read-/;

/** What the rule says about the copies that the records know at one place. Used by the job that sends, and by pruning. */
export function decideAt(backups: Pick<Generations, 'all'>, place: BackupPlace, prune: PruneRule): KeepDecision {
  const there = copiesAt(backups, place);
  const [verified, listed] = [true, false].map((is) => there.filter((one) => isVerifiedAt(one, place) === is));
  return decideWithListed({ verified: verified!, listed: listed! }, prune.rule, prune);
}

/** The generations that have a copy at a place, newest first. */
export function copiesAt(backups: Pick<Generations, 'all'>, place: BackupPlace): Generation[] {
  return backups.all().filter(({ copies }) => copies.some((copy) => copy.place === place));
}

/**
 * Removes at one place what the rule lets go of: first the archive, then its record, so that a kill between the two is made
 * good by the next run, for which an archive that is gone already counts as removed. `remove` gets the name of a file and
 * says whether it may remove there at all. Returns how many went; 0 when the clock cannot be right.
 */
export async function pruneAt(
  place: BackupPlace,
  remove: (file: string) => Promise<boolean>,
  { backups, ...prune }: PruneRule & { readonly backups: Generations },
): Promise<number> {
  const decided = decideAt(backups, place, prune);
  let removed = 0;
  for (const name of 'go' in decided ? decided.go : []) {
    if (prune.spared?.has(name)) continue;
    if (!(await remove(archiveName(name)))) return removed;
    step('backup-removed');
    backups.dropCopy(name, place);
    removed++;
  }
  return removed;
}

/** Prunes the folder of this machine, and its temporary files that are a day old. Files that are none of ours stay. */
export async function pruneLocal(
  localDir: string,
  prune: PruneRule & { readonly backups: Generations },
): Promise<number> {
  const remove = async (file: string) => {
    await rm(join(localDir, file), { force: true });
    return true;
  };
  const removed = await pruneAt(LOCAL_PLACE, remove, prune);
  for (const file of await filesOf(localDir)) {
    if (!(TEMPORARY.test(file) || isScratch(file)) || generationOf(file) !== undefined) continue;
    const path = join(localDir, file);
    const touched = (await lstat(path).catch(() => undefined))?.mtimeMs ?? prune.now;
    if (touched < prune.now - STALE_MS) await rm(path, { recursive: true, force: true });
  }
  return removed;
}

/** Names in a folder; none when it was not made yet. */
export async function filesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}
