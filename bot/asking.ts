import { answerQuestion } from '../core/ask/answer-question.ts';
import type { AskParts } from '../core/ask/ask-parts.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { serverOf } from '../core/person-id.ts';
import { answerText, isNothingToSay } from './answer-text.ts';
import type { Answering } from './answering.ts';
import type { Ask } from './handle-question.ts';
import { lentStores } from './lent-stores.ts';
import type { Session } from './matrix/homeserver.ts';
import type { RoomBook } from './matrix/room-book.ts';
import { sourceLinks } from './source-links.ts';

/** What answering takes of the open household. */
interface AskingParts {
  readonly state: Pick<OpenState, 'vault' | 'shares' | 'control'>;
  readonly rooms: RoomBook;
  readonly session: Pick<Session, 'userId'>;
  /** Index, vectors and models. */
  readonly means: Omit<AskParts, 'vault' | 'lent'>;
}

/** Answers from what a caller may read: as facts, and in the words of a chat, with links to where the papers were sent. */
export function makeAsking({ state, rooms, session, means }: AskingParts): { answering: Answering; ask: Ask } {
  const { vault, shares, control } = state;
  const parts = { vault, lent: lentStores(shares), ...means };
  const answering: Answering = (caller, question, options) =>
    answerQuestion(caller, { ...question, at: systemClock() }, parts, { ...options, language: caller.language });
  const server = serverOf(session.userId);
  const ask: Ask = async (caller, question, { signal, onPartial, onChecked, quiet }) => {
    const answer = await answering(caller, question, {
      ...{ signal, onChecked },
      onPartial: (text) => onPartial(`${text} …`),
    });
    if (quiet && isNothingToSay(answer)) return '';
    const isRoom = control.people.find(caller.person)?.tenant !== caller.tenant;
    const links = sourceLinks({ vault, rooms, server }, caller, answer);
    return answerText(caller.language, answer, { question: question.text, links, isRoom });
  };
  return { answering, ask };
}
