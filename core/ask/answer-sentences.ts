import { sentencesOf } from '../ingest/sentences.ts';
import { monthOf } from './month-names.ts';

/** One sentence of a model's answer with the marks behind it. `line` counts lines from 0, `lead` is the list mark of its line. */
export interface AnswerSentence {
  readonly text: string;
  readonly line: number;
  readonly lead: '- ' | '';
}

const LIST_MARK = /^\s*(?:[-*•–]|\d{1,2}[.)])\s+/u;
const MARKS = /^(?:\s*\[\d+\])+[.,;]?/u;

/**
 * The sentences of an answer whose marks have the form [n]. A mark behind the full stop belongs to the sentence before
 * it, a lead-in that ends in a colon to the one after it. Numbered lists become plain ones: their numbers are nobody's.
 */
export function answerSentences(text: string): AnswerSentence[] {
  const found: AnswerSentence[] = [];
  text.split('\n').forEach((whole, line) => {
    const lead = listMark(whole);
    const rest = lead === undefined ? whole : whole.slice(lead.length);
    for (const sentence of joined(rest)) found.push({ text: sentence, line, lead: lead === undefined ? '' : '- ' });
  });
  return found;
}

/** The list mark that begins a line; undefined when there is none, or when it is the day of a date ("31. Dezember"). */
function listMark(line: string): string | undefined {
  const mark = LIST_MARK.exec(line)?.[0];
  if (mark === undefined || !/\d/.test(mark)) return mark;
  const next = /^[\p{L}\p{M}]+\.?/u.exec(line.slice(mark.length))?.[0];
  return next !== undefined && monthOf(next) !== undefined ? undefined : mark;
}

/**
 * The part of a growing answer that cannot change any more: up to the end of its last sentence but one. A sentence is over
 * when the next one has begun, because marks may still follow its full stop.
 */
export function settledPart(text: string): string {
  const lastLine = text.lastIndexOf('\n') + 1;
  const pieces = joined(text.slice(lastLine).replace(/[[【][^\]】]*$/u, ''));
  const open = pieces.at(-1);
  if (open === undefined) return text.slice(0, lastLine).trimEnd();
  return text.slice(0, text.lastIndexOf(open)).trimEnd();
}

function joined(line: string): string[] {
  const sentences: string[] = [];
  for (const { start, end } of sentencesOf(line, { start: 0, end: line.length })) {
    let sentence = line.slice(start, end);
    const marks = MARKS.exec(sentence)?.[0];
    if (marks !== undefined && sentences.length > 0) {
      sentences[sentences.length - 1] += ` ${marks.trim()}`;
      sentence = sentence.slice(marks.length).trim();
    }
    if (sentence !== '') sentences.push(sentence);
  }
  return sentences;
}

/** Puts sentences together again as they stood: those of one line side by side, lists as lists. */
export function joinSentences(sentences: readonly AnswerSentence[]): string {
  let text = '';
  let line: number | undefined;
  for (const sentence of sentences) {
    if (line === undefined) text = sentence.lead;
    else text += sentence.line === line ? ' ' : `\n${sentence.lead}`;
    text += sentence.text;
    line = sentence.line;
  }
  return text;
}
