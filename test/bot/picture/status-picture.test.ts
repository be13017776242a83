import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { PALETTE } from '../../../bot/picture/palette.ts';
import { pictureWords } from '../../../bot/picture/picture-words.ts';
import { countTicks, sizeTicks, timeTicks } from '../../../bot/picture/scale.ts';
import { statusPicture } from '../../../bot/picture/status-picture.ts';
import { say } from '../../../bot/wording/say.ts';
import { LANGUAGES, type Language } from '../../../core/caller.ts';
import { randomStream, testSeed } from '../random.ts';
import { emptyDays, extremeDays, generation, NOW, ordinaryDays, type SampleDay, seriesOf } from './sample-series.ts';

interface Shape {
  readonly name: string;
  readonly panel: string;
  readonly content: string;
  readonly at: Readonly<Record<string, string>>;
}

/** Every element of the picture with its attributes, the panel that it stands in, and its text. */
function shapesOf(svg: string): Shape[] {
  const shapes: { name: string; panel: string; content: string; at: Record<string, string> }[] = [];
  let panel = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'g') panel = String(attributes.id);
    else shapes.push({ name, panel, content: '', at: { ...(attributes as Record<string, string>) } });
  });
  parser.on('text', (text) => {
    shapes.at(-1)!.content += text;
  });
  parser.on('closetag', ({ name }) => {
    if (name === 'g') panel = '';
  });
  parser.write(svg).close();
  return shapes;
}

const SPACES = /[\u00a0\u202f]/g;
const drawn = (days: readonly (SampleDay | undefined)[], language: Language = 'en') =>
  shapesOf(statusPicture(language, seriesOf(days)));
const textsOf = (shapes: readonly Shape[], panel: string) =>
  shapes
    .filter((one) => one.name === 'text' && one.panel === panel)
    .map(({ content }) => content.replaceAll(SPACES, ' '));
const heightsOf = (shapes: readonly Shape[], panel: string) =>
  shapes
    .filter((one) => one.name === 'rect' && one.panel === panel && Number(one.at.y) > 0)
    .map(({ at }) => Number(at.height));
const pathsOf = (shapes: readonly Shape[], panel: string) =>
  shapes.filter((one) => one.name === 'path' && one.panel === panel);
const pointsOf = ({ at }: Shape) =>
  at
    .d!.slice(1)
    .split('L')
    .map((point) => point.split(' ').map(Number) as [number, number]);

/** A household by which each panel can be read: 30 days of a straight line. */
const straight = Array.from(
  { length: 30 },
  (_, at): SampleDay => ({ stateBytes: 1e9 + at * 1e8, diskFreeBytes: 40e9, diskBytes: 80e9 }),
);

