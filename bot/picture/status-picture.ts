import type { Language } from '../../core/caller.ts';
import { noonOf } from '../../core/daily-figures.ts';
import { type HouseSeries, levelsOf } from '../../core/house-series.ts';
import { say } from '../wording/say.ts';
import { type Bar, bars, type LineStyle, line, SMALL_TEXT, type Values } from './chart.ts';
import { PALETTE } from './palette.ts';
import { drawPanel, MARGIN, type Panel, WIDTH } from './panel.ts';
import { countTicks, sizeTicks, timeTicks } from './scale.ts';
import { element, svgDocument, textAt } from './svg.ts';

const HEAD_TEXT = 44;
const HEAD_HEIGHT = 170;
const FIRST: LineStyle = { colour: PALETTE.first, look: 'solid' };
const SECOND: LineStyle = { colour: PALETTE.second, look: 'dashed' };

/**
 * The last days of the house as an SVG document: what is kept, the disk, backups, answer times and failed logins, one chart
 * below the other, readable on a phone. A pure function. For `!status` and the digest, by `housePicture`.
 */
export function statusPicture(language: Language, series: HouseSeries): string {
  const [first, last] = [series.days[0]!.day, series.days.at(-1)!.day].map(noonOf);
  const days = series.days.map(({ day }) => say(language, 'picture.day', { at: noonOf(day) }));
  const parts = [
    textAt(MARGIN, MARGIN + HEAD_TEXT, {
      ...{ content: say(language, 'picture.title'), size: HEAD_TEXT, fill: PALETTE.text, bold: true },
    }),
    textAt(MARGIN, MARGIN + HEAD_TEXT + 50, {
      ...{
        content: say(language, 'picture.range', { from: first!, to: last! }),
        size: SMALL_TEXT,
        fill: PALETTE.muted,
      },
    }),
  ];
  let top = HEAD_HEIGHT;
  for (const panel of panelsOf(language, series)) {
    const { svg, height } = drawPanel(panel, top, days);
    parts.push(svg);
    top += height;
  }
  const card = element('rect', { width: WIDTH, height: top, fill: PALETTE.card });
  return svgDocument(WIDTH, top, [card, ...parts]);
}

function panelsOf(language: Language, series: HouseSeries): Panel[] {
  return [
    keptPanel(language, series),
    diskPanel(language, series),
    backupPanel(language, series),
    answerPanel(language, series),
    loginPanel(language, series),
  ];
}

function keptPanel(language: Language, series: HouseSeries): Panel {
  const values = series.days.map(({ levels }) => levels.stateBytes);
  const now = levelsOf(series, 'stateBytes').at(-1);
  const headline = now === undefined ? '' : say(language, 'picture.size', { bytes: now });
  return { id: 'kept', title: say(language, 'picture.kept'), headline, content: sizeLine(language, values) };
}

function diskPanel(language: Language, series: HouseSeries): Panel {
  const values = series.days.map(({ levels }) => levels.diskFreeBytes);
  const [free, total] = [levelsOf(series, 'diskFreeBytes').at(-1), levelsOf(series, 'diskBytes').at(-1)];
  const isKnown = free !== undefined && total !== undefined;
  const headline = isKnown ? say(language, 'picture.disk-now', { free, total }) : '';
  return { id: 'disk', title: say(language, 'picture.disk'), headline, content: sizeLine(language, values) };
}

function sizeLine(language: Language, values: Values): Panel['content'] {
  const most = mostOf(values);
  if (most === undefined) return { empty: say(language, 'picture.not-measured') };
  return {
    ticks: sizeTicks(most),
    labelOf: (bytes) => say(language, 'picture.size', { bytes }),
    draw: (plot) => line(plot, values, FIRST),
  };
}

function backupPanel(language: Language, { days, newestBackup: newest }: HouseSeries): Panel {
  const given: Bar[] = days.map(({ backup }) => backup && { value: backup.bytes, isHollow: !backup.isProven });
  const most = mostOf(given.map((bar) => bar?.value));
  const common = { id: 'backups', title: say(language, 'picture.backups') };
  if (newest === undefined)
    return { ...common, headline: '', content: { empty: say(language, 'picture.backups-none') } };
  const { madeAt, isProven } = newest;
  const headline = say(language, 'picture.backups-now', { at: madeAt, isProven });
  if (most === undefined)
    return { ...common, headline, content: { empty: say(language, 'picture.backups-old', { at: madeAt }) } };
  return {
    ...{ ...common, headline },
    legend: [
      { text: say(language, 'picture.proven'), style: { colour: PALETTE.first, look: 'full' } },
      { text: say(language, 'picture.unproven'), style: { colour: PALETTE.first, look: 'hollow' } },
    ],
    content: {
      ticks: sizeTicks(most),
      labelOf: (bytes) => say(language, 'picture.size', { bytes }),
      draw: (plot) => bars(plot, given, PALETTE.first),
    },
  };
}

function answerPanel(language: Language, { days, answers }: HouseSeries): Panel {
  const title = say(language, 'picture.answers');
  const slow = days.map((day) => day.answers.slow);
  const most = mostOf(slow);
  if (most === undefined)
    return { id: 'answers', title, headline: '', content: { empty: say(language, 'picture.answers-none') } };
  const medians = days.map((day) => day.answers.median);
  return {
    ...{ id: 'answers', title, headline: say(language, 'picture.answers-now', { count: answers.count }) },
    legend: [
      { text: say(language, 'picture.median'), style: FIRST },
      { text: say(language, 'picture.slow'), style: SECOND },
    ],
    content: {
      ticks: timeTicks(most),
      labelOf: (seconds) => say(language, 'picture.pace', { seconds }),
      draw: (plot) => [...line(plot, slow, SECOND), ...line(plot, medians, FIRST)],
    },
  };
}

function loginPanel(language: Language, { days }: HouseSeries): Panel {
  const title = say(language, 'picture.logins');
  const values = days.map(({ levels }) => levels.failedLogins);
  const most = mostOf(values);
  if (most === undefined)
    return { id: 'logins', title, headline: '', content: { empty: say(language, 'picture.logins-none') } };
  const today = values.at(-1);
  return {
    ...{ id: 'logins', title },
    headline: today === undefined ? '' : say(language, 'picture.logins-now', { count: today }),
    content: {
      ticks: countTicks(most),
      labelOf: (count) => say(language, 'picture.count', { count }),
      draw: (plot) =>
        bars(
          plot,
          values.map((value) => (value === undefined ? undefined : { value })),
          PALETTE.second,
        ),
    },
  };
}

/** undefined when no day is known. */
function mostOf(values: Values): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
