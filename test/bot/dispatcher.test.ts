import { describe, expect, test } from 'vitest';
import { AlertDesk } from '../../bot/alert-desk.ts';
import type { MatrixEvent } from '../../bot/matrix/events.ts';
import { ReplayGuard } from '../../bot/matrix/replay-guard.ts';
import { say } from '../../bot/wording/say.ts';
import { AppError } from '../../core/errors.ts';
import { prepareDocument } from '../../core/ingest/prepare-document.ts';
import { encryptedPdf } from '../core/ingest/encrypted-pdf.ts';
import { CHAT, OPS } from './dispatcher-side.ts';
import { eventually } from './eventually.ts';
import { Peer } from './matrix/peer.ts';
import { ADA, BOT, text } from './matrix/sample-events.ts';
import { respond } from './matrix/small-homeserver.ts';
import { useStage } from './use-stage.ts';

const BEN = '@ben:home.test';
const stage = useStage();
const redaction = (target: string, changes = {}) =>
  text(`$redact ${target}`, { type: 'm.room.redaction', redacts: target, content: { redacts: target }, ...changes });
const words = (key: Parameters<typeof say>[1]) => say('en', key as 'greeting').replaceAll('**', '');

/** Time passes: many messages come after those that were handled, and their ids are forgotten. */
async function pruned(): Promise<void> {
  const later = Array.from({ length: 501 }, (_, n) => text(`$later${n}`, { sender: BOT }));
  await stage().arrive(CHAT, ...later);
  stage().home.inbox.prune(stage().home.clock.now + 1);
}

