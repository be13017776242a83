import type { ExtractedText, PassageDraft } from '../document.ts';
import { type Block, blocksOf } from './blocks.ts';
import { type Range, safeCut, sentencesOf, trimRange } from './sentences.ts';

/**
 * Weights are characters of Latin text; one Chinese, Japanese or Korean character says as much as three. 900 are about
 * 140 words, or 160-200 word pieces: passages of 128-256 pieces find best (a prompt's budget then holds several of them).
 */
const TARGET = 900;
const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]/g;

/** No unit is larger, so that two fill a passage; longer sentences are cut at a blank, mostly within one passage. */
const LARGEST_UNIT = TARGET / 2;
/** Blanks count here: text may hold thousands of them in a row. */
const LARGEST_SPAN = 1600;
/** Below this a new heading joins the passage before it: a page of tiny sections makes no page of tiny passages. */
const SMALL = 300;
const OVERLAP = TARGET * 0.2;

/** The smallest stretch that a passage takes or leaves: a sentence, a row, a heading. */
interface Unit extends Range {
  readonly type: Block['type'];
  readonly weight: number;
  readonly heading: readonly string[];
  /** First row of the table that a row belongs to. */
  readonly table: string;
  /** True when the unit begins a paragraph, a row or a heading. */
  readonly fresh: boolean;
}

/**
 * Cuts the pages of a document into passages, in order: along headings, then paragraphs and table rows, then sentences,
 * packed to the target size, with up to a fifth of a passage repeated where a paragraph is cut. Never across pages. A
 * file inside the document stands under its own name, as if under a heading.
 * Every character that is not a blank lies in a passage; `page.text.slice(start, end) === text`. A generator, so that a caller may rest between passages.
 */
export function* splitPassages({ kind, pages }: Pick<ExtractedText, 'kind' | 'pages'>): Generator<PassageDraft> {
  let position = 0;
  // Headings reach over page breaks where a format has both.
  const path: string[] = [];
  let file: string | undefined;
  for (const page of pages) {
    if (page.inside?.name !== file) path.length = 0;
    file = page.inside?.name;
    for (const units of pack(unitsOf(page.text, blocksOf(page.text, page.inside?.kind ?? kind), path))) {
      const { start } = units[0]!;
      const { end } = units.at(-1)!;
      const heading = headingOf(units);
      yield {
        position: position++,
        page: page.label,
        heading: file === undefined ? heading : [file, heading].filter(Boolean).join(' › '),
        start,
        end,
        text: page.text.slice(start, end),
      };
    }
  }
}

/** Units with their surroundings. `path` is the open headings by level and is kept up to date for the next page. */
function* unitsOf(page: string, blocks: Iterable<Block>, path: string[]): Generator<Unit> {
  let heading: readonly string[] = path.filter(Boolean);
  let table: string | undefined;
  let last = 0;
  for (const block of blocks) {
    if (block.type === 'heading') {
      path.length = Math.min(path.length, block.level - 1);
      while (path.length < block.level - 1) path.push('');
      path.push(block.title);
      heading = path.filter(Boolean);
    }
    // An empty line parts two tables that follow each other.
    if (block.type !== 'row' || page.slice(last, block.start).split('\n').length > 2) table = undefined;
    last = block.end;
    const above = table ?? '';
    if (block.type === 'row') table ??= page.slice(block.start, Math.min(block.end, block.start + 160));
    const ranges = block.type === 'text' ? sentencesOf(page, block) : [block];
    let fresh = true;
    for (const range of ranges) {
      for (const { start, end } of cutToSize(page, range)) {
        yield { type: block.type, start, end, weight: weightOf(page, start, end), heading, table: above, fresh };
        fresh = false;
      }
    }
  }
}

/** Characters of Latin text that a stretch is worth. */
function weightOf(page: string, start: number, end: number): number {
  return end - start + 2 * (page.slice(start, end).match(WIDE)?.length ?? 0);
}

