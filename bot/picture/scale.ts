/** Largest steps that look round, of each power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];
/** Units of time in seconds, as `Format.pace` uses them. */
const TIME_UNITS = [86_400, 3600, 60, 1];

/** Where the grid of a chart has its lines: from 0 upwards, the last one at or above everything shown. */
export type Ticks = readonly number[];

/** Ticks for counts: whole numbers. */
export function countTicks(most: number): Ticks {
  return ticksOf(Math.max(1, most), (step) => Math.max(1, step));
}

/** Ticks for sizes, which are written in powers of a thousand: round in bytes is round there too. */
export function sizeTicks(most: number): Ticks {
  return ticksOf(Math.max(1000, most), (step) => step);
}

/** Ticks for times in seconds: round in the unit that they are written in. */
export function timeTicks(most: number): Ticks {
  const unit = TIME_UNITS.find((seconds) => most >= seconds) ?? 1;
  return ticksOf(Math.max(1, most / unit), (step) => step).map((tick) => tick * unit);
}

/** Two steps where they suffice, three otherwise. */
function ticksOf(most: number, shape: (step: number) => number): Ticks {
  const step = shape(roundStep(most / 2));
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, at) => at * step);
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return STEPS.find((step) => step * power >= least * 0.999)! * power;
}
