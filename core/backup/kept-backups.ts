import type { Clock } from '../clock.ts';
import type { BackupGenerations } from '../erase/backup-generations.ts';
import { type BackupPlace, type Generation, type Generations, LOCAL_PLACE } from './generation.ts';
import { type KeepRule, surelyGone } from './keep-policy.ts';
import { addDays, localDates } from './local-dates.ts';

/** How long backups stay. */
export interface KeptBackupsOptions {
  readonly rule: KeepRule;
  /** Remotes whose key can only add, by name: after how many days the far side removes archives by itself. */
  readonly daysAt: Readonly<Record<string, number>>;
  /** The places where the job that sends removes old ones, `local` among them; none while that job is off. */
  readonly pruned: readonly BackupPlace[];
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
    return all.map((one) => ({ name: one.name, madeAt: one.madeAt, keptUntil: keptUntil(one, all, options) }));
  };
}

/**
 * The places that are pruned by the settings: this folder and every remote in them, unless the job that sends is off, which does the
 * pruning. For the entry files; `schedule` is that job's. Whether a remote lets us remove cannot be told from the settings.
 */
export function prunedPlaces(schedule: string, remotes: readonly { readonly name: string }[]): BackupPlace[] {
  return schedule === '' ? [] : [LOCAL_PLACE, ...remotes.map(({ name }) => name)];
}

function keptUntil(one: Generation, all: readonly Generation[], options: KeptBackupsOptions): number | null {
  const { rule, daysAt, pruned, zone, clock } = options;
  // Nobody removes it there, or nobody knows who does.
  if (one.copies.some(({ place }) => !Object.hasOwn(daysAt, place) && !pruned.includes(place))) return null;
  const today = localDates(clock(), zone).day;
  const days = one.copies.map(({ place }) => {
    const there = all.filter(({ copies }) => copies.some((copy) => copy.place === place));
    const ours = surelyGone(one, there, { rule, zone });
    const theirs = addDays(localDates(one.madeAt, zone).day, daysAt[place] ?? 0);
    return Object.hasOwn(daysAt, place) ? theirs : ours;
  });
  const latest = [today, ...days].sort().at(-1)!;
  // Noon of UTC is not before midnight anywhere.
  return Date.parse(`${addDays(latest, SLACK_DAYS)}T12:00:00Z`);
}
