import type { Clock } from '../clock.ts';
import type { BackupGenerations } from '../erase/backup-generations.ts';
import { type BackupPlace, type Generation, type Generations, isVerifiedAt, LOCAL_PLACE } from './generation.ts';
import { type KeepRule, surelyGone } from './keep-policy.ts';
import { addDays, localDates } from './local-dates.ts';
import { isMadeAhead } from './made-ahead.ts';

/** How long backups stay. */
export interface KeptBackupsOptions {
  readonly rule: KeepRule;
  /** The places where the job that sends removes old ones, `local` among them; none while that job is off. */
  readonly pruned: readonly BackupPlace[];
  /** Those of them that do not let us remove, as they themselves have told (`keepingPlaces`). */
  readonly keeping: () => readonly BackupPlace[];
  /** Zone of the dates (IANA name); undefined: the machine's. */
  readonly zone?: string | undefined;
  readonly clock: Clock;
}

/** A backup of that day has to be made, proven and sent before an old one goes. */
const SLACK_DAYS = 2;

/**
 * Which backups there are and when each is gone from everywhere, for receipts of erasing and for `!privacy`. The promise
 * holds as long as backups go on being made, proven and sent: without newer ones the old ones stay, on purpose. One that
 * is there is never said to be gone already, and one where nobody prunes has no day.
 */
export function keptBackups(backups: Pick<Generations, 'all'>, options: KeptBackupsOptions): BackupGenerations {
  return () => {
    const all = backups.all();
    const keeping = options.keeping();
    const now = options.clock();
    // Where one of the future lies, nothing is removed (keep-policy.ts).
    const held = all.filter((one) => isMadeAhead(one, now)).flatMap(({ copies }) => copies.map(({ place }) => place));
    const pruned = options.pruned.filter((place) => !keeping.includes(place) && !held.includes(place));
    return all.map((one) => {
      // Nobody removes it there, or nobody knows who does.
      const stays = one.copies.some(({ place }) => !pruned.includes(place));
      return { name: one.name, madeAt: one.madeAt, keptUntil: stays ? null : keptUntil(one, all, options) };
    });
  };
}

/**
 * The places that are pruned by the settings: this folder and every remote in them where our key can do more than add, unless the job that
 * sends is off, which does the pruning. For the entry files; `schedule` is that job's. Whoever promises for the far side of a key that
 * can only add promises what nobody here can see. What the settings do not say a remote tells itself (`keepingPlaces`).
 */
export function prunedPlaces(
  schedule: string,
  remotes: readonly { readonly name: string; readonly addOnly?: boolean }[],
): BackupPlace[] {
  return schedule === '' ? [] : [LOCAL_PLACE, ...remotes.filter(({ addOnly }) => !addOnly).map(({ name }) => name)];
}

function keptUntil(one: Generation, all: readonly Generation[], { rule, zone, clock }: KeptBackupsOptions): number {
  const days = one.copies.map(({ place }) => {
    // What is only named there, or damaged, takes the place of none that is whole (keep-listed.ts).
    const there = all.filter((other) => isVerifiedAt(other, place));
    return surelyGone(one, there, { rule, zone });
  });
  const latest = [localDates(clock(), zone).day, ...days].sort().at(-1)!;
  // Noon of UTC is not before midnight anywhere.
  return Date.parse(`${addDays(latest, SLACK_DAYS)}T12:00:00Z`);
}
