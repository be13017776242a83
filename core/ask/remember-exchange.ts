import type { Caller } from '../caller.ts';
import type { Answer, Question } from '../question.ts';
import type { Vault } from '../tenant.ts';
import { type Beginning, isForgottenMeanwhile, sourcesOf } from './forgotten-meanwhile.ts';
import { isLent } from './pooled-reader.ts';

/** A question and what was answered to it. */
export interface Exchange {
  readonly question: Question;
  readonly answer: Answer;
  /** When this answer began, and when the first one to this question did. */
  readonly since: Beginning;
  readonly first: Beginning;
}

/**
 * The text of an answer is kept for follow-ups; passages are not copied into chat memory, they stay where forgetting finds
 * them. Of what is lent nothing is kept at all: it has to be gone when the share is. False when what the answer rests on was
 * forgotten meanwhile. Where chat memory was, the answer stands, and is not kept: it was asked before.
 */
export function rememberExchange(caller: Caller, { question, answer, since, first }: Exchange, vault: Vault): boolean {
  const ids = sourcesOf(answer).map(({ passage }) => passage.id);
  const text = answer.kind === 'answered' && !ids.some(isLent) ? answer.text : '';
  const { event, room, at } = question;
  return vault.write(caller, (writer) => {
    if (isForgottenMeanwhile(writer, since, answer)) return false;
    if (answer.kind === 'empty' || writer.forgettings() !== first.forgettings) return true;
    const passages = ids.filter((id) => !isLent(id));
    const model = answer.kind === 'answered' ? answer.model : null;
    writer.addTurn({ event, room, question: question.text, answer: text, at, passages, model });
    return true;
  });
}
