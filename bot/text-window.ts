import { CELLS, isRow } from './shown-lines.ts';

/** A stretch before a matching word, so that it doesn't stand at the very start of a snippet. */
export const LEAD_IN = 60;

/** At most `longest` characters of a shown text from about `start`, with "…" where something was left out; rows and cells stay whole. */
export function window(text: string, start: number, longest: number): string {
  const from = Math.min(rowStart(text, start, longest / 2), fillingStart(text, longest));
  const before = from > 0 ? '…' : '';
  const rest = text.slice(from);
  if (rest.length + before.length <= longest) return before + rest.toWellFormed();
  const cut = cutPlace(rest, longest - before.length - 2);
  const isBetween = rest[cut] === '\n';
  return `${before}${rest.slice(0, cut).trimEnd()}${isBetween ? '\n' : isRow(rest.slice(cut, cut + CELLS.length)) ? CELLS : ''}…`.toWellFormed();
}

/** From where on the rest of a text is no longer than `longest`: a row's start, or a word's. */
function fillingStart(text: string, longest: number): number {
  const place = Math.max(0, text.length - longest + 1);
  const start = rowStart(text, place, text.length);
  const next = text.indexOf('\n', place);
  return start === place || next < 0 ? wordStart(text, place) : next + 1;
}

/** The start of the row that a place lies in; the place itself outside of rows, and where that is more than `most` before it. */
function rowStart(text: string, place: number, most: number): number {
  const start = text.lastIndexOf('\n', place - 1) + 1;
  const end = text.indexOf('\n', place);
  const isInRow = isRow(text.slice(start, end < 0 ? undefined : end));
  return place > 0 && isInRow && place - start <= most ? start : place;
}

/** Where to cut a text at most `most` characters long: between rows, between cells of a single one, or at a blank. */
function cutPlace(text: string, most: number): number {
  const feed = text.lastIndexOf('\n', most);
  const next = text.indexOf('\n', most);
  if (isRow(text.slice(feed + 1, next < 0 ? undefined : next))) {
    if (feed > 0) return feed;
    const bar = text.lastIndexOf(CELLS, most - CELLS.length);
    if (bar > 0) return bar;
  }
  const blank = Math.max(feed, text.lastIndexOf(' ', most));
  return blank > most / 2 ? blank : most;
}

/** The start of the first whole word at or after a place. */
export function wordStart(text: string, place: number): number {
  if (place <= 0 || text[place - 1] === '\n') return Math.max(0, place);
  const blank = text.indexOf(' ', place - 1);
  return blank === -1 || blank - place > LEAD_IN ? place : blank + 1;
}