/** A stretch in parts of at most LARGEST_UNIT, cut behind a line or a blank where there is one in the second half. */
function* cutToSize(page: string, { start, end }: Range): Generator<Range> {
  let at = start;
  while (at < end) {
    let size = LARGEST_UNIT;
    if (weightOf(page, at, Math.min(end, at + size)) > LARGEST_UNIT) size = LARGEST_UNIT / 3;
    const cut = end - at <= size ? end : cutPlace(page, at, size);
    const trimmed = trimRange(page, { start: at, end: cut });
    if (trimmed) yield trimmed;
    at = cut;
  }
}

/** Where to cut at most `size` characters behind `at`. Only that slice is searched: `lastIndexOf` on a page would run back to its start. */
function cutPlace(page: string, at: number, size: number): number {
  const part = page.slice(at, at + size);
  const feed = part.lastIndexOf('\n');
  const gap = feed >= size / 2 ? feed : part.search(/\s\S*$/);
  return gap >= size / 2 ? at + gap + 1 : safeCut(page, at + size, at);
}

/** Groups units into passages; neighbours of one group share units where a paragraph was cut. */
function* pack(units: Iterable<Unit>): Generator<Unit[]> {
  let current: Unit[] = [];
  let weight = 0;
  for (const unit of units) {
    // Twice when headings were held back for a unit that is too far away for them.
    while (current.length > 0 && mustClose(current, weight, unit)) {
      const held = heldBack(current);
      if (held.length < current.length) yield current.slice(0, current.length - held.length);
      current = held.length > 0 ? held : overlap(current, unit);
      weight = current.reduce((sum, { weight: own }) => sum + own, 0);
    }
    current.push(unit);
    weight += unit.weight;
  }
  if (current.length > 0) yield current;
}

function mustClose(current: readonly Unit[], weight: number, next: Unit): boolean {
  if (weight + next.weight > TARGET || next.end - current[0]!.start > LARGEST_SPAN) return true;
  if (next.type === 'heading') return weight >= SMALL && current.some(({ type }) => type !== 'heading');
  // A paragraph that begins near the target belongs to the next passage.
  return next.fresh && next.type === 'text' && weight >= TARGET * 0.75;
}

/** Headings at the end of a passage belong to what follows them. */
function heldBack(current: readonly Unit[]): Unit[] {
  let count = 0;
  while (count < current.length && current[current.length - 1 - count]!.type === 'heading') count++;
  const held = current.slice(current.length - count);
  return count === current.length || weightSum(held) > TARGET / 2 ? [] : held;
}

/** The last sentences of a passage again, when the next one goes on in the middle of their paragraph. */
function overlap(current: readonly Unit[], next: Unit): Unit[] {
  if (next.type !== 'text' || next.fresh) return [];
  const repeated: Unit[] = [];
  const { end } = current.at(-1)!;
  for (let i = current.length - 1; i > 0; i--) {
    const unit = current[i]!;
    // The blanks between sentences are said again too, so the stretch counts as well as what its sentences weigh.
    if (unit.type !== 'text' || weightSum(repeated) + unit.weight > OVERLAP || end - unit.start > OVERLAP) break;
    repeated.unshift(unit);
    if (unit.fresh) break;
  }
  return repeated.length > 0 && next.end - repeated[0]!.start <= LARGEST_SPAN ? repeated : [];
}

function weightSum(units: readonly Unit[]): number {
  return units.reduce((sum, { weight }) => sum + weight, 0);
}

/** What stands above all units of a passage; below a long table's first part also the table's first row, which names its columns. */
function headingOf(units: readonly Unit[]): string {
  const first = units[0]!;
  const shared = [...first.heading];
  for (const { heading } of units) while (shared.some((title, depth) => heading[depth] !== title)) shared.pop();
  if (first.type === 'row' && first.table !== '') shared.push(first.table);
  return shared.join(' › ');
}
