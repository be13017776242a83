import { bucketOf } from '../../../core/answer-times.ts';
import type { Generation, Generations } from '../../../core/backup/generation.ts';
import { type DailyFigures, type DayFigures, dayOf, lastDays, noonOf } from '../../../core/daily-figures.ts';
import { type HouseSeries, houseSeries } from '../../../core/house-series.ts';
import { randomStream } from '../random.ts';

export const NOW = noonOf('2026-11-29');
/** The night before noon. */
const BACKUP_BEFORE_MS = 8.75 * 3_600_000;

/** What one day of a sample house was like; undefined fields are not known. */
export interface SampleDay {
  readonly stateBytes?: number;
  readonly diskFreeBytes?: number;
  readonly diskBytes?: number;
  readonly failedLogins?: number;
  /** Seconds of each answer. */
  readonly answers?: readonly number[];
  readonly files?: number;
  readonly backup?: { readonly bytes: number; readonly isProven: boolean };
}

/** The series of a house whose last days were like this; `days` ends today. */
export function seriesOf(days: readonly (SampleDay | undefined)[], older: readonly Generation[] = []): HouseSeries {
  const names = lastDays(NOW, days.length);
  const figures = days.flatMap((day, at) => (day === undefined ? [] : [figuresOf(names[at]!, day)]));
  const generations = days.flatMap((day, at) =>
    day?.backup ? [generation(noonOf(names[at]!) - BACKUP_BEFORE_MS, day.backup)] : [],
  );
  const daily: Pick<DailyFigures, 'between'> = {
    between: (first, last) => figures.filter(({ day }) => day >= first && day <= last),
  };
  const backups: Pick<Generations, 'all'> = { all: () => [...generations.reverse(), ...older] };
  return houseSeries({ daily: daily as DailyFigures, backups: backups as Generations }, NOW);
}

export function generation(madeAt: number, { bytes, isProven }: NonNullable<SampleDay['backup']>): Generation {
  return {
    ...{ name: `kin-${dayOf(madeAt)}`, madeAt, bytes, sha256: '', plainBytes: bytes, entries: 1, proof: {} },
    ...{ copies: [{ place: 'local', verifiedAt: madeAt }], provenAt: isProven ? madeAt + 1 : null },
  };
}

function figuresOf(day: string, { answers = [], files = 0, backup: _, ...levels }: SampleDay): DayFigures {
  const times = new Map<number, number>();
  for (const seconds of answers) times.set(bucketOf(seconds), (times.get(bucketOf(seconds)) ?? 0) + 1);
  return { day, levels, files, answers: times };
}

/** Thirty ordinary days. */
export function ordinaryDays(seed = 1): SampleDay[] {
  const random = randomStream(seed);
  return Array.from({ length: 30 }, (_, at) => ({
    stateBytes: 700e6 + at * 18e6 + random() * 9e6,
    diskFreeBytes: 43e9 - at * 0.11e9,
    diskBytes: 80e9,
    failedLogins: Math.floor(random() * 40),
    answers: Array.from({ length: Math.floor(random() * 12) }, () => 1 + random() * 3 + (random() > 0.9 ? 14 : 0)),
    files: Math.floor(random() * 4),
    ...(at === 20 ? {} : { backup: { bytes: 300e6 + at * 9e6, isProven: at % 7 !== 3 && at < 29 } }),
  }));
}

/** Nothing at all beside the largest numbers that anybody could have. */
export function extremeDays(): SampleDay[] {
  return Array.from({ length: 30 }, (_, at) => ({
    stateBytes: at % 2 === 0 ? 0 : 987_654_321_987_654,
    diskFreeBytes: at === 29 ? 987_654_321_987_654 : 0,
    diskBytes: 999_999_999_999_999,
    failedLogins: at === 29 ? 123_456_789 : 0,
    answers: at % 3 === 0 ? [0.001, 86_400] : [],
    backup: { bytes: at === 3 ? 987_654_321_987_654 : 1, isProven: at % 2 === 0 },
  }));
}

/** Nothing but noughts. */
export function emptyDays(): SampleDay[] {
  return Array.from({ length: 30 }, () => ({
    stateBytes: 0,
    diskFreeBytes: 0,
    diskBytes: 0,
    failedLogins: 0,
    answers: [0],
  }));
}
