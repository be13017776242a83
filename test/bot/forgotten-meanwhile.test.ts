import { expect, test } from 'vitest';
import { answerText } from '../../bot/answer-text.ts';
import { answerQuestion } from '../../core/ask/answer-question.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { CHAT } from './dispatcher-side.ts';
import { eventually } from './eventually.ts';
import { ADA, text } from './matrix/sample-events.ts';
import { useStage } from './use-stage.ts';

// Commands run beside questions: what `!forget` says is forgotten is not said by an answer afterwards.

const stage = useStage();
const vectors = loadTokenVectors();

/** Answers by the product itself, with a model that speaks when `spoken` ends. */
function answering(spoken: () => Promise<void>): { begun: number } {
  const model = { begun: 0 };
  stage().ask = async (caller, question, options) => {
    const { vault } = stage().home.state;
    const answer = await answerQuestion(
      caller,
      { ...question, at: stage().home.clock.now },
      {
        vault,
        vectors,
        model: {
          model: 'm',
          contextTokens: 8192,
          async *stream() {
            model.begun += 1;
            await spoken();
            yield 'The diagnosis of Ada is diabetes type 2 [1].';
          },
        },
      },
      { ...options, language: 'en' },
    );
    return answerText('en', answer, { question: question.text });
  };
  return model;
}

/** The event that brought the document. */
async function kept(): Promise<string> {
  const file = await stage().file('The diagnosis of Ada is diabetes type 2.', { name: 'medical.txt' });
  await stage().arrive(CHAT, file);
  await stage().settle();
  return file.event_id;
}

const memory = () => {
  const ada = stage().home.state.control.people.callerFor(ADA)!;
  return stage().home.state.vault.read(ada, (reader) => reader.turns(CHAT, 9));
};

const FORGETTING = {
  '!forget': () => stage().say('!forget 1'),
  'the deletion of its message': (file: string) =>
    Promise.resolve(text('$redact', { type: 'm.room.redaction', redacts: file, content: { redacts: file } })),
};

test.each(
  Object.entries(FORGETTING),
)('a document that is forgotten by %s while it is read for an answer is not in it', async (_how, forget) => {
  const file = await kept();
  const speak = Promise.withResolvers<void>();
  const model = answering(() => speak.promise);
  await stage().arrive(CHAT, await stage().say('What is the diagnosis of Ada?'));
  await eventually(() => model.begun).toBe(1);
  await stage().arrive(CHAT, await forget(file));
  await eventually(() => stage().documents()).toEqual([]);
  speak.resolve();
  const shown = await stage().settle();
  expect(shown.slice(1).join()).toMatch(/forgot.*any document of yours/is);
  expect(shown.slice(1).join()).not.toContain('diabetes');
  expect(memory()).toEqual([]);
});

test('`!forget chat` during an answer leaves nothing of it in chat memory', async () => {
  await kept();
  const speak = Promise.withResolvers<void>();
  const model = answering(() => speak.promise);
  await stage().arrive(CHAT, await stage().say('What is the diagnosis of Ada?'));
  await eventually(() => model.begun).toBe(1);
  await stage().arrive(CHAT, await stage().say('!forget chat'));
  await stage().lanes.commands.drained();
  speak.resolve();
  expect((await stage().settle()).at(-1)).toContain('diabetes');
  expect(memory()).toEqual([]);
});

test('an answer that was checked and is forgotten before its turn to be shown is asked anew', async () => {
  let asked = 0;
  stage().ask = (_caller, _question, { onChecked }) => {
    asked += 1;
    const isForgotten = asked === 1;
    onChecked?.(() => isForgotten);
    return Promise.resolve(isForgotten ? 'diabetes' : 'nothing left');
  };
  await stage().arrive(CHAT, await stage().say('What is the diagnosis of Ada?'));
  expect(await stage().settle()).toEqual([]);
  stage().home.clock.now += 3000;
  await stage().dispatcher.pump();
  expect(await stage().settle()).toEqual(['nothing left']);
  expect(stage().home.inbox.counts()).toMatchObject({ open: 0 });
});
