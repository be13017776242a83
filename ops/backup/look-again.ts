import { archiveName, type Generation, type Generations, isVerifiedAt } from '../../core/backup/generation.ts';
import { isMadeAhead } from '../../core/backup/made-ahead.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { copiesAt } from './prune.ts';
import type { Remote } from './remote.ts';
import { sha256Of } from './remotes/sha256-of.ts';

/** So many copies are read again at each remote in one run: all of twenty within ten nights. */
const LOOKS = 2;
const DAY_MS = 86_400_000;
/** What was read so lately needs no look. */
const FRESH_MS = 3 * DAY_MS;

/** What looking again needs. `onChanged` is told of each copy that is not what was sent there. */
export interface LookingAgain {
  readonly backups: Generations;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onChanged: (generation: Generation) => void;
}

/**
 * Reads some copies at a remote again, those first that were not looked at for longest: disks rot, and what was proven last month may be gone
 * when it is needed. One that changed no longer counts as verified, so that it is sent again where it can be; of those that could not be, one a day is
 * read once more, as a disk or a right to read may have been mended. Returns how many changed. Does
 * nothing where our key can only add. Throws what the remote throws. Called by the job that sends.
 */
export async function lookAgainAt(remote: Remote, looking: LookingAgain): Promise<number> {
  const { backups, clock } = looking;
  if (remote.isReadable === false) return 0;
  const due = copiesAt(backups, remote.name)
    .filter((one) => one.sha256 !== '' && isVerifiedAt(one, remote.name))
    .map((one) => ({ one, age: clock() - lookedAt(one, remote.name, clock()) }))
    .filter(({ age }) => age >= FRESH_MS)
    .toSorted((a, b) => b.age - a.age)
    .slice(0, LOOKS);
  let changed = 0;
  for (const { one } of due) if (!(await lookAt(remote, one, looking))) changed++;
  await believeAgain(remote, looking);
  return changed;
}

/** What is known to be damaged may also refuse to be read: that is no news of the remote. */
async function believeAgain(remote: Remote, { backups, clock, signal }: LookingAgain): Promise<void> {
  const doubted = copiesAt(backups, remote.name).filter(
    (one) => one.sha256 !== '' && !isVerifiedAt(one, remote.name) && one.provenAt !== null,
  );
  const one = doubted[Math.floor(clock() / DAY_MS) % doubted.length];
  if (one === undefined) return;
  const isWhole = await isAsMade(remote, one, signal).catch((thrown: unknown) => {
    signal.throwIfAborted();
    if (thrown instanceof AppError) return false;
    throw thrown;
  });
  if (isWhole) backups.noteCopy(one.name, { place: remote.name, verifiedAt: clock() });
}

/** Reads one copy again and notes what came of it. False when it is not what was sent there. Throws what the remote throws. */
export async function lookAt(
  remote: Pick<Remote, 'name' | 'read'>,
  one: Generation,
  { backups, clock, signal, onChanged }: LookingAgain,
): Promise<boolean> {
  const isWhole = await isAsMade(remote, one, signal);
  backups.noteCopy(one.name, { place: remote.name, verifiedAt: isWhole ? clock() : 0 });
  if (!isWhole) onChanged(one);
  return isWhole;
}

/**
 * Whether a remote gives what was made, byte for byte. False also where it refuses that one file, which must not keep others from being sent
 * there. Throws AppError `unavailable` where the remote cannot be reached, and the signal's reason.
 */
export async function isAsMade(remote: Pick<Remote, 'read'>, one: Generation, signal: AbortSignal): Promise<boolean> {
  try {
    const read = await sha256Of(await remote.read(archiveName(one.name), signal, one.bytes), one.bytes);
    return read.bytes === one.bytes && read.sha256 === one.sha256;
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof AppError && thrown.code !== 'unavailable') return false;
    throw thrown;
  }
}

/** When a copy was read last; long ago when that was noted by a clock that was ahead. */
function lookedAt({ copies }: Generation, place: string, now: number): number {
  const at = copies.find((copy) => copy.place === place)?.verifiedAt ?? 0;
  return isMadeAhead({ madeAt: at }, now) ? 0 : at;
}
