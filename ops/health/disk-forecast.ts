import type { Facts } from '../../core/control.ts';
import { DAY_MS } from '../../core/retention/age.ts';

const HOUR_MS = 3_600_000;

/** A sample every six hours, of two weeks: a night's backup that comes and goes is no trend. */
const FORECAST = { everyMs: 6 * HOUR_MS, keptMs: 14 * DAY_MS, leastSpanMs: 2 * DAY_MS, leastSamples: 5 } as const;

/** A forecast beyond that many days says nothing more than "not soon". */
export const FAR_DAYS = 3650;

/** The disk of the state, or that of local backups where it is another one. */
type DiskName = 'state' | 'backup';

/** Free bytes of a disk at a time (milliseconds since 1970). */
export interface DiskSample {
  readonly at: number;
  readonly free: number;
}

/**
 * In how many days a disk is full at the pace of the samples: the median of the slopes between every two of them (Theil and
 * Sen), which a single big file or a clean-up does not turn. undefined: they say too little. `FAR_DAYS`: not soon, or never.
 */
export function daysUntilFull(samples: readonly DiskSample[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < FORECAST.leastSamples) return undefined;
  if (last.at - first.at < FORECAST.leastSpanMs) return undefined;
  const slopes: number[] = [];
  for (const [index, from] of samples.entries())
    for (const to of samples.slice(index + 1))
      if (to.at > from.at) slopes.push((to.free - from.free) / (to.at - from.at));
  const perMs = median(slopes);
  return perMs < 0 ? Math.min(FAR_DAYS, last.free / -perMs / DAY_MS) : FAR_DAYS;
}

/** Adds a reading to what is known of a disk, where its time has come, and says in how many days it is full; null: not known yet. */
export function forecastDisk(facts: Facts, disk: { name: DiskName; free: number }, now: number): number | null {
  const known = samplesOf(facts, disk.name, now);
  const isDue = known.length === 0 || now - known.at(-1)!.at >= FORECAST.everyMs;
  const sample = { at: now, free: disk.free };
  if (isDue) facts.set(keyOf(disk.name), JSON.stringify([...known, sample].map(({ at, free }) => [at, free])));
  return daysUntilFull([...known, sample]) ?? null;
}

/** The same by what is known already, without a reading of now. For the digest, which must not say otherwise than the alert. */
export function knownForecast(facts: Facts, name: DiskName, now: number): number | null {
  return daysUntilFull(samplesOf(facts, name, now)) ?? null;
}

function samplesOf(facts: Facts, name: DiskName, now: number): DiskSample[] {
  const text = facts.get(keyOf(name));
  const samples = text === undefined ? [] : (JSON.parse(text) as [number, number][]);
  // A clock that was set back makes samples of the future: they say nothing.
  return samples.map(([at, free]) => ({ at, free })).filter(({ at }) => at <= now && at >= now - FORECAST.keptMs);
}

function keyOf(name: DiskName): string {
  return `disk-samples ${name}`;
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