describe('the numbers', () => {
  test('each panel has its title, what it comes to, a grid from 0, and the days below', () => {
    const shapes = drawn(ordinaryDays());
    expect(textsOf(shapes, 'disk')).toEqual([
      'Free space on the disk',
      '40 GB of 80 GB',
      ...['0', '25 GB', '50 GB'],
      ...['31 Oct', '14 Nov', '29 Nov'],
    ]);
    expect(textsOf(shapes, 'backups').slice(0, 4)).toEqual([
      'Backups',
      expect.stringMatching(/^newest 29 Nov, \d\d:\d\d, not proven$/),
      'proven by restoring',
      'not proven yet',
    ]);
    expect(textsOf(shapes, 'answers').slice(0, 4)).toEqual([
      'Time until an answer',
      expect.stringMatching(/^\d+ answers$/),
      'half of them within',
      '19 of 20 within',
    ]);
    expect(textsOf(shapes, 'logins')[1]).toMatch(/^\d+ today$/);
    expect(textsOf(shapes, '')).toEqual(['Kinkeeper, the last 30 days', '31 Oct 2026 – 29 Nov 2026']);
  });

  test('a line lies where its values lie on the grid', () => {
    const shapes = drawn(straight);
    const [path] = pathsOf(shapes, 'kept');
    const points = pointsOf(path!);
    const lines = shapes.filter((one) => one.name === 'line' && one.panel === 'kept').map(({ at }) => Number(at.y1));
    const [zero, top] = [lines[0]!, lines.at(-1)!];
    expect(textsOf(shapes, 'kept').slice(2, 5)).toEqual(['0', '2 GB', '4 GB']);
    expect(points).toHaveLength(30);
    const bytesAt = (y: number) => (4e9 * (zero - y)) / (zero - top);
    for (const [at, [, y]] of points.entries()) expect(bytesAt(y) / (1e9 + at * 1e8)).toBeCloseTo(1, 2);
    const steps = points.slice(1).map(([x], at) => x - points[at]![0]);
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThan(0.2);
  });

  test('bars are as high as their values; what is not proven is hollow; a day without one has none', () => {
    const backup = (bytes: number, isProven: boolean): SampleDay => ({ backup: { bytes, isProven } });
    const shapes = drawn([backup(1e9, true), undefined, backup(0.5e9, false), backup(0.25e9, true)]);
    const found = shapes.filter((one) => one.name === 'rect' && one.panel === 'backups').slice(2);
    expect(found.map(({ at }) => at.fill)).toEqual([PALETTE.first, 'none', PALETTE.first]);
    // The outline of a hollow bar lies around its box.
    const heights = found.map(({ at }) => Number(at.height) + Number(at['stroke-width'] ?? 0));
    expect(heights.map((height) => Math.round((height / heights[0]!) * 100) / 100)).toEqual([1, 0.5, 0.25]);
  });

  test('a day that is not known breaks the line, a lonely one is a mark, and none is not the same as nought', () => {
    const shapes = drawn([...straight.slice(0, 10), undefined, straight[11], undefined, ...straight.slice(13)]);
    expect(pathsOf(shapes, 'kept').map((path) => pointsOf(path).length)).toEqual([10, 17]);
    expect(shapes.filter((one) => one.name === 'circle' && one.panel === 'kept')).toHaveLength(2);
    const logins = drawn([{ failedLogins: 0 }, undefined, { failedLogins: 5 }]);
    expect(heightsOf(logins, 'logins')).toHaveLength(2);
  });

  test('two lines are told apart by dashes and marks, not by their colour alone', () => {
    const shapes = drawn(ordinaryDays());
    const dashes = pathsOf(shapes, 'answers').map(({ at }) => `${at.stroke} ${at['stroke-dasharray'] ?? 'solid'}`);
    expect(new Set(dashes)).toEqual(new Set([`${PALETTE.first} solid`, `${PALETTE.second} 14 9`]));
    expect(shapes.filter((one) => one.name === 'circle' && one.panel === 'answers').length).toBeGreaterThan(0);
  });
});

describe('where there is nothing yet', () => {
  test.each(LANGUAGES)('it says in words what to do (%s)', (language) => {
    const shapes = drawn([], language);
    expect(shapes.filter(({ name }) => name === 'path' || name === 'line')).toEqual([]);
    const told = (panel: string) => textsOf(shapes, panel).slice(1).join(' ');
    expect(told('backups')).toBe(say(language, 'picture.backups-none'));
    expect(told('answers')).toBe(say(language, 'picture.answers-none'));
    expect(told('logins')).toBe(say(language, 'picture.logins-none'));
    expect(told('kept')).toBe(say(language, 'picture.not-measured'));
  });

  test('backups that are older than the picture are not called none', () => {
    const older = generation(NOW - 90 * 86_400_000, { bytes: 1e9, isProven: true });
    const series = seriesOf([], [older]);
    const told = textsOf(shapesOf(statusPicture('en', series)), 'backups').join(' ');
    expect(told).toMatch(/newest 31 Aug, \d\d:\d\d, proven/);
    expect(told).toContain('No backup in these 30 days; the newest is of 31 Aug 2026');
    expect(pictureWords('en', series)).toContain('No backup in these 30 days');
  });
});

test('the scales are round in the unit that they are written in', () => {
  const pace = (most: number) =>
    timeTicks(most).map((seconds) => say('en', 'picture.pace', { seconds }).replaceAll(SPACES, ' '));
  expect(pace(0)).toEqual(['0', '0.5 secs', '1 sec']);
  expect(pace(17)).toEqual(['0', '10 secs', '20 secs']);
  expect(pace(70)).toEqual(['0', '1 min', '2 mins']);
  expect(pace(86_400)).toEqual(['0', '12 hrs', '1 day']);
  expect(countTicks(0)).toEqual([0, 1]);
  expect(countTicks(3)).toEqual([0, 2, 4]);
  expect(sizeTicks(1.24e9)).toEqual([0, 1e9, 2e9]);
  for (const most of [1, 7, 99, 1000, 1e15]) {
    for (const ticks of [countTicks(most), sizeTicks(most), timeTicks(most)]) {
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most * (1 - 1e-9));
      expect(ticks.length).toBeLessThanOrEqual(4);
    }
  }
});

