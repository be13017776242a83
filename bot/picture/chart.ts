import { type Colour, PALETTE } from './palette.ts';
import type { Ticks } from './scale.ts';
import { element, textAt } from './svg.ts';

/** Nothing is smaller: a phone shows the picture at a third of its size. */
export const SMALL_TEXT = 28;

/** The area that values are drawn in: its edges in pixels, the grid, and how many days stand side by side. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly ticks: Ticks;
  readonly days: number;
}

/** Looks of a line; dashes and marks tell it from another one without its colour. */
export interface LineStyle {
  readonly colour: Colour;
  readonly look: 'solid' | 'dashed';
}

/** One day's value; undefined: not known. */
export type Values = readonly (number | undefined)[];

/** A bar; a hollow one stands for what is there and not proven. */
export type Bar = { readonly value: number; readonly isHollow?: boolean } | undefined;

const MARK = 7;
const BAR_SHARE = 0.62;
/** A bar of nothing: it was measured, and there was none. */
const STUB = 4;

/** Horizontal lines with what they stand for on the left. */
export function grid(plot: Plot, labelOf: (tick: number) => string): string[] {
  return plot.ticks.flatMap((tick) => {
    const y = yOf(plot, tick);
    return [
      element('line', { x1: plot.left, x2: plot.right, y1: y, y2: y, stroke: PALETTE.grid, 'stroke-width': 2 }),
      textAt(plot.left - 16, y + SMALL_TEXT * 0.36, {
        ...{ content: labelOf(tick), size: SMALL_TEXT, fill: PALETTE.muted, anchor: 'end' },
      }),
    ];
  });
}

/** First, middle and last day below the plot. */
export function dayAxis(plot: Plot, labels: readonly string[]): string[] {
  const y = plot.bottom + SMALL_TEXT * 1.35;
  const style = { size: SMALL_TEXT, fill: PALETTE.muted };
  const middle = Math.floor((labels.length - 1) / 2);
  return [
    textAt(plot.left, y, { ...style, content: labels[0]! }),
    textAt(xOf(plot, middle), y, { ...style, content: labels[middle]!, anchor: 'middle' }),
    textAt(plot.right, y, { ...style, content: labels.at(-1)!, anchor: 'end' }),
  ];
}

/** A line through the known values, broken where a day is not known; the last value and lonely ones get a mark. */
export function line(plot: Plot, values: Values, style: LineStyle): string[] {
  const runs = runsOf(values);
  const paths = runs.filter((run) => run.length > 1).map((run) => pathOf(plot, run, style));
  const ends = runs.flatMap((run, at) => (run.length === 1 || at === runs.length - 1 ? [run.at(-1)!] : []));
  return [...paths, ...ends.map(([day, value]) => mark(xOf(plot, day), yOf(plot, value), style))];
}

/** One bar a day. */
export function bars(plot: Plot, given: readonly Bar[], colour: Colour): string[] {
  const width = ((plot.right - plot.left) / plot.days) * BAR_SHARE;
  return given.flatMap((bar, day) => {
    if (bar === undefined) return [];
    const height = Math.max(STUB, plot.bottom - yOf(plot, bar.value));
    const box = { x: xOf(plot, day) - width / 2, y: plot.bottom - height, width, height };
    return [barBox(box, bar.isHollow ?? false, colour)];
  });
}

/** How lines and bars look, for the legend. */
export interface LegendStyle {
  readonly colour: Colour;
  readonly look: LineStyle['look'] | 'full' | 'hollow';
}

/** A piece of a line or a small bar, 44 pixels wide, around the height `y`. */
export function sample(x: number, y: number, { colour, look }: LegendStyle): string[] {
  if (look === 'full' || look === 'hollow') {
    return [barBox({ x: x + 12, y: y - 12, width: 20, height: 24 }, look === 'hollow', colour)];
  }
  const ends = { x1: x, x2: x + 44, y1: y, y2: y };
  return [element('line', { ...ends, ...strokeOf({ colour, look }) }), mark(x + 22, y, { colour, look })];
}

function barBox(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  isHollow: boolean,
  colour: Colour,
): string {
  if (!isHollow) return element('rect', { ...box, fill: colour });
  const inner = { x: box.x + 2, y: box.y + 2, width: box.width - 4, height: Math.max(1, box.height - 4) };
  return element('rect', { ...inner, fill: 'none', stroke: colour, 'stroke-width': 4 });
}

function mark(x: number, y: number, { colour, look }: LineStyle): string {
  if (look === 'solid') return element('circle', { cx: x, cy: y, r: MARK, fill: colour });
  return element('rect', { x: x - MARK, y: y - MARK, width: MARK * 2, height: MARK * 2, fill: colour });
}

function pathOf(plot: Plot, run: Run, style: LineStyle): string {
  const points = run.map(([day, value]) => `${xOf(plot, day).toFixed(1)} ${yOf(plot, value).toFixed(1)}`);
  return element('path', { d: `M${points.join('L')}`, fill: 'none', ...strokeOf(style) });
}

function strokeOf({ colour, look }: LineStyle) {
  const dashes = look === 'dashed' ? '14 9' : undefined;
  return { stroke: colour, 'stroke-width': 5, 'stroke-linejoin': 'round', 'stroke-dasharray': dashes };
}

/** Day and value of days that follow each other. */
type Run = readonly (readonly [day: number, value: number])[];

function runsOf(values: Values): Run[] {
  const runs: [number, number][][] = [];
  for (const [day, value] of values.entries()) {
    if (value === undefined) continue;
    if (day > 0 && values[day - 1] !== undefined) runs.at(-1)!.push([day, value]);
    else runs.push([[day, value]]);
  }
  return runs;
}

/** The middle of a day. */
function xOf({ left, right, days }: Plot, day: number): number {
  return left + ((right - left) * (day + 0.5)) / days;
}

function yOf({ top, bottom, ticks }: Plot, value: number): number {
  return bottom - ((bottom - top) * value) / ticks.at(-1)!;
}
