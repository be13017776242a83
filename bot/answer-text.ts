import { frameLanguage } from '../core/ask/frame-language.ts';
import type { Language } from '../core/caller.ts';
import { personName } from '../core/person-id.ts';
import type { Answer, Source } from '../core/question.ts';
import { headingPath } from '../core/shown-heading.ts';
import { Markdown } from '../core/wording/markdown.ts';
import { escapeDocument, escapeLines, shorten } from '../core/wording/quote.ts';
import { messageLink } from './matrix/message-link.ts';
import { isNotePage } from './note-labels.ts';
import { extract, type PassageExtract } from './passage-extract.ts';
import { placeName } from './place-name.ts';
import { snippet } from './snippet.ts';
import { say } from './wording/say.ts';

/** Keeps a message (twice the text: plain and HTML) well within the size that homeservers take. */
const MOST_BYTES = 4500;
const NEAREST_SHOWN = 3;
/** The most that is shown of one passage. */
export const SNIPPET_CHARACTERS = 360;
/** Behind a place that says it already, and where nothing answers, others are only to be recognised. */
const FURTHER_CHARACTERS = 160;

/** The question decides which part of a passage is shown; `links` lead to the messages that files came in, by document number. */
export interface AnswerContext {
  readonly question: string;
  readonly links?: ReadonlyMap<number, string>;
  /** Asked of the papers of a family room. */
  readonly isRoom?: boolean;
}

/**
 * An answer as people see it: Markdown, at most 8,000 bytes, its frame in the question's language where that is surely one
 * of ours, else in the person's `own`. Used by the dispatcher and by the console.
 */
export function answerText(own: Language, answer: Answer, context: AnswerContext): string {
  const language = frameLanguage(context.question, own);
  switch (answer.kind) {
    case 'answered':
      return answered(language, answer, context);
    case 'passages': {
      const head = say(language, HEADS[answer.reason]);
      const places = placesOf(answer.sources);
      const further = answer.isClear === true || areRowsOfOneTable(places) ? FURTHER_CHARACTERS : SNIPPET_CHARACTERS;
      return fitted(language, head, snippets(language, places, context, further), {
        between: '\n\n',
        bytes: MOST_BYTES,
      });
    }
    case 'nothing': {
      const nothing = say(language, 'answer.nothing');
      if (answer.nearest.length === 0) return nothing;
      const places = placesOf(answer.nearest).slice(0, NEAREST_SHOWN);
      const nearest = snippets(language, places, context, FURTHER_CHARACTERS);
      const head = [nothing, '', say(language, 'answer.nearest')].join('\n');
      return fitted(language, head, nearest, { between: '\n\n', bytes: MOST_BYTES });
    }
    case 'no-match':
      return say(language, 'answer.no-match');
    case 'empty':
      return say(language, context.isRoom ? 'family.empty' : 'answer.empty');
    case 'small-talk':
      return answer.what === 'date'
        ? say(language, 'small-talk.date', { at: answer.at })
        : say(language, `small-talk.${answer.what}`);
  }
}

/** A passage to show; `note`: what its person wrote below the file, where that was found before the file's own words. */
interface Place {
  readonly source: Source;
  readonly note: string;
}

/**
 * What is shown of sources, numbered anew. What a person wrote below a file takes no place of its own beside the file: it
 * comes with the file's words where it was found before them, and is left out where they were.
 */
function placesOf(sources: readonly Source[]): Place[] {
  const isNote = ({ passage: { page } }: Source) => isNotePage(page);
  const shown = new Set<Source>();
  const places: Place[] = [];
  for (const source of sources) {
    const isOf = (other: Source) => other.passage.document === source.passage.document && !isNote(other);
    const quoted = isNote(source) ? sources.find(isOf) : undefined;
    if (shown.has(quoted ?? source)) continue;
    shown.add(quoted ?? source);
    places.push({
      source: { ...(quoted ?? source), number: places.length + 1 },
      note: quoted ? source.passage.text : '',
    });
  }
  return places;
}

/** True when every place is a row of one table: then the first tells what the others look like. */
function areRowsOfOneTable(places: readonly Place[]): boolean {
  const tables = places.map(({ source: { passage, best } }) => {
    const isRow = best !== undefined && passage.text.slice(best.start, best.end).includes(' | ');
    return isRow ? JSON.stringify([passage.document, passage.page, headingPath(passage.heading)]) : undefined;
  });
  return tables.length > 1 && tables[0] !== undefined && tables.every((table) => table === tables[0]);
}

/** The places in words, those behind the first with at most `further` characters each. */
function snippets(language: Language, places: readonly Place[], context: AnswerContext, further: number): string[] {
  return places.map((place, i) => snippetText(language, place, context, i === 0 ? SNIPPET_CHARACTERS : further));
}

