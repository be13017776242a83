import { answerQuestion } from '../../../core/ask/answer-question.ts';
import type { AskParts } from '../../../core/ask/ask-parts.ts';
import type { Answer, Question } from '../../../core/question.ts';
import type { Turn } from '../../../core/tenant.ts';
import type { CorpusQuestion } from './corpus.ts';
import type { Home } from './home.ts';

/** When the questions of a corpus are asked. */
export const ASKED_AT = Date.UTC(2026, 0, 15);

/** A question as it is asked in a chat of its own, and the turn before it where it goes on from one. */
export function askedAs(question: CorpusQuestion, system: string): { asked: Question; before: Turn[] } {
  const room = `${system} ${question.id}`;
  const asked = { text: question.question, room, event: `$2 ${room}`, at: ASKED_AT };
  const { previous } = question;
  if (previous === undefined) return { asked, before: [] };
  const turn = { room, event: `$1 ${room}`, question: previous, answer: '', passages: [], model: null };
  return { asked, before: [{ ...turn, at: ASKED_AT - 60_000 }] };
}

/** The product's whole answer, follow-ups completed from the chat memory that they would have. */
export function answerOf(
  question: CorpusQuestion,
  system: string,
  {
    home,
    embedder,
    model,
    signal,
  }: { home: Home; signal?: AbortSignal | undefined } & Pick<AskParts, 'embedder' | 'model'>,
): Promise<Answer> {
  const { asked, before } = askedAs(question, system);
  home.state.vault.write(home.caller, (writer) => {
    for (const turn of before) writer.addTurn(turn);
  });
  const asking = { vault: home.state.vault, vectors: home.vectors, embedder, model };
  return answerQuestion(home.caller, asked, asking, { language: 'en', signal });
}

/** What a person reads: the model's words, or the passages that are shown without one. null: "your documents don't say". */
export function shownText(answer: Answer): string | null {
  if (answer.kind === 'answered') return answer.text;
  return answer.kind === 'passages' ? answer.sources.map(({ passage }) => passage.text).join('\n\n') : null;
}
