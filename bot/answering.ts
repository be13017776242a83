import type { AskOptions } from '../core/ask/ask-parts.ts';
import type { Caller } from '../core/caller.ts';
import type { Answer } from '../core/question.ts';
import type { AskedQuestion } from './handle-question.ts';

/** Answers a question from what a caller may read, as core gives it. Made by the entry file; chats put it into words, the HTTP API into JSON. */
export type Answering = (
  caller: Caller,
  question: AskedQuestion,
  options: Pick<AskOptions, 'signal' | 'onPartial' | 'onChecked'>,
) => Promise<Answer>;
