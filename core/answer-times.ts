/** Neighbouring buckets lie a twentieth apart, so that a percentile is off by 2.5 % at most. */
const RATIO = 1.05;
const LEAST_SECONDS = 0.01;
const MOST_SECONDS = 86_400;

/** How many answers took how long: by bucket of `bucketOf`. */
export type AnswerTimes = ReadonlyMap<number, number>;

/** The bucket of a time in seconds. Times outside 0.01 s to a day count as the nearest of these. For the store of daily figures. */
export function bucketOf(seconds: number): number {
  const within = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, seconds));
  return Math.round(Math.log(within) / Math.log(RATIO));
}

/** How many answers there are in all. */
export function countOf(times: AnswerTimes): number {
  return [...times.values()].reduce((sum, count) => sum + count, 0);
}

/**
 * The time (seconds) within which this share of the answers came, by the nearest rank: 0.5 is the median. undefined when
 * there are none.
 */
export function percentile(times: AnswerTimes, share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(countOf(times) * share));
  let seen = 0;
  for (const [bucket, count] of [...times].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= rank) return RATIO ** bucket;
  }
  return undefined;
}

/** The answers of several days together. */
export function addTimes(days: readonly AnswerTimes[]): AnswerTimes {
  const sum = new Map<number, number>();
  for (const [bucket, count] of days.flatMap((times) => [...times])) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  return sum;
}
