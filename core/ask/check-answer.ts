import { type AnswerSentence, answerSentences, joinSentences } from './answer-sentences.ts';
import { checkCitations } from './check-citations.ts';
import { checkSentence, type Evidence } from './check-sentence.ts';
import { isRefusal } from './is-refusal.ts';
import { withoutOwnLook } from './own-look.ts';

/**
 * What is left of an answer after checking. The marks in `text` count from 1 in the order in which they appear;
 * `cited[0]` is the number in the prompt of the passage that [1] means. `leftOut` counts the sentences that did not stand.
 */
export interface CheckedAnswer {
  readonly text: string;
  readonly cited: readonly number[];
  readonly leftOut: number;
  /** True when what did not stand only said that the documents do not tell. */
  readonly refuses: boolean;
}

/**
 * Checks every sentence of what a model said, or of the part that cannot change any more, and keeps those that stand. One
 * that is said again stays where it was said first: small models go round in circles.
 */
export function checkAnswer(answer: string, evidence: Evidence): CheckedAnswer {
  const sentences = withLeadIns(answerSentences(withoutOwnLook(checkCitations(answer, evidence.passages.length).text)));
  const kept: AnswerSentence[] = [];
  const cited: number[] = [];
  const said = new Set<string>();
  let leftOut = 0;
  let refuses = false;
  for (const sentence of sentences) {
    const checked = checkSentence(sentence.text, evidence);
    if (checked.kind === 'fails') {
      if (isRefusal(sentence.text)) refuses = true;
      else if (/[\p{L}\p{N}]/u.test(sentence.text)) leftOut += 1;
      continue;
    }
    const bare = checked.text.replace(/\s*\[\d+\]/g, '').toLowerCase();
    if (said.has(bare)) continue;
    said.add(bare);
    for (const [, number] of checked.text.matchAll(/\[(\d+)\]/g)) {
      if (!cited.includes(Number(number))) cited.push(Number(number));
    }
    kept.push({ ...sentence, text: renumbered(checked.text, cited) });
  }
  return { text: joinSentences(kept), cited, leftOut, refuses };
}

/** A lead-in ("The dates are:") states nothing by itself: it stands and falls with the sentence after it. */
function withLeadIns(sentences: readonly AnswerSentence[]): AnswerSentence[] {
  const joined: AnswerSentence[] = [];
  let lead: AnswerSentence | undefined;
  for (const sentence of sentences) {
    if (/[:：]\s*$/u.test(sentence.text) && lead === undefined) {
      lead = sentence;
      continue;
    }
    joined.push(
      lead
        ? {
            ...lead,
            text: `${lead.text}${lead.line === sentence.line ? ' ' : `\n${sentence.lead}`}${sentence.text}`,
            line: sentence.line,
          }
        : sentence,
    );
    lead = undefined;
  }
  return joined;
}

function renumbered(text: string, cited: readonly number[]): string {
  return text.replace(/\[(\d+)\]/g, (_, number: string) => `[${cited.indexOf(Number(number)) + 1}]`);
}