describe('!stop', () => {
  const begin = () => {
    const signals: AbortSignal[] = [];
    stage().ask = (_caller, { text: asked }, { signal, onPartial }) => {
      if (asked === 'quick?') return Promise.resolve('done');
      signals.push(signal);
      onPartial('The rent is …');
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    return signals;
  };

  test('ends what is answered and what waits, and says so in the place of the answer', async () => {
    const signals = begin();
    const [first, second] = [await stage().say('When?'), await stage().say('How much?')];
    await stage().arrive(CHAT, first, second);
    await eventually(() => signals.length).toBe(1);
    await stage().send();
    await stage().arrive(CHAT, await stage().say('!stop'));
    expect(await stage().settle()).toEqual([
      'The rent is …',
      expect.stringMatching(/^Stopped: 2 questions, 1 of which was still waiting/),
      '* Stopped, as you asked.',
    ]);
    expect(signals[0]!.aborted).toBe(true);
    expect(stage().asked.map(({ text: asked }) => asked)).toEqual(['When?']);
    expect(stage().home.inbox.counts()).toMatchObject({ open: 0, waiting: 0 });
    await stage().arrive(CHAT, await stage().say('quick?'));
    expect((await stage().settle()).at(-1)).toBe('done');
  });

  test('ends the question below a file for good, also when the bot restarts before the file is read', async () => {
    stage().prepare = () => new Promise(() => {});
    await stage().arrive(
      CHAT,
      await stage().file('The rent is due on the first.', { caption: 'When is the rent due?' }),
    );
    await stage().arrive(CHAT, await stage().say('!stop'));
    await stage().lanes.commands.drained();
    stage().start();
    stage().prepare = prepareDocument;
    await stage().dispatcher.pump();
    const [stopped, kept] = await stage().settle();
    expect(stopped).toMatch(/^Stopped: 1 question/);
    expect(kept).toMatch(/^I read letter/);
    expect(kept).not.toMatch(/answer to/);
    expect(stage().asked).toEqual([]);
    expect(stage().documents()).toEqual(['letter.txt']);
    expect(stage().home.inbox.counts().open).toBe(0);
  });

  test('leaves the questions of others alone, and is honest when there is nothing', async () => {
    const signals = begin();
    stage().home.state.control.people.add({ id: BEN, role: 'admin', language: 'en' });
    await stage().arrive(CHAT, await stage().say('When?'));
    await eventually(() => signals.length).toBe(1);
    expect(stage().dispatcher.stopQuestions(BEN)).toEqual({ running: 0, waiting: 0, exports: 0 });
    expect(signals[0]!.aborted).toBe(false);
    expect(stage().dispatcher.stopQuestions(ADA)).toEqual({ running: 1, waiting: 0, exports: 0 });
    await stage().settle();
    await stage().arrive(CHAT, await stage().say('!stop'));
    expect((await stage().settle()).at(-1)).toMatch(/nothing to stop/);
  });
});

describe('somebody who is erased', () => {
  test('has nothing running, reading or waiting any more when their work is stopped, and gets no answer', async () => {
    const signals: AbortSignal[] = [];
    stage().ask = (_caller, _question, { signal }) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    await stage().arrive(CHAT, await stage().say('When?'), await stage().say('How much?'));
    await eventually(() => signals.length).toBe(1);
    stage().home.state.control.people.remove(ADA);
    await stage().dispatcher.stopAll(ADA);
    expect(Object.values(stage().lanes).filter((lane) => lane.lengthOf(ADA) > 0)).toEqual([]);
    expect(signals).toHaveLength(1);
    expect(stage().home.inbox.counts()).toMatchObject({ open: 0, waiting: 0 });
    await stage().arrive(CHAT, await stage().say('And now?'));
    expect(await stage().settle()).toEqual([]);
    expect(signals).toHaveLength(1);
  });
});

test('an admin’s thumbs-up on an alert takes note of it, as the command does', async () => {
  const { home } = stage();
  const { alerts, people } = home.state.control;
  const desk = new AlertDesk({
    ...{ alerts, people, outbox: home.outbox, wake: () => {} },
    ...{ opsRoom: () => OPS, clock: () => home.clock.now },
  });
  stage().room(OPS, BOT, ADA);
  alerts.raise({ code: 'bot-silent', severity: 'critical', key: 'bot-silent', facts: { seconds: 400 } });
  desk.tick();
  await stage().settle();
  desk.tick();
  const relation = { rel_type: 'm.annotation', event_id: '$sent1', key: '👍' };
  const up = (id: string, event: string) =>
    text(id, { type: 'm.reaction', content: { 'm.relates_to': { ...relation, event_id: event } } });
  await stage().arrive(OPS, up('$up0', '$other'));
  expect(await stage().settle()).toHaveLength(1);
  expect(alerts.find(1)?.acknowledgedAt).toBeNull();
  await stage().arrive(OPS, up('$up1', '$sent1'));
  expect((await stage().settle()).at(-1)).toMatch(/^Noted: I remind nobody of A1/);
  expect(alerts.find(1)?.acknowledgedAt).toBe(home.clock.now);
});

describe('a thumbs-down', () => {
  const react = (target: string, key = '👎', changes = {}) =>
    text(`$react ${target} ${key}`, {
      type: 'm.reaction',
      content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key } },
      ...changes,
    });
  const answered = async () => {
    const { state } = stage().home;
    stage().ask = (caller, question) => {
      state.vault.write(caller, (writer) => {
        writer.addDocument({ source: '$lease', name: 'lease.txt', kind: 'txt', bytes: 1, pages: 1, addedAt: 1 }, [
          { position: 0, page: null, heading: '', start: 0, end: 7, text: 'In May.', grams: 'may', pieces },
        ]);
        writer.addTurn({ ...turn, event: question.event, question: question.text });
      });
      return Promise.resolve('In May [1].');
    };
    await stage().arrive(CHAT, await stage().say('When?'));
    await stage().settle();
    return `$sent1`;
  };
  const pieces = Uint32Array.of(1);
  const turn = { room: CHAT, answer: 'In May [1].', at: 1_800_000_000_000, passages: [1], model: 'm' };
  const cases = () => {
    const ada = stage().home.state.control.people.callerFor(ADA)!;
    return stage().home.state.vault.read(ada, (reader) => reader.badAnswers());
  };

  test('on an answer keeps it with what it rested on, once, and says so', async () => {
    const target = await answered();
    await stage().arrive(CHAT, react(target));
    await stage().arrive(CHAT, react(target, '👎🏽'));
    const shown = await stage().settle();
    expect(shown).toHaveLength(2);
    expect(shown[1]).toMatch(/^Thank you, noted/);
    expect(cases()).toMatchObject([{ question: 'When?', answer: 'In May [1].', passages: [1], model: 'm' }]);
    expect(stage().server.sent[1]!.event.content['m.relates_to']).toEqual({ 'm.in_reply_to': { event_id: target } });
  });

  test('keeps nothing of an answer whose file was replaced, which forgetting the file would not find', async () => {
    const target = await answered();
    const { state } = stage().home;
    const ada = state.control.people.callerFor(ADA)!;
    state.vault.write(ada, (writer) => {
      const version = { source: '$new', name: 'lease.txt', kind: 'txt', bytes: 1, pages: 1, addedAt: 2 } as const;
      writer.replaceDocument(1, { number: writer.addDocument(version, []).number, at: 2 });
    });
    await stage().arrive(CHAT, react(target));
    expect((await stage().settle())[1]).toBe(words('feedback.unknown'));
    expect(cases()).toEqual([]);
  });

  test('is nothing when it is another sign, another message, or somebody else’s', async () => {
    const target = await answered();
    stage().home.state.control.people.add({ id: BEN, role: 'admin', language: 'en' });
    await stage().arrive(CHAT, react(target, '👍'), react('$other'), react(target, '👎', { sender: BEN }));
    await stage().arrive('!elsewhere', react(target, '👎 '));
    expect(await stage().settle()).toHaveLength(1);
    expect(cases()).toEqual([]);
  });

  test('that is taken back drops what was kept and what was said about it, and tells nothing', async () => {
    const target = await answered();
    const [first, second] = [react(target), react(target, '👎🏽')];
    await stage().arrive(CHAT, first, second);
    expect(await stage().settle()).toHaveLength(2);
    // Another mark still stands.
    await stage().arrive(CHAT, redaction(second.event_id));
    await stage().settle();
    expect(cases()).toHaveLength(1);
    await stage().arrive(CHAT, redaction(first.event_id));
    expect(await stage().settle()).toHaveLength(2);
    expect(cases()).toEqual([]);
    expect(stage().server.count(/redact\/\$sent2\//)).toBe(1);
    expect(stage().server.count(/redact\/\$sent1\//)).toBe(0);
    const ada = stage().home.state.control.people.callerFor(ADA)!;
    expect(stage().home.state.vault.read(ada, (reader) => reader.turns(CHAT, 9))).toHaveLength(1);
  });

  test('that is taken back leaves the conversation in its order', async () => {
    const target = await answered();
    await stage().arrive(CHAT, react(target));
    await stage().arrive(CHAT, await stage().say('And the deposit?'));
    await stage().settle();
    expect(cases()).toHaveLength(1);
    await stage().arrive(CHAT, redaction(react(target).event_id));
    await stage().settle();
    expect(cases()).toEqual([]);
    const ada = stage().home.state.control.people.callerFor(ADA)!;
    const turns = stage().home.state.vault.read(ada, (reader) => reader.turns(CHAT, 9));
    expect(turns.map(({ question }) => question)).toEqual(['When?', 'And the deposit?']);
  });

  test('of long ago is taken back by its own sender alone, whoever else deletes it', async () => {
    const ben = '!ben';
    stage().room(ben, BOT, BEN);
    stage().home.state.control.people.add({ id: BEN, role: 'member', language: 'en' });
    const mark = react(await answered());
    await stage().arrive(CHAT, mark);
    await stage().settle();
    await pruned();
    await stage().arrive(ben, redaction(mark.event_id, { sender: BEN, event_id: '$by ben' }));
    await stage().settle();
    await stage().arrive(CHAT, redaction(mark.event_id));
    await stage().settle();
    expect(cases()).toEqual([]);
    expect(stage().server.count(/redact\/\$sent2\//)).toBe(1);
  });

  test('on an answer that is forgotten says that', async () => {
    const target = await answered();
    const ada = stage().home.state.control.people.callerFor(ADA)!;
    stage().home.state.vault.write(ada, (writer) => writer.forgetTurns());
    await stage().arrive(CHAT, react(target));
    expect((await stage().settle())[1]).toBe(words('feedback.unknown'));
    expect(cases()).toEqual([]);
  });
});

describe('a question', () => {
  test('is answered once, however often its event comes', async () => {
    const event = await stage().say('When is the rent due?');
    await stage().arrive(CHAT, event);
    await stage().arrive(CHAT, event);
    expect(await stage().settle()).toEqual(['answer to When is the rent due?']);
    stage().start();
    await stage().arrive(CHAT, event);
    expect(await stage().settle()).toHaveLength(1);
    expect(stage().asked).toEqual([{ person: ADA, text: 'When is the rent due?', room: CHAT }]);
    expect(stage().home.inbox.isDone(event.event_id)).toBe(true);
  });

  test('shows its answer as it grows, and ends with all of it', async () => {
    let finish: (answer: string) => void = () => {};
    stage().ask = (_caller, _question, { onPartial }) => {
      onPartial('The rent');
      return new Promise((resolve) => (finish = resolve));
    };
    await stage().arrive(CHAT, await stage().say('When?'));
    await eventually(() => stage().home.outbox.length()).toBe(1);
    const row = stage().home.outbox.next()!;
    stage().home.outbox.markTried(row.id);
    finish('The rent is due on the first.');
    expect(await stage().settle()).toEqual(['The rent', '* The rent is due on the first.']);
  });

  test('that fails inside shows a reference, which the log explains, and no word of it', async () => {
    stage().ask = () => Promise.reject(new Error('secret words of a passage'));
    await stage().arrive(CHAT, await stage().say('What is my salary?'));
    const [shown] = await stage().settle();
    const [, reference] = /reference: (\w+)/i.exec(shown!)!;
    expect(shown).not.toContain('secret');
    expect(stage().logged.join()).toContain(reference);
    expect(stage().logged.join()).not.toMatch(/secret|salary/);
  });

  test('in German is told in German that it failed, whatever its person has set', async () => {
    stage().ask = () => Promise.reject(new AppError('unavailable', 'the model is busy', { reason: 'busy' }));
    await stage().arrive(
      CHAT,
      await stage().say('Wie hoch ist die Miete?'),
      await stage().say('How much is the rent?'),
    );
    expect(await stage().settle()).toEqual([say('de', 'error.busy'), say('en', 'error.busy')]);
  });

  test('that fails for a reason people can understand says so', async () => {
    stage().ask = () => Promise.reject(new AppError('unavailable', 'the model is busy', { reason: 'busy' }));
    await stage().arrive(CHAT, await stage().say('When?'));
    expect(await stage().settle()).toEqual([words('error.busy')]);
  });

  test('that was edited gets its answer edited', async () => {
    const event = await stage().say('Wen?');
    await stage().arrive(CHAT, event);
    await stage().settle();
    await stage().arrive(
      CHAT,
      await stage().say('* When?', {
        'm.new_content': { msgtype: 'm.text', body: 'When?' },
        'm.relates_to': { rel_type: 'm.replace', event_id: event.event_id },
      }),
    );
    expect(await stage().settle()).toEqual(['answer to Wen?', '* answer to When?']);
    expect(stage().server.sent[1]!.event.content['m.relates_to']).toEqual({
      rel_type: 'm.replace',
      event_id: '$sent1',
    });
  });

  test('that was edited is one question in memory, with its last words, and gone when it is deleted', async () => {
    const { people } = stage().home.state.control;
    const ada = people.callerFor(ADA)!;
    const { vault } = stage().home.state;
    stage().ask = (caller, { text, room, event }) => {
      const turn = { event, room, question: text, answer: '', at: 1, passages: [], model: null };
      vault.write(caller, (writer) => writer.addTurn(turn));
      return Promise.resolve(`answer to ${text}`);
    };
    const questions = () => vault.read(ada, (reader) => reader.turns(CHAT, 9).map(({ question }) => question));
    const event = await stage().say('Wen?');
    await stage().arrive(CHAT, event);
    await stage().settle();
    const edit = { msgtype: 'm.text', body: 'When?' };
    const relation = { rel_type: 'm.replace', event_id: event.event_id };
    await stage().arrive(CHAT, await stage().say('* When?', { 'm.new_content': edit, 'm.relates_to': relation }));
    await stage().settle();
    expect(questions()).toEqual(['When?']);
    await stage().arrive(CHAT, redaction(event.event_id));
    await stage().settle();
    expect(questions()).toEqual([]);
  });

  test('of somebody who was removed meanwhile is not answered, and of a stranger never asked', async () => {
    let finish: (answer: string) => void = () => {};
    stage().ask = () => new Promise((resolve) => (finish = resolve));
    stage().home.state.control.people.add({ id: BEN, role: 'admin', language: 'de' });
    await stage().arrive(CHAT, await stage().say('first'));
    await eventually(() => stage().asked.length).toBe(1);
    stage().home.state.control.people.remove(ADA);
    finish('too late');
    expect(await stage().settle()).toEqual([]);
    await stage().arrive(CHAT, await stage().say('second'));
    expect(await stage().settle()).toEqual([]);
    expect(stage().asked).toHaveLength(1);
    expect(stage().home.inbox.counts()).toMatchObject({ open: 0, waiting: 0 });
  });

  test('in a room where others listen is not asked; that is explained once', async () => {
    stage().room(CHAT, BOT, ADA, '@eve:home.test');
    await stage().arrive(CHAT, await stage().say('one'), await stage().say('two'));
    expect(await stage().settle()).toEqual([words('room.not-direct')]);
    expect(stage().asked).toEqual([]);
  });

  test('that came in the clear is not asked', async () => {
    await stage().arrive(CHAT, text('$clear'));
    expect(await stage().settle()).toEqual([words('message.plain')]);
    expect(stage().asked).toEqual([]);
  });

  test('of an unsigned device never reaches the answering, nor the log', async () => {
    const laptop = await Peer.start(stage().server, ADA, 'LAPTOP', { signed: false });
    const event = await laptop.encrypt(CHAT, [BOT], { content: { msgtype: 'm.text', body: 'a forged question' } });
    await stage().arrive(CHAT, event);
    expect(await stage().settle()).toEqual([words('sender.unsigned')]);
    expect(stage().asked).toEqual([]);
    expect(stage().logged.join()).not.toContain('forged');
  });

  test('whose key comes late waits, is told about, and is answered when it comes', async () => {
    const event = await stage().say('late?');
    const key = stage().server.keys.takeInbox(BOT, 'BOTDEVICE');
    await stage().arrive(CHAT, event);
    expect(await stage().settle()).toEqual([]);
    const [item] = stage().home.inbox.waiting();
    stage().dispatcher.tellWaiting(item!);
    stage().dispatcher.tellWaiting(item!);
    expect(await stage().settle()).toEqual([words('undecryptable.waiting')]);
    stage()
      .server.keys.device(BOT, 'BOTDEVICE')
      .inbox.push(...key);
    stage().home.inbox.retry(event.event_id);
    await stage().arrive('!elsewhere');
    const said = await stage().settle();
    expect(said).toHaveLength(2);
    expect(said[1]).toBe(`${words('undecryptable.readable')}\n\nanswer to late?`);
  });

  test('right after a file waits for the file', async () => {
    let kept: string[] = [];
    stage().ask = () => {
      kept = stage().documents();
      return Promise.resolve('there');
    };
    await stage().arrive(
      CHAT,
      await stage().file('The rent is due on the first of each month.'),
      await stage().say('When is it due?'),
    );
    await stage().settle();
    expect(kept).toEqual(['letter.txt']);
  });
});

describe('a file', () => {
  test('is read, kept and said to be, once, however often its event comes', async () => {
    const event = await stage().file('The rent is due on the first.');
    await stage().arrive(CHAT, event);
    const [said, ...more] = await stage().settle();
    expect(more).toEqual([]);
    expect(said).toContain('letter.txt');
    stage().start();
    await stage().arrive(CHAT, event);
    await stage().settle();
    expect(stage().documents()).toEqual(['letter.txt']);
    expect(stage().server.sent).toHaveLength(1);
  });

  test('that was stored before a crash, but not said to be, is said to be after it', async () => {
    const event = await stage().file('The rent is due on the first.');
    const { inbox } = stage().home;
    const finish = inbox.finish.bind(inbox);
    inbox.finish = () => {
      throw new AppError('unavailable', 'killed', { reason: 'store-busy' });
    };
    await stage().arrive(CHAT, event);
    await stage().settle();
    inbox.finish = finish;
    stage().start();
    await stage().dispatcher.pump();
    expect(await stage().settle()).toHaveLength(1);
    expect(stage().documents()).toEqual(['letter.txt']);
  });

  test('whose download fails for now is tried again, and nothing is said meanwhile', async () => {
    const event = await stage().file('The rent is due on the first.');
    let failures = 2;
    stage().server.fault = ({ path }, response) => {
      if (!path.includes('media/download') || failures === 0) return undefined;
      failures -= 1;
      return failures === 1 ? respond(response, 502, '') : respond(response, 429, {}, { 'retry-after': '60' });
    };
    await stage().arrive(CHAT, event);
    expect(await stage().settle()).toEqual([]);
    expect(stage().dispatcher.hasRetries).toBe(true);
    await stage().dispatcher.pump();
    expect(failures).toBe(1);
    stage().home.clock.now += 3000;
    await stage().dispatcher.pump();
    expect(await stage().settle()).toEqual([]);
    stage().home.clock.now += 59_000;
    await stage().dispatcher.pump();
    expect(await stage().settle()).toEqual([]);
    stage().home.clock.now += 1000;
    await stage().dispatcher.pump();
    expect(await stage().settle()).toHaveLength(1);
    expect(stage().documents()).toEqual(['letter.txt']);
  });

  test.each([
    ['is gone from the server', 404, 'error.media-gone'],
    ['was damaged on the server', 200, 'error.media-damaged'],
  ] as const)('that %s is named with the reason, and nothing is kept', async (_what, status, reason) => {
    const event = await stage().file('The rent is due on the first.', { name: 'rent.txt' });
    stage().server.fault = ({ path }, response) =>
      path.includes('media/download')
        ? respond(response, status, status === 404 ? { errcode: 'M_NOT_FOUND' } : 'other bytes')
        : undefined;
    await stage().arrive(CHAT, event);
    const [said] = await stage().settle();
    expect(said).toContain('rent.txt');
    expect(said).toContain(words(reason));
    expect(stage().documents()).toEqual([]);
  });

  test('without its encryption data, or too large by its own word, is refused before anything is downloaded', async () => {
    const bare = await stage().ada.encrypt(CHAT, [BOT], {
      content: { msgtype: 'm.file', body: 'bare.txt', url: 'mxc://home.test/m1' },
    });
    const whole = await stage().file('x');
    const content = await stage().ada.decrypt(whole, CHAT);
    const large = await stage().ada.encrypt(CHAT, [BOT], { content: { ...content, info: { size: 5_000_000 } } });
    await stage().arrive(CHAT, bare, large);
    const said = await stage().settle();
    expect(said[0]).toContain(words('error.media-damaged'));
    expect(said[1]).toMatch(/larger than/);
    expect(stage().server.count(/media\/download/)).toBe(0);
  });

  test('with a question as its caption is kept, and the question answered after it', async () => {
    stage().ask = (_caller, { text }) => Promise.resolve(`${stage().documents().join()} says: ${text}`);
    await stage().arrive(
      CHAT,
      await stage().file('The rent is due on the first.', { caption: 'When is the rent due?' }),
    );
    const said = await stage().settle();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/letter\.txt[\s\S]*\n\nletter\.txt says: When is the rent due\?$/);
  });

  test('with a caption that is no question is kept without asking', async () => {
    await stage().arrive(CHAT, await stage().file('The rent is due on the first.', { caption: 'my rent letter' }));
    await stage().settle();
    expect(stage().asked).toEqual([]);
    expect(stage().documents()).toHaveLength(1);
  });

  test('whose caption cannot be answered was kept all the same, and is said to be', async () => {
    stage().ask = () => Promise.reject(new Error('the model fell over'));
    await stage().arrive(CHAT, await stage().file('The rent is due on the first.', { caption: 'When?' }));
    const [said] = await stage().settle();
    expect(stage().documents()).toEqual(['letter.txt']);
    expect(said).toMatch(/passage/);
    expect(said).not.toContain('could not keep');
    expect(said).toMatch(/reference: \w+/i);
  });
});

test('a machine that cannot read files safely is the admins’ business until it can', async () => {
  const open = () =>
    stage()
      .home.state.control.alerts.recent(5)
      .filter(({ clearedAt }) => clearedAt === null)
      .map(({ code, severity }) => [code, severity]);
  stage().readingFault = new AppError('unavailable', 'no sandbox', { reason: 'reader-unavailable' });
  await stage().arrive(CHAT, await stage().file('The rent is due on the first.'));
  const [said] = await stage().settle();
  expect(said).toMatch(/safely/);
  expect(open()).toEqual([['reader-unavailable', 'critical']]);
  stage().readingFault = undefined;
  await stage().arrive(CHAT, await stage().file('The rent is due on the second.'));
  await stage().settle();
  expect(open()).toEqual([]);
});

describe('a homeserver that shows an old message again', () => {
  const padded = (event: MatrixEvent) => ({
    ...event,
    event_id: `${event.event_id}-padded`,
    content: { ...event.content, ciphertext: `${event.content.ciphertext}==` },
  });

  test('under a new event id gets no second answer', async () => {
    const event = await stage().say('When is the rent due?');
    await stage().arrive(CHAT, event);
    await stage().settle();
    await stage().arrive(CHAT, { ...event, event_id: '$again' }, padded(event));
    expect(await stage().settle()).toEqual(['answer to When is the rent due?']);
    expect(stage().asked).toHaveLength(1);
    expect(stage().home.inbox.counts().open).toBe(0);
  });

  test('brings no forgotten document back', async () => {
    const event = await stage().file('The rent is due on the first.');
    await stage().arrive(CHAT, event);
    await stage().settle();
    await stage().arrive(CHAT, redaction(event.event_id));
    await stage().settle();
    await stage().arrive(CHAT, { ...event, event_id: '$again' });
    await stage().settle();
    expect(stage().documents()).toEqual([]);
  });

  test('after a crash in the middle of the first handling the same event is handled', async () => {
    const event = await stage().say('When is the rent due?');
    expect(new ReplayGuard(stage().home.db).admit(event)).toBe(true);
    await stage().arrive(CHAT, event);
    expect(await stage().settle()).toEqual(['answer to When is the rent due?']);
  });
});

describe('deleting', () => {
  test('the message that brought a file forgets it, and says so', async () => {
    const event = await stage().file('The rent is due on the first.');
    await stage().arrive(CHAT, event);
    await stage().settle();
    await stage().arrive(CHAT, redaction(event.event_id));
    const said = await stage().settle();
    expect(said[1]).toMatch(/^You deleted the message, so I forgot letter\.txt/);
    expect(stage().documents()).toEqual([]);
    await stage().arrive(CHAT, event);
    await stage().settle();
    expect(stage().documents()).toEqual([]);
  });

  test('it when its id is known no more forgets it all the same, for the person whose file it is', async () => {
    const event = await stage().file('The rent is due on the first.');
    await stage().arrive(CHAT, event);
    await stage().settle();
    stage().home.outbox.prune(stage().home.clock.now + 1);
    await pruned();
    expect(stage().home.inbox.knows(event.event_id)).toBe(false);
    await stage().arrive(CHAT, redaction(event.event_id));
    expect((await stage().settle()).at(-1)).toMatch(/^You deleted the message, so I forgot letter\.txt/);
    expect(stage().documents()).toEqual([]);
  });

  test('it while the file is still read keeps nothing of it', async () => {
    const event = await stage().file('The rent is due on the first.');
    let go: () => void = () => {};
    stage().server.fault = async ({ path }) => {
      if (path.includes('media/download')) await new Promise<void>((resolve) => (go = resolve));
      return undefined;
    };
    await stage().arrive(CHAT, event);
    await eventually(() => stage().server.count(/media\/download/)).toBe(1);
    await stage().arrive(CHAT, redaction(event.event_id));
    await stage().lanes.commands.drained();
    go();
    expect(await stage().settle()).toEqual([words('forgotten.before-reading')]);
    expect(stage().documents()).toEqual([]);
    expect(stage().home.inbox.isDone(event.event_id)).toBe(true);
  });

  test('it before its key came keeps nothing when the key comes', async () => {
    const event = await stage().file('The rent is due on the first.');
    const key = stage().server.keys.takeInbox(BOT, 'BOTDEVICE');
    await stage().arrive(CHAT, event);
    expect(stage().home.inbox.waiting()).toHaveLength(1);
    await stage().arrive(CHAT, redaction(event.event_id));
    await stage().settle();
    stage()
      .server.keys.device(BOT, 'BOTDEVICE')
      .inbox.push(...key);
    stage().home.inbox.retry(event.event_id);
    await stage().arrive('!elsewhere');
    await stage().settle();
    expect(stage().documents()).toEqual([]);
  });

  test('by somebody else, or in another room, changes nothing of a document or of a message that waits', async () => {
    const [ben, second] = ['!ben', '!second'];
    stage().room(ben, BOT, BEN);
    stage().room(second, BOT, ADA);
    const kept = await stage().file('The rent is due on the first.');
    await stage().arrive(CHAT, kept);
    await stage().settle();
    const waiting = await stage().ada.encrypt(second, [BOT], { content: { msgtype: 'm.text', body: 'late?' } });
    const key = stage().server.keys.takeInbox(BOT, 'BOTDEVICE');
    await stage().arrive(second, waiting);
    expect(stage().home.inbox.waiting()).toHaveLength(1);
    await stage().arrive(ben, redaction(kept.event_id, { sender: BEN }), redaction(waiting.event_id, { sender: BEN }));
    await stage().settle();
    expect(stage().documents()).toEqual(['letter.txt']);
    stage()
      .server.keys.device(BOT, 'BOTDEVICE')
      .inbox.push(...key);
    stage().home.inbox.retry(waiting.event_id);
    await stage().arrive('!elsewhere');
    expect(await stage().settle()).toContain('answer to late?');
  });

  test('by somebody else, or in another room, leaves answers, running questions and locked files alone', async () => {
    const places = [
      ['!second', ADA],
      ['!ben', BEN],
      [OPS, ADA],
    ] as const;
    stage().room('!second', BOT, ADA);
    stage().room('!ben', BOT, BEN);
    stage().room(OPS, BOT, ADA);
    const kept = await stage().file('The rent is due on the first.');
    const locked = await stage().file(encryptedPdf, { name: 'locked.pdf' });
    const asked = await stage().say('When is the rent due?');
    await stage().arrive(CHAT, kept, locked, asked);
    await stage().settle();
    const signals: AbortSignal[] = [];
    stage().ask = (_caller, _question, { signal }) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const running = await stage().say('And the deposit?');
    await stage().arrive(CHAT, running);
    await eventually(() => signals.length).toBe(1);
    for (const [room, sender] of places) {
      const events = [kept, locked, asked, running].map(({ event_id }) =>
        redaction(event_id, { sender, event_id: `$redact ${room} ${event_id}` }),
      );
      await stage().arrive(room, ...events);
      await stage().lanes.commands.drained();
    }
    expect(stage().documents()).toEqual(['letter.txt']);
    expect(stage().server.count(/redact\//)).toBe(0);
    expect(signals[0]!.aborted).toBe(false);
    const waits = stage().home.db.prepare('SELECT content IS NOT NULL FROM locked_files').pluck();
    expect(waits.all()).toEqual([1]);
    await stage().arrive(CHAT, redaction(running.event_id), redaction(asked.event_id), redaction(locked.event_id));
    await stage().settle();
    expect(signals[0]!.aborted).toBe(true);
    expect(stage().server.count(/redact\//)).toBe(1);
    expect(waits.all()).toEqual([0]);
  });

  test('a question while it is answered stops the answering and takes back what was shown', async () => {
    const signals: AbortSignal[] = [];
    stage().ask = (_caller, _question, { signal, onPartial }) => {
      signals.push(signal);
      onPartial('The rent is …');
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const event = await stage().say('When is the rent due?');
    await stage().arrive(CHAT, event);
    await eventually(() => signals.length).toBe(1);
    await stage().send();
    await stage().arrive(CHAT, redaction(event.event_id));
    await stage().settle();
    expect(signals[0]!.aborted).toBe(true);
    expect(stage().server.sent).toHaveLength(1);
    expect(stage().server.count(/redact\/\$sent1\//)).toBe(1);
    expect(stage().home.inbox.counts().open).toBe(0);
  });

  test('a question whose first words were not sent yet sends none', async () => {
    const signals: AbortSignal[] = [];
    stage().ask = (_caller, _question, { signal, onPartial }) => {
      signals.push(signal);
      onPartial('The rent is …');
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const event = await stage().say('When is the rent due?');
    await stage().arrive(CHAT, event);
    await eventually(() => signals.length).toBe(1);
    await stage().arrive(CHAT, redaction(event.event_id));
    await eventually(() => stage().home.inbox.counts().open).toBe(0);
    expect(stage().home.outbox.length()).toBe(0);
    expect(await stage().settle()).toEqual([]);
  });

  test('a question whose answer is leaving at that moment takes it back once it is known', async () => {
    const leaving = Promise.withResolvers<void>();
    const event = await stage().say('When is the rent due?');
    await stage().arrive(CHAT, event);
    await stage().lanes.questions.drained();
    stage().server.fault = async ({ method, path }) => {
      if (method === 'PUT' && path.includes('/send/m.room.encrypted')) await leaving.promise;
      return undefined;
    };
    const sending = stage().send();
    await eventually(() => stage().server.count(/PUT .*send\/m\.room\.encrypted/)).toBe(1);
    await stage().arrive(CHAT, redaction(event.event_id));
    await eventually(() => stage().dispatcher.hasRetries).toBe(true);
    leaving.resolve();
    await sending;
    stage().home.clock.now += 60_000;
    await stage().dispatcher.pump();
    await stage().settle();
    expect(stage().server.count(/redact\/\$sent1\//)).toBe(1);
    expect(stage().home.inbox.counts().open).toBe(0);
  });

  test('a question that waits for its turn leaves it unasked, and the one before it is answered', async () => {
    let finish: (answer: string) => void = () => {};
    stage().ask = () => new Promise((resolve) => (finish = resolve));
    await stage().arrive(CHAT, await stage().say('When is the rent due?'));
    const second = await stage().say('And the deposit?');
    await stage().arrive(CHAT, second);
    await eventually(() => stage().asked.length).toBe(1);
    await stage().arrive(CHAT, redaction(second.event_id));
    await eventually(() => stage().home.inbox.isDone(second.event_id)).toBe(true);
    finish('On the first.');
    expect(await stage().settle()).toEqual(['On the first.']);
    expect(stage().asked).toHaveLength(1);
  });

  test('something that brought no file says nothing', async () => {
    await stage().arrive(CHAT, redaction('$whatever'));
    expect(await stage().settle()).toEqual([]);
    expect(stage().home.inbox.counts().open).toBe(0);
  });

  test('a message before it was looked at leaves it unread', async () => {
    const event = await stage().say('forget this');
    await stage().arrive(CHAT, { ...event, content: {}, unsigned: { redacted_because: {} } });
    expect(await stage().settle()).toEqual([]);
    expect([stage().asked, stage().home.inbox.counts()]).toEqual([[], { open: 0, waiting: 0, gaps: 0 }]);
  });
});

describe('commands', () => {
  test('are answered with a notice; what they are is not logged', async () => {
    await stage().arrive(CHAT, await stage().say('!help'));
    await stage().settle();
    expect(await stage().ada.decrypt(stage().server.sent[0]!.event, CHAT)).toMatchObject({ msgtype: 'm.notice' });
    expect(stage().asked).toEqual([]);
  });

  const edited = async (target: string, body: string) =>
    stage().say(`* ${body}`, {
      'm.new_content': { msgtype: 'm.text', body },
      'm.relates_to': { rel_type: 'm.replace', event_id: target },
    });

  test('that were mistyped run when the message is edited, below the message; what removes something is never run so', async () => {
    await stage().arrive(CHAT, await stage().file('The rent is due on the first.'));
    await stage().settle();
    const first = await stage().say('!fiels');
    await stage().arrive(CHAT, first);
    await stage().arrive(CHAT, await edited(first.event_id, '!files'));
    await stage().arrive(CHAT, await edited(first.event_id, '!forget 1'));
    const said = await stage().settle();
    expect(said[1]).toContain('Did you mean !files?');
    expect(said[2]).toContain('letter.txt');
    expect(said[3]).toBe(words('message.edited-command'));
    expect(stage().documents()).toEqual(['letter.txt']);
    expect(stage().server.sent[2]!.event.content['m.relates_to']).toEqual({
      'm.in_reply_to': { event_id: first.event_id },
    });
  });

  test('in plain words are answered without asking, and nothing is deleted by them', async () => {
    await stage().arrive(CHAT, await stage().file('The rent is due on the first.'));
    await stage().settle();
    for (const body of ['help', 'Welche Dokumente hast du?', 'delete document 1', 'lösche alles', '?', '👍'])
      await stage().arrive(CHAT, await stage().say(body));
    const said = (await stage().settle()).slice(1);
    expect(said).toEqual([
      expect.stringContaining('!forget'),
      expect.stringContaining('1 letter.txt'),
      'So that nothing goes by mistake, I delete by command only: !forget 1 does it, for good.',
      expect.stringContaining('!files shows the numbers'),
      expect.stringContaining('!help'),
      '🙂',
    ]);
    expect(stage().asked).toEqual([]);
    expect(stage().documents()).toEqual(['letter.txt']);
  });

  test('to delete a file by its name in plain words tell the command with its number, of each that is called so', async () => {
    const reply = async (body: string) => {
      await stage().arrive(CHAT, await stage().say(body));
      return (await stage().settle()).at(-1);
    };
    const files = [
      ['The rent of March is 900 Euro.', 'rent.pdf.txt'],
      ['The choir meets on Tuesday at eight.', 'Übergabe.txt'],
      ['Nobody sings on Fridays in the hall.', 'Übergabe.txt'],
    ] as const;
    for (const [body, name] of files) await stage().arrive(CHAT, await stage().file(body, { name }));
    await stage().settle();
    const safe = 'So that nothing goes by mistake, I delete by command only';
    expect(await reply('remove the file rent.pdf')).toBe(`${safe}: !forget 1 removes rent.\u2060pdf.txt, for good.`);
    expect(await reply('Delete the file Übergabe.txt')).toBe(
      `${safe}: !forget 2 removes Übergabe.txt, !forget 3 removes Übergabe.txt, for good.`,
    );
    expect(await reply('delete holiday.pdf please')).toMatch(/^I have no file of that name\. !files shows/);
    expect(stage().asked).toEqual([]);
    expect(stage().documents()).toHaveLength(3);
  });

  test('of the ops room are for admins in the ops room', async () => {
    stage().room(OPS, BOT, ADA);
    await stage().arrive(CHAT, await stage().say('!people'));
    await stage().arrive(
      OPS,
      await stage().ada.encrypt(OPS, [BOT], { content: { msgtype: 'm.text', body: 'people' } }),
    );
    const said = await stage().settle();
    expect(said[0]).not.toContain(BEN);
    expect(said[1]).toContain(BEN);
  });

  test('do not wait for a question that takes long', async () => {
    stage().ask = (_caller, _question, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await stage().arrive(CHAT, await stage().say('long?'), await stage().say('!help'));
    await eventually(() => stage().home.outbox.length()).toBe(1);
    expect(stage().lanes.questions.length()).toBe(1);
  });
});

test('nobody’s words come into the log', async () => {
  stage().ask = () => Promise.reject(new Error('xylophone'));
  await stage().arrive(
    CHAT,
    await stage().say('xylophone?'),
    await stage().say('!forget xylophone'),
    await stage().file('xylophone', { name: 'xylophone.txt' }),
    await stage().say('!xylophone'),
  );
  await stage().settle();
  expect(stage().logged.join()).not.toContain('xylophone');
});

test('one event that cannot be handled does not hold up the others', async () => {
  const { crypto } = stage();
  const decrypt = crypto.decrypt.bind(crypto);
  const poison = await stage().say('poison');
  crypto.decrypt = (event, room) =>
    event.event_id === poison.event_id ? Promise.reject(new Error('cannot')) : decrypt(event, room);
  await stage().arrive(CHAT, poison, await stage().say('fine'));
  expect(await stage().settle()).toEqual(['answer to fine']);
  expect(stage().dispatcher.hasRetries).toBe(true);
});
