import type { Generation } from './generation.ts';
import { addDays, addMonths, type LocalDates, localDates } from './local-dates.ts';
import { isMadeAhead } from './made-ahead.ts';

/** How many backups stay: the newest ones, and the last one of so many days, weeks (from Monday) and months. */
export interface KeepRule {
  readonly last: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

const DAY_MS = 86_400_000;

/** What the policy looks at. */
export type KeptGeneration = Pick<Generation, 'name' | 'madeAt' | 'provenAt'>;

/**
 * Why a generation stays. newest: there is no newer one; last-proven: the newest that was restored; not-proven-yet: newer
 * than that one, or nothing is proven at all; the others are the classes of the rule.
 */
export type KeepReason = 'newest' | 'last-proven' | 'not-proven-yet' | 'last' | 'daily' | 'weekly' | 'monthly';

/** What becomes of the generations at one place. Refused: nothing may be removed, because the clock cannot be right. */
export type KeepDecision =
  | {
      readonly stay: readonly { readonly name: string; readonly reasons: readonly KeepReason[] }[];
      readonly go: readonly string[];
    }
  | { readonly refused: 'made-in-the-future' };

type Dated = KeptGeneration & { readonly dates: LocalDates };

/** The time now, and the zone whose dates count (IANA name; undefined: the machine's). */
export interface KeepMoment {
  readonly now: number;
  readonly zone?: string | undefined;
}

/**
 * Decides which of the generations at one place stay and why, and which go. Pure; the caller removes.
 *
 * Days, weeks and months are counted back from the day of the last proven generation, not from today: while no backup is
 * made or proven, nothing gets too old. They are calendar windows, so that it can be said in advance when a generation goes
 * (`surelyGone`). Of each day, week and month in its window the newest proven generation stays, or the newest where none is
 * proven. Never goes: the newest, the last proven one, and what is newer than that. The names of both lists are newest first.
 */
export function decideKeeping(
  generations: readonly KeptGeneration[],
  rule: KeepRule,
  { now, zone }: KeepMoment,
): KeepDecision {
  const newestFirst = [...generations]
    .sort((one, other) => other.madeAt - one.madeAt || (one.name < other.name ? 1 : -1))
    .map((one) => ({ ...one, dates: localDates(one.madeAt, zone) }));
  if (newestFirst.some((one) => isMadeAhead(one, now))) return { refused: 'made-in-the-future' };
  const anchor = newestFirst.findIndex(({ provenAt }) => provenAt !== null);
  const classes = classesOf(anchor < 0 ? [] : newestFirst.slice(anchor), rule);
  const reasonsOf = (one: Dated, index: number): KeepReason[] => [
    ...(index === 0 ? (['newest'] as const) : []),
    ...(index === anchor ? (['last-proven'] as const) : []),
    ...(anchor < 0 || index < anchor ? (['not-proven-yet'] as const) : []),
    ...(index < rule.last ? (['last'] as const) : []),
    ...(classes.get(one) ?? []),
  ];
  const judged = newestFirst.map((one, index) => ({ name: one.name, reasons: reasonsOf(one, index) }));
  return {
    stay: judged.filter(({ reasons }) => reasons.length > 0),
    go: judged.filter(({ reasons }) => reasons.length === 0).map(({ name }) => name),
  };
}

/**
 * The first local day on which no window of the rule can hold a generation any more, given the others at its place. From
 * then on it goes, once a backup of that day is made and proven there. Days as `2026-11-30`.
 */
export function surelyGone(
  one: KeptGeneration,
  others: readonly KeptGeneration[],
  { rule, zone }: { readonly rule: KeepRule; readonly zone?: string | undefined },
): string {
  const dates = localDates(one.madeAt, zone);
  // Dates take a while to tell, and whatever is more than a month newer is of another week and month.
  const newer = others.filter(
    (other) => other.provenAt !== null && other.madeAt > one.madeAt && other.madeAt < one.madeAt + 32 * DAY_MS,
  );
  // A newer proven generation of the same week stands for that week for good.
  const mayStandFor = (bucket: 'week' | 'month') =>
    !newer.some((other) => localDates(other.madeAt, zone)[bucket] === dates[bucket]);
  const days = [
    addDays(dates.day, Math.max(rule.daily, 1)),
    // With a backup a day, so many newer ones are there after so many days.
    addDays(dates.day, rule.last),
    ...(rule.weekly > 0 && mayStandFor('week') ? [addDays(dates.week, 7 * rule.weekly)] : []),
    ...(rule.monthly > 0 && mayStandFor('month') ? [`${addMonths(dates.month, rule.monthly)}-01`] : []),
  ];
  return days.sort().at(-1)!;
}

/** Which generations stand for a day, week or month in the windows of the rule. The first one is the last that is proven. */
function classesOf(newestFirst: readonly Dated[], rule: KeepRule): Map<Dated, KeepReason[]> {
  const classes = new Map<Dated, KeepReason[]>();
  const anchor = newestFirst[0]?.dates;
  if (anchor === undefined) return classes;
  const windows = [
    { reason: 'daily', bucket: 'day', after: addDays(anchor.day, -rule.daily) },
    { reason: 'weekly', bucket: 'week', after: addDays(anchor.week, -7 * rule.weekly) },
    { reason: 'monthly', bucket: 'month', after: addMonths(anchor.month, -rule.monthly) },
  ] as const;
  for (const { reason, bucket, after } of windows) {
    const standing = new Map<string, Dated>();
    for (const one of newestFirst) {
      const other = standing.get(one.dates[bucket]);
      const stands = other === undefined || (other.provenAt === null && one.provenAt !== null);
      if (one.dates[bucket] > after && stands) standing.set(one.dates[bucket], one);
    }
    for (const one of standing.values()) classes.set(one, [...(classes.get(one) ?? []), reason]);
  }
  return classes;
}
