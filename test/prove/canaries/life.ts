import { answerText } from '../../../bot/answer-text.ts';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import type { PromptMessage } from '../../../core/question.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { CHAT, type Stage } from '../../bot/dispatcher-side.ts';
import { ADA, member } from '../../bot/matrix/sample-events.ts';
import { scriptedModel } from '../../core/ask/scripted-model.ts';
import { encryptedPdf } from '../../core/ingest/encrypted-pdf.ts';
import type { Canaries } from './marks.ts';

/** How much of each thing a life of so many canaries holds. */
export function portions(canaries: number) {
  const share = (part: number) => Math.max(1, Math.round(canaries * part));
  return {
    files: share(0.12),
    questions: share(0.15),
    passwords: share(0.04),
    names: share(0.04),
    errors: share(0.01),
  };
}

/**
 * Ada's life with the bot, every private word of it a canary: display names, files with names, texts and notes, questions,
 * what a model said (in the papers and not in them), passwords, and errors that quote her. `pause` is called in between, to
 * look at what lies on the disk while the stores are open.
 */
export async function liveLife(
  stage: Stage,
  canaries: Canaries,
  { amount, pause }: { amount: ReturnType<typeof portions>; pause: (when: string) => void },
): Promise<void> {
  stage.ask = answering(stage, canaries);
  for (let at = 0; at < amount.names; at++) await joinAs(stage, canaries.make('display name'), at);
  for (let at = 0; at < amount.files; at++) {
    await sendFile(stage, canaries);
    if (at === Math.floor(amount.files / 2)) pause('between files');
  }
  for (let at = 0; at < amount.questions; at++) {
    const words = at % 5 === 0 ? 'and who else?' : 'What is the number of the contract?';
    await stage.arrive(CHAT, await stage.say(`${canaries.make('question')} ${words}`));
    await drained(stage);
    if (at === Math.floor(amount.questions / 2)) pause('between questions');
  }
  await typeCommands(stage, canaries);
  for (let at = 0; at < amount.passwords; at++) await typePassword(stage, canaries, at);
  for (let at = 0; at < amount.errors; at++) await goWrong(stage, canaries);
  pause('after the last message');
}

async function joinAs(stage: Stage, displayname: string, at: number): Promise<void> {
  const content = { membership: 'join', displayname, avatar_url: `mxc://home.test/${displayname}` };
  await stage.arrive(CHAT, member(ADA, 'join', { event_id: `$name${at}`, content }));
  await drained(stage);
}

async function sendFile(stage: Stage, canaries: Canaries): Promise<void> {
  const [first, second, third] = [canaries.make('text'), canaries.make('text'), canaries.make('text')];
  const text = [
    `The contract with ${first} has the number 4711 and costs 12 euros a month.`,
    `It was signed by ${second}.`,
    '',
    `# ${third}`,
    `The second part is about the garden. ${'Roses need water in dry summers. '.repeat(20)}`,
  ].join('\n');
  const name = `${canaries.make('file name')}.md`;
  await stage.arrive(CHAT, await stage.file(text, { name, caption: `from ${canaries.make('note')}` }));
  await drained(stage);
}

async function typeCommands(stage: Stage, canaries: Canaries): Promise<void> {
  const question = await stage.say(`${canaries.make('question')} costs what a month?`);
  const lines = [
    `!files ${canaries.make('question')}`,
    ...['!files', '!show 1', '!show 1 1', '!export 2', '!forget 3', '!privacy', '!audit', '!retention', '!whoami'],
    `!forget ${canaries.make('question')}`,
    `!${canaries.make('question')} please`,
    '!feedback',
    '!export',
  ];
  await stage.arrive(CHAT, question);
  await drained(stage);
  for (const line of lines) {
    await stage.arrive(CHAT, await stage.say(line));
    await drained(stage);
  }
}

async function typePassword(stage: Stage, canaries: Canaries, at: number): Promise<void> {
  const password = canaries.make('password');
  if (at % 4 === 0) await stage.arrive(CHAT, await stage.file(encryptedPdf, { name: `locked ${at}.pdf` }));
  await drained(stage);
  await stage.arrive(CHAT, await stage.say(at % 2 === 0 ? `!password ${password}` : password));
  await drained(stage);
}

/** A damaged file, and an answer that fails with words of the question in the error. */
async function goWrong(stage: Stage, canaries: Canaries): Promise<void> {
  const damaged = Buffer.from(`%PDF-1.7\n${canaries.make('text')}\ntrailer`);
  await stage.arrive(CHAT, await stage.file(damaged, { name: `${canaries.make('file name')}.pdf` }));
  await drained(stage);
  const ask = stage.ask;
  stage.ask = (_caller, { text }) => {
    const cause = new SyntaxError(`unexpected ${canaries.make('error')}`);
    return Promise.reject(new Error(`cannot read "${text}" ${canaries.make('error')}`, { cause }));
  };
  await stage.arrive(CHAT, await stage.say(`${canaries.make('question')} anybody?`));
  await drained(stage);
  stage.ask = ask;
}

async function drained(stage: Stage): Promise<void> {
  await Promise.all(Object.values(stage.lanes).map((lane) => lane.drained()));
  await stage.send();
}

/** Real answering, by a model that quotes its papers and adds words of its own that the check has to leave out. */
function answering(stage: Stage, canaries: Canaries): Stage['ask'] {
  const vectors = loadTokenVectors();
  return async (caller, question, { signal, onPartial }) => {
    const model = scriptedModel((prompt: readonly PromptMessage[]) => {
      const fact =
        /The contract with \w+ has the number 4711[^\n]*/.exec(prompt.at(-1)?.content ?? '')?.[0] ?? 'Nothing';
      return [`${fact} [1] `, `Also ${canaries.make('answer')} said so. [1]`];
    });
    const answer = await answerQuestion(
      caller,
      { ...question, at: stage.home.clock.now },
      { vault: stage.home.state.vault, vectors, model },
      { signal, onPartial, language: caller.language },
    );
    return answerText(caller.language, answer, { question: question.text });
  };
}
