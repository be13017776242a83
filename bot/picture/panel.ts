import { dayAxis, grid, type LegendStyle, type Plot, SMALL_TEXT, sample } from './chart.ts';
import { PALETTE } from './palette.ts';
import type { Ticks } from './scale.ts';
import { group, textAt } from './svg.ts';
import { linesOf } from './text-width.ts';

/** Width of every picture, and the space at its edges. */
export const WIDTH = 1080;
export const MARGIN = 44;

const TITLE_TEXT = 36;
const TITLE_HEIGHT = 56;
const LEGEND_HEIGHT = 46;
const PLOT_HEIGHT = 176;
const AXIS_HEIGHT = 44;
const GAP = 44;
/** Room for what the grid's lines stand for. */
const GUTTER = 176;
const EMPTY_LINE = 42;

/** One row of the legend. */
export interface LegendEntry {
  readonly text: string;
  readonly style: LegendStyle;
}

/** One chart with its words. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  /** What it comes to, at the right of the title; "" for nothing. */
  readonly headline: string;
  readonly legend?: readonly LegendEntry[];
  /** The chart, or words that say why there is none and what to do. */
  readonly content:
    | { readonly ticks: Ticks; readonly labelOf: (tick: number) => string; readonly draw: (plot: Plot) => string[] }
    | { readonly empty: string };
}

/** A panel from `top` downwards, and how high it is with the gap below it. `days`: the labels of all days. */
export function drawPanel(panel: Panel, top: number, days: readonly string[]): { svg: string; height: number } {
  const head = titleOf(panel, top);
  if ('empty' in panel.content) {
    const lines = linesOf(panel.content.empty, WIDTH - 2 * MARGIN, SMALL_TEXT);
    const texts = lines.map((content, at) =>
      textAt(MARGIN, top + TITLE_HEIGHT + EMPTY_LINE * (at + 0.8), { content, size: SMALL_TEXT, fill: PALETTE.muted }),
    );
    return { svg: group(panel.id, [...head, ...texts]), height: TITLE_HEIGHT + EMPTY_LINE * lines.length + GAP };
  }
  const legend = legendOf(panel.legend ?? [], top + TITLE_HEIGHT);
  const { ticks, labelOf, draw } = panel.content;
  // Half of the topmost label stands above the plot.
  const plotTop = top + TITLE_HEIGHT + legend.height + SMALL_TEXT / 2;
  const plot: Plot = {
    ...{ left: MARGIN + GUTTER, right: WIDTH - MARGIN, top: plotTop, bottom: plotTop + PLOT_HEIGHT },
    ...{ ticks, days: days.length },
  };
  const parts = [...head, ...legend.parts, ...grid(plot, labelOf), ...draw(plot), ...dayAxis(plot, days)];
  return { svg: group(panel.id, parts), height: plot.bottom + AXIS_HEIGHT + GAP - top };
}

function titleOf({ title, headline }: Panel, top: number): string[] {
  const style = { size: TITLE_TEXT, fill: PALETTE.text };
  return [
    textAt(MARGIN, top + TITLE_TEXT, { ...style, content: title, bold: true }),
    ...(headline === ''
      ? []
      : [textAt(WIDTH - MARGIN, top + TITLE_TEXT, { ...style, content: headline, anchor: 'end' })]),
  ];
}

/** Side by side in two halves. */
function legendOf(entries: readonly LegendEntry[], top: number): { parts: string[]; height: number } {
  const half = (WIDTH - 2 * MARGIN) / 2;
  const parts = entries.flatMap(({ text, style }, at) => {
    const [x, y] = [MARGIN + half * (at % 2), top + SMALL_TEXT * 0.8];
    const words = textAt(x + 60, y + SMALL_TEXT * 0.36, { content: text, size: SMALL_TEXT, fill: PALETTE.text });
    return [...sample(x, y, style), words];
  });
  return { parts, height: entries.length === 0 ? 0 : LEGEND_HEIGHT };
}