/** The words above passages that nobody read, or that what was said could not be found in. */
const HEADS = {
  'no-model': 'answer.passages',
  weak: 'answer.weak',
  'model-failed': 'answer.model-failed',
  unsupported: 'answer.unsupported',
  beginning: 'answer.beginning',
} as const;

function answered(language: Language, answer: Extract<Answer, { kind: 'answered' }>, context: AnswerContext): string {
  const { sources, leftOut } = answer;
  const note = leftOut === 0 ? '' : `\n\n${say(language, 'answer.left-out', { sentences: leftOut })}`;
  const lines = sourceLines(language, sources, context);
  const cited = fitted(language, say(language, 'answer.sources'), lines, { between: '\n', bytes: MOST_BYTES / 2 });
  const list = `${note}${lines.length === 0 ? '' : `\n\n${cited}`}`;
  const room = MOST_BYTES - Buffer.byteLength(list);
  const text = answer.text.trim();
  const shown =
    Buffer.byteLength(text) <= room ? text : `${cut(text, room - 200)} …\n\n${say(language, 'answer.shortened')}`;
  return shown + list;
}

/** Head and as many items as fit, with a note when some did not. */
function fitted(
  language: Language,
  head: string,
  items: readonly string[],
  { between, bytes }: { between: string; bytes: number },
): string {
  let text = head;
  for (const item of items) {
    const longer = text + between + item;
    if (Buffer.byteLength(longer) > bytes) return `${text}\n\n${say(language, 'answer.shortened')}`;
    text = longer;
  }
  return text;
}

/** The sources in order, those of one place on one line: "[1] [3] Rental contract.pdf, page 3". */
function sourceLines(language: Language, sources: readonly Source[], context: AnswerContext): string[] {
  const places = new Map<string, Source[]>();
  for (const source of sources) {
    const { document, page, heading } = source.passage;
    const place = JSON.stringify([document, page, page === null ? headingPath(heading) : '']);
    places.set(place, [...(places.get(place) ?? []), source]);
  }
  return [...places.values()].map((same) => sourceLine(language, same, context));
}

function sourceLine(language: Language, same: readonly Source[], { links }: AnswerContext): string {
  const link = links?.get(same[0]!.passage.document);
  return `${place(language, same)}${link === undefined ? '' : messageLink(link)}`;
}

function place(language: Language, same: readonly Source[]): string {
  const marks = new Markdown(same.map(({ number }) => `[${number}]`).join(' '));
  const { documentName: name, page, owner: lender } = same[0]!.passage;
  const owner = lender === undefined ? '' : personName(lender);
  const heading = headingPath(same[0]!.passage.heading);
  if (page !== null && isPageNumber(page)) return say(language, 'answer.source.page', { marks, owner, name, page });
  const part = page === null ? heading : placeName(language, page);
  return part === ''
    ? say(language, 'answer.source.whole', { marks, owner, name })
    : say(language, 'answer.source.part', { marks, owner, name, part });
}

function snippetText(language: Language, { source, note }: Place, context: AnswerContext, longest: number): string {
  const shown = source.best
    ? marked(extract(source.passage.text, { ...source.best, heading: source.passage.heading }, longest))
    : escapeLines(snippet(source.passage.text, context.question, longest));
  return say(language, 'answer.snippet', {
    source: new Markdown(sourceLine(language, [source], context)),
    snippet: new Markdown(shown),
    note: shorten(note, FURTHER_CHARACTERS),
  });
}

/** The best sentence stands out. Blanks or line breaks around it, or Markdown would not see the marks beside some signs. */
function marked({ before, best, after }: PassageExtract): string {
  const gap = (isParted: boolean) => (isParted ? '\n' : ' ');
  return [
    before === '' ? '' : escapeLines(before.trimEnd()) + gap(before.endsWith('\n')),
    `**${escapeDocument(best)}**`,
    after === '' ? '' : gap(after.startsWith('\n')) + escapeLines(after.trimStart()),
  ].join('');
}

/** Page labels that want the word "page" before them ("3", "iv"); a sheet's name stands alone. */
function isPageNumber(label: string): boolean {
  return /^(\d+|[ivxlc]+)$/i.test(label);
}

/** The start of a text within a number of bytes, ended at a blank. */
function cut(text: string, bytes: number): string {
  const whole = new TextDecoder().decode(Buffer.from(text).subarray(0, bytes)).replace(/\ufffd+$/, '');
  return whole.replace(/\s+\S*$/, '').trimEnd();
}

/**
 * True for an answer that holds nothing: to a question that people in a room may have asked each other the bot says nothing
 * then.
 */
export function isNothingToSay(answer: Answer): boolean {
  if (answer.kind === 'passages') return answer.reason === 'weak' || answer.reason === 'unsupported';
  return answer.kind !== 'answered';
}
