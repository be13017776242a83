import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BOT, passwordOf } from '../lab/household.ts';
import { type Chat, House, textFile } from './house.ts';
import { isRewrite, type ModelRequest, ScriptedModel } from './scripted-model.ts';

// Answers worded by a language model behind an OpenAI-compatible server. The model's words are the test's own; everything
// else is real.

let model: ScriptedModel;
let house: House;
let ada: Chat;
let ben: Chat;
/** The event that brought the lease. */
let lease: string;

const LEASE = [
  'The lease of the flat in Mill Road began on 1 March 2021.',
  'The deposit of 2400 francs lies at the cantonal bank.',
  'The lease ends on 28 February 2029 unless it is renewed.',
].join(' ');

beforeAll(async () => {
  model = await ScriptedModel.start();
  house = await House.open({
    people: [{ local: 'ada', role: 'admin' }, { local: 'ben' }],
    settings: { answering: { kind: 'openai', url: model.url, model: model.model } },
  });
  const [adaDevice, benDevice] = await Promise.all([house.login('ada'), house.login('ben')]);
  [ada, ben] = await Promise.all([house.openChat(adaDevice), house.openChat(benDevice)]);
  lease = await ada.client.sendFile(ada.room, textFile('lease.txt', LEASE));
  await ada.replyTo(lease, /is document/);
});

beforeEach(() => {
  model.requests.length = 0;
});

afterAll(async () => {
  await house?.close();
  await model?.stop();
});

/** The model writes this for every question; a follow-up it leaves as it is. */
function writes(text: string): void {
  model.play = (request) => (isRewrite(request) ? { end: 503 } : { pieces: text.match(/\S+\s*/g) ?? [] });
}

test('an answer names file and passage, and marks that point nowhere are removed', async () => {
  writes('The deposit is 2400 francs [1], as agreed [7].');
  const answer = await ada.ask('How much is the deposit of the flat?', /Where I read it/);
  expect(answer.text).toBe('The deposit is 2400 francs [1], as agreed.\n\nWhere I read it\n[1] lease.txt');
  expect(answer.msgtype).toBe('m.text');
});

test('an answer grows on the screen by a few edits, each encrypted, the last with its sources', async () => {
  const sentence = 'The lease of the flat in Mill Road began on 1 March 2021 [1]. ';
  const words = `${sentence.repeat(15)}It ends on 28 February 2029 [1].`.match(/\S+\s*/g)!;
  model.play = () => ({ pieces: slowly(words) });
  const question = await ada.client.say(ada.room, 'When does the lease of the flat end?');
  const early = await ada.replyTo(question, /The lease of the flat/);
  expect(early.text).not.toContain('Where I read it');
  // Whole sentences only: half of one cannot be checked.
  expect(early.text).toMatch(/^(The lease of the flat in Mill Road began on 1 March 2021 \[1\]\.\s?)+…$/);
  const whole = await ada.replyTo(question, /Where I read it/);
  expect(whole.text).toContain('It ends on 28 February 2029 [1].');
  expect(whole.edits.length).toBeGreaterThan(1);
  expect(whole.edits.length).toBeLessThanOrEqual(12);
  expect(whole.edits.every((edit) => edit.encrypted)).toBe(true);
  const shown = [early.text, ...whole.edits.slice(0, -1).map((edit) => edit.text)];
  for (const text of shown) expect(words.join('')).toContain(text.replace(/\s*…$/, ''));
});

