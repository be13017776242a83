import type { Passage } from '../document.ts';
import { errorCode } from '../errors.ts';
import type { Answer } from '../question.ts';
import type { AskOptions, AskParts } from './ask-parts.ts';
import type { Findings } from './find-passages.ts';
import { pickPassages } from './pick-passages.ts';
import { readPassages } from './read-passages.ts';
import { shownAs } from './shown-source.ts';
import { isNoMatch, isWeakMatch } from './weak-match.ts';

/** Of the beginning of a file, what is shown where no model reads them. */
const BEGINNING_SHOWN = 2;

/** What a file is about: its beginning, read by a model or shown as it is. */
export async function answerAbout(
  beginning: readonly Passage[],
  question: string,
  parts: AskParts,
  options: AskOptions,
): Promise<Answer> {
  const sources = beginning.slice(0, BEGINNING_SHOWN).map((passage, i) => ({ number: i + 1, passage }));
  if (!parts.model) return { kind: 'passages', sources, reason: 'beginning' };
  const found = beginning.map((passage) => ({ passage, score: 1 }));
  try {
    const answer = await readPassages(parts.model, { found, question, vectors: parts.vectors }, options);
    return answer.kind === 'answered' ? answer : { kind: 'passages', sources, reason: 'beginning' };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (errorCode(thrown) !== 'unavailable') throw thrown;
    return { kind: 'passages', sources, reason: 'beginning' };
  }
}

/** A first passage whose score is this far ahead of the second (of its own) needs no company. */
const AHEAD = 0.4;
/**
 * And one that is so far ahead needs little: of 48 answerable questions of the household corpus where it is, it is of the right
 * file in 38, and one behind it alone in 2.
 */
const CLEAR = 0.2;
/** Scores say how far something stands out only in a crowd. */
const CROWD = 8;

/** The first one alone when it is clearly ahead; what else was found only makes the right place harder to see then. */
function standingOut(found: Findings['found']): Findings['found'] {
  return isAhead(found, AHEAD) ? found.slice(0, 1) : found;
}

function isAhead(found: Findings['found'], part: number): boolean {
  const [first, second] = found;
  return first && second && found.length >= CROWD ? second.score <= (1 - part) * first.score : false;
}

/** Passages shown when no model reads them. */
const SHOWN = 3;

/** The answer that findings give: read by a model, or shown as they are. An unavailable model gives `passages`. */
export async function answerFrom(
  findings: Findings,
  question: string,
  parts: AskParts,
  options: AskOptions,
): Promise<Answer> {
  const shown = (count: number) =>
    pickPassages(standingOut(findings.found), { tokens: Number.MAX_SAFE_INTEGER, count }).map(
      shownAs(question, parts.vectors),
    );
  const isClear = isAhead(findings.found, CLEAR);
  if (isNoMatch(findings, question)) return { kind: 'no-match' };
  if (!parts.model) {
    const reason = isWeakMatch(findings, question, parts.vectors) ? 'weak' : 'no-model';
    return { kind: 'passages', sources: shown(SHOWN), reason, isClear: isClear && reason === 'no-model' };
  }
  try {
    return await readPassages(parts.model, { found: findings.found, question, vectors: parts.vectors }, options);
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (errorCode(thrown) !== 'unavailable') throw thrown;
    return { kind: 'passages', sources: shown(SHOWN), reason: 'model-failed', isClear };
  }
}
