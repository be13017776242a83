import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { answerShape, questionShape } from '../shapes.ts';
import { shownAnswer } from '../shown.ts';

/** Between two pieces of an answer that grows; each holds all of it so far. */
const PIECE_MS = 200;

/** `POST /v1/ask`: answers a question from the caller's own papers, and those that are lent to them. */
export const postAsk = defineEndpoint({
  ...{ method: 'POST', path: '/v1/ask', scope: 'ask' },
  summary:
    'Ask a question about your documents. With `Accept: text/event-stream` the answer comes as it grows: events `partial` (`{"text"}`: all of it so far), then `answer` or `error`.',
  params: z.object({}),
  query: z.strictObject({}),
  headers: z.object({ accept: z.string().optional() }),
  body: questionShape,
  answers: { 200: { description: 'The answer', shape: answerShape, media: { 'text/event-stream': 'text' } } },
  async run({ desk, caller, body, headers, leaving }) {
    const question = { text: body.question, conversation: body.conversation };
    const answer = async (onPartial: (text: string) => void) => {
      const found = await desk.ask(caller, question, { leaving, onPartial });
      return shownAnswer(caller.language, found, body.question);
    };
    if (!/\btext\/event-stream\b/i.test(headers.accept ?? '')) return { status: 200, json: await answer(() => {}) };
    return {
      async stream(send) {
        let sentAt = 0;
        const onPartial = (text: string) => {
          if (performance.now() - sentAt < PIECE_MS) return;
          sentAt = performance.now();
          send('partial', { text });
        };
        send('answer', await answer(onPartial));
      },
    };
  },
});