describe('reading it', () => {
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };

  /** The box that a text fills, as the renderer measures it. */
  function boxOf({ at, content }: Shape) {
    const attributes = Object.entries(at).map(([name, value]) => `${name}="${value}"`);
    const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const alone = `<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="4000" font-family="DejaVu Sans"><text ${attributes.join(' ')}>${escaped}</text></svg>`;
    const box = new Resvg(alone, { font }).innerBBox()!;
    return { content, left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height };
  }

  const seed = testSeed();
  const random = randomStream(seed);
  const holes = ordinaryDays(seed).map((day) => (random() < 0.3 ? undefined : day));
  const houses: readonly [string, readonly (SampleDay | undefined)[]][] = [
    ['nothing', []],
    ['one day', ordinaryDays().slice(-1)],
    ['a month', ordinaryDays()],
    ['extremes', extremeDays()],
    ['noughts', emptyDays()],
    [`holes (seed ${seed})`, holes],
  ];

  test.each(houses)('no text leaves the card or lies on another one: %s', (_name, days) => {
    for (const language of LANGUAGES) {
      const shapes = drawn(days, language);
      const card = shapes.find(({ name }) => name === 'svg')!;
      const boxes = shapes.filter(({ name }) => name === 'text').map(boxOf);
      for (const box of boxes) {
        expect(box.left, box.content).toBeGreaterThanOrEqual(24);
        expect(box.right, box.content).toBeLessThanOrEqual(1080 - 24);
        expect(box.bottom, box.content).toBeLessThanOrEqual(Number(card.at.height) - 10);
      }
      const clashes = boxes.flatMap((one, at) =>
        boxes
          .slice(at + 1)
          .filter(
            (two) =>
              one.left < two.right + 6 && two.left < one.right + 6 && one.top < two.bottom && two.top < one.bottom,
          )
          .map((two) => `${one.content} / ${two.content}`),
      );
      expect(clashes).toEqual([]);
    }
  });

  test('no text is small, and all of it has the contrast that WCAG asks for', () => {
    for (const [, days] of houses) {
      for (const { at, content } of drawn(days).filter(({ name }) => name === 'text')) {
        expect(Number(at['font-size']), content).toBeGreaterThanOrEqual(28);
        expect(contrast(at.fill!, PALETTE.card), content).toBeGreaterThanOrEqual(4.5);
      }
    }
    // What is drawn, by WCAG 1.4.11; the grid only helps.
    for (const colour of [PALETTE.first, PALETTE.second])
      expect(contrast(colour, PALETTE.card)).toBeGreaterThanOrEqual(3);
  });

  test.each([
    'protanopia',
    'deuteranopia',
    'tritanopia',
  ] as const)('blue and orange stay two colours with %s', (kind) => {
    const [first, second] = [PALETTE.first, PALETTE.second].map((colour) => seenWith(kind, colour));
    const distance = Math.hypot(...first!.map((value, at) => value - second![at]!));
    expect(distance).toBeGreaterThan(0.4);
  });
});

describe('the words that stand for it', () => {
  test('say what it shows', () => {
    const words = pictureWords('en', seriesOf(straight)).replaceAll(SPACES, ' ');
    expect(words).toContain('I keep 3.9 GB (it was 1 GB on 31 Oct 2026). 40 GB of 80 GB on the disk are free.');
    expect(words).toContain('Backups: No backup yet');
    const some = pictureWords('de', seriesOf(ordinaryDays())).replaceAll(SPACES, ' ');
    expect(some).toMatch(
      /29 Sicherungen, davon 24 durch Einspielen erprobt; neueste 29\. Nov\., \d\d:\d\d, unerprobt\./,
    );
    expect(some).toMatch(/\d+ Antworten, die Hälfte binnen [\d,]+ Sek\. und 19 von 20 binnen [\d,]+ Sek\. gegeben\./);
    expect(some).toMatch(/Höchstens 39 abgewiesene Anmeldungen am Tag, am 03\.11\.2026\./);
  });
});

/** Contrast ratio of two colours, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. */
function contrast(one: string, two: string): number {
  const [light, dark] = [luminance(one), luminance(two)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function linear(colour: string): number[] {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return channels.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
}

/** Machado, Oliveira, Fernandes 2009, severity 1.0: linear RGB as somebody with that sight sees it. */
const SIGHT = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;

function seenWith(kind: keyof typeof SIGHT, colour: string): number[] {
  const matrix = SIGHT[kind];
  const rgb = linear(colour);
  return [0, 3, 6].map((row) => rgb.reduce((sum, value, at) => sum + value * matrix[row + at]!, 0));
}