test('when the model finds nothing, the bot says so, and the marker is never shown', async () => {
  writes('NOT_IN_DOCUMENTS');
  const answer = await ada.ask('Who painted the kitchen of the flat?');
  expect(answer.text).toMatch(/^Your documents don't say\./);
  // Neither now nor in what was shown first.
  expect(JSON.stringify(answer)).not.toContain('NOT_IN');
});

test('what stands in no passage is not shown, and the passages are shown instead', async () => {
  writes('The deposit is 9999 dollars and lies under the mattress. It was paid by Peter Miller on 3 May 2020 [1].');
  const answer = await ada.ask('How much is the deposit?', /come closest|Where I read it/);
  expect(answer.text).toMatch(/^I found no wording that your documents bear out/);
  expect(answer.text).toContain('The deposit of 2400 francs');
  expect(JSON.stringify(answer)).not.toMatch(/9999|mattress|Miller|2020/);
});

test('a sentence with a figure that its passage does not hold is left out, also while the answer grows', async () => {
  const text = 'The deposit is 2500 francs [1]. It lies at the cantonal bank [1]. The rent is 900 francs [1].';
  model.play = () => ({ pieces: slowly(`${text} It lies there.`.match(/\S+\s*/g)!) });
  const answer = await ada.ask('Where does the deposit of the flat lie?', /Where I read it/);
  expect(answer.text).toMatch(/^It lies at the cantonal bank \[1\]\./);
  expect(answer.text).toMatch(/I left out \d sentences of the model/);
  expect(JSON.stringify([answer.content, answer.edits])).not.toMatch(/2500|900/);
});

test('thanks are answered, not searched for', async () => {
  expect((await ada.ask('thank you!')).text).toBe("You're welcome!");
  expect(model.requests).toEqual([]);
});

test('a source leads to the message that its file came in', async () => {
  writes('The deposit is 2400 francs [1].');
  const answer = await ada.ask('How much is the deposit for the flat?', /Where I read it/);
  const [, room, event] = /href="https:\/\/matrix\.to\/#\/([^/"]+)\/([^/"?]+)\?via=home\.test"/.exec(
    JSON.stringify(answer.edits.at(-1)?.content ?? answer.content).replaceAll('\\"', '"'),
  )!;
  expect(decodeURIComponent(room!)).toBe(ada.room);
  expect(decodeURIComponent(event!)).toBe(lease);
  expect(answer.text).not.toContain('matrix.to');
});

test('!stop ends what is being answered, at the model too, and what waits', async () => {
  const asked = Promise.withResolvers<void>();
  const before = model.hungUp;
  model.play = () => {
    asked.resolve();
    return { pieces: ['The deposit is 2400 francs [1]. ', 'It ', new Promise(() => {})] };
  };
  const [first, second] = [
    await ada.client.say(ada.room, 'How much is the deposit of the flat, and since when?'),
    await ada.client.say(ada.room, 'And when does the lease end?'),
  ];
  await asked.promise;
  expect((await ada.ask('!stop')).text).toMatch(/^Stopped: 2 questions, 1 of which was still waiting/);
  await ada.until('the model to be left', () => model.hungUp > before);
  writes('The lease ends on 28 February 2029 [1].');
  await ada.ask('When does the lease of the flat end?', /28 February 2029 \[1\]/);
  for (const question of [first, second]) {
    const replies = ada.fromBot().filter(({ content }) => JSON.stringify(content).includes(question));
    for (const { text } of replies) expect(text).toBe('Stopped, as you asked.');
  }
  expect((await ada.ask('!stop')).text).toMatch(/nothing to stop/);
});

test('a thumbs-down keeps the answer for the person alone', async () => {
  writes('The deposit is 2400 francs [1].');
  const answer = await ada.ask('How much is the deposit at the bank?', /Where I read it/);
  await ada.client.react(ada.room, answer.eventId, '👎');
  await ada.sees(/^Thank you, noted/);
  expect((await ada.ask('!feedback')).text).toMatch(
    /“How much is the deposit at the bank\?” “The deposit is 2400 francs\.”, from lease\.txt, by scripted-1/,
  );
  expect((await ben.ask('!feedback')).text).toContain('You marked no answer');
  expect((await ada.ask('!feedback clear')).text).toBe('Forgotten: 1 marked answer.');
});

test('a thread remembers its own talk, and !forget chat forgets all of it', async () => {
  const inThread = (body: string) =>
    ada.client.send(ada.room, { msgtype: 'm.text', body, 'm.relates_to': { rel_type: 'm.thread', event_id: root } });
  writes('The deposit is 2400 francs [1].');
  const root = await ada.client.say(ada.room, 'How much is the deposit for the flat in Mill Road?');
  await ada.replyTo(root, /Where I read it/);
  writes('The lease ends on 28 February 2029 [1].');
  await ada.replyTo(await inThread('When does the lease in Mill Road end?'), /Where I read it/);
  writes('The lease began on 1 March 2021 [1].');
  await ada.replyTo(await inThread('And when did it begin?'), /Where I read it/);
  const rewrite = model.requests.find((request) => isRewrite(request));
  expect(rewrite?.user).toContain('Q: When does the lease in Mill Road end?');
  expect(rewrite?.user).not.toContain('deposit for the flat');
  expect((await ada.ask('!privacy')).text).toMatch(/\d+ questions with their answers, the oldest .* old/);
  expect((await ada.ask('!forget chat')).text).toMatch(/^Forgotten: \d+ questions and their answers/);
  expect((await ada.ask('!privacy')).text).toContain('none of our questions and answers');
  model.requests.length = 0;
  await ada.replyTo(await inThread('And when did it begin?'), /./s);
  expect(model.requests.filter((request) => isRewrite(request))).toEqual([]);
});

test('links, pictures and HTML of the model do not reach the screen', async () => {
  writes(
    'The deposit is 2400 francs [1]. <img src="https://evil.example/a.png"> [more](https://evil.example/b) ![x](mxc://evil/c)',
  );
  const answer = await ada.ask('Where does the deposit of the flat lie?', /Where I read it/);
  const html = JSON.stringify([answer.content, answer.edits.map(({ content }) => content)]);
  expect(`${answer.text}${html}`).not.toMatch(/evil|<img|<a (?!href=\\"https:\/\/matrix\.to\/#\/!)/);
});

test('a follow-up question is completed from the talk before it', async () => {
  writes('The lease began on 1 March 2021 [1].');
  await ada.ask('When did the lease of the flat in Mill Road begin?', /1 March 2021/);
  model.play = (request) =>
    isRewrite(request)
      ? { pieces: ['When does the lease of the flat in Mill Road end?'] }
      : { pieces: ['It ends on 28 February 2029 [1].'] };
  const answer = await ada.ask('And when does it end?', /Where I read it/);
  expect(answer.text).toContain('28 February 2029');
  const [rewrite, reading] = model.requests.slice(-2) as [ModelRequest, ModelRequest];
  expect(rewrite.user).toContain('When did the lease of the flat in Mill Road begin?');
  expect(reading.user).toContain('Question: When does the lease of the flat in Mill Road end?');
});

test('a question in another language is answered from the same papers, in its language', async () => {
  writes('Die Kaution beträgt 2400 Franken [1].');
  const answer = await ada.ask('Wie hoch ist die Kaution für die Wohnung in der Mill Road?', /Kaution/);
  expect(answer.text).toContain('2400 Franken [1].');
  expect(answer.text).toContain('[1] lease.txt');
  expect(model.requests.at(-1)?.system).toContain('Answer in German');
  expect(model.requests.at(-1)?.user).toContain('The deposit of 2400 francs');
});

test.each([
  { how: 'refuses', script: { end: 500 } },
  { how: 'breaks off in the middle', script: { pieces: ['The deposit is 17'], end: 'cut' } },
] as const)('when the model $how, the passages themselves are the answer', async ({ script }) => {
  model.play = () => script;
  const answer = await ada.ask('How much is the deposit at the bank?', /The language model did not answer just now/);
  expect(answer.text).toContain('2400 francs');
  expect(answer.text).toContain('[1] lease.txt');
});

test('a corrected question replaces its answer', async () => {
  writes('The deposit is 2400 francs [1].');
  const question = await ada.client.say(ada.room, 'How much is the deposit?');
  const first = await ada.replyTo(question, /2400 francs \[1\]/);
  writes('The lease began on 1 March 2021 [1].');
  await ada.client.edit(ada.room, question, 'When did the lease of the flat begin?');
  const changed = await ada.replyTo(question, /1 March 2021/);
  expect(changed.eventId).toBe(first.eventId);
});

test("nothing of another person's papers reaches a prompt", async () => {
  await ben.send(textFile('bicycle.txt', 'The bicycle of Ben has the frame number WX-31415.'));
  writes('NOT_IN_DOCUMENTS');
  await ben.ask('How much is the deposit of the flat, and what is the frame number of the bicycle?');
  const prompts = model.requests.map(({ user }) => user).join('\n');
  expect(prompts).toContain('WX-31415');
  expect(prompts).not.toMatch(/2400|lease\.txt|Mill Road began/);
});

test('an answer that is still being written is withheld when a stranger joins, and given when they left', async () => {
  await house.synapse.register('eve', passwordOf('eve'));
  const eve = await house.login('eve');
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  model.play = () => {
    asked.resolve();
    return { pieces: [gate.promise, 'The deposit is 2400 francs [1].'] };
  };
  const question = await ada.client.say(ada.room, 'How much is the deposit of the flat, please?');
  await asked.promise;
  await ada.client.invite(ada.room, eve.userId);
  await eve.join(ada.room);
  await ada.sees(/@eve:home\.test is here now, so I no longer use your documents/);
  gate.resolve();
  writes('The deposit is 2400 francs [1].');
  const during = await ada.client.say(ada.room, 'How much is the deposit?');
  // What is asked elsewhere is answered meanwhile, after the withheld answers would have come.
  const other = await house.openChat(ada.client);
  await other.ask('How much is the deposit of the flat?', /2400 francs \[1\]/);
  await eve.leave(ada.room);
  await ada.sees(/just the two of us again/);
  await ada.ask('How much was the deposit?', /2400 francs \[1\]/);
  const early = ada.fromBot().filter(({ content }) => JSON.stringify(content).includes(during));
  expect(early).toEqual([]);
  const late = ada.fromBot().filter(({ content }) => JSON.stringify(content).includes(question));
  expect(late).toEqual([]);
  expect(eve.messages(ada.room).filter(({ sender, text }) => sender === BOT && /2400/.test(text))).toEqual([]);
});

test('a question deleted while it is answered is not answered, and not taken for a file', async () => {
  const gate = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  model.play = () => {
    asked.resolve();
    return { pieces: [gate.promise, 'The deposit is 2400 francs [1].'] };
  };
  const question = await ada.client.say(ada.room, 'How much is the deposit of the flat again?');
  await asked.promise;
  await ada.client.redact(ada.room, question);
  await ada.ask('!whoami');
  gate.resolve();
  expect((await ada.ask('!files')).text).toContain('lease.txt');
  expect(ada.all(/You deleted the message/)).toEqual([]);
  const late = ada.fromBot().filter(({ content }) => JSON.stringify(content).includes(question));
  expect(late).toEqual([]);
});

test('!privacy names the model that reads the papers', async () => {
  expect((await ada.ask('!privacy')).text).toMatch(/for answers: scripted-1,? on the family server/);
});

test('the homeserver holds nothing of the bot in the clear, and nothing was answered twice', async () => {
  await house.expectNothingPlain();
  await house.expectAllReadOnce();
});

/** As fast as a model on a small machine: the whole takes some seconds, so that edits have their time. */
function* slowly(words: readonly string[]): Generator<string | Promise<unknown>> {
  for (const word of words) {
    yield word;
    yield sleep(40);
  }
}
