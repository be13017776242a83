import { expect, test } from 'vitest';
import { Conversation, type SeenEvent } from './conversation.ts';
import { writtenTwice } from './reader.ts';

const ROOM = '!room';
let counter = 0;

function message(body: string, more: Partial<SeenEvent> = {}): SeenEvent {
  counter += 1;
  return {
    roomId: ROOM,
    eventId: `$${counter}`,
    sender: '@bot:home.test',
    type: 'm.room.message',
    content: { msgtype: 'm.text', body },
    encrypted: true,
    at: counter,
    ...more,
  };
}

function edit(of: SeenEvent, body: string, more: Partial<SeenEvent> = {}): SeenEvent {
  const content = {
    body: `* ${body}`,
    'm.new_content': { msgtype: 'm.notice', body },
    'm.relates_to': { rel_type: 'm.replace', event_id: of.eventId },
  };
  return message('', { content, ...more });
}

test('an answer that grows by edits is found when it fits, and only once', async () => {
  const conversation = new Conversation('@ada:home.test');
  const first = message('Reading');
  const waiting = conversation.next(ROOM, { matching: /12 passages/ });
  conversation.add(first);
  conversation.add(edit(first, 'Reading, page 3'));
  conversation.add(edit(first, 'Kept 12 passages'));
  expect(await waiting).toMatchObject({ eventId: first.eventId, text: 'Kept 12 passages', msgtype: 'm.notice' });
  await expect(conversation.next(ROOM, { timeoutMs: 10 })).rejects.toThrow('nothing');
  expect(conversation.messages(ROOM)).toHaveLength(1);
});

test('what arrived before the call counts, in order; own messages and repeats do not', async () => {
  const conversation = new Conversation('@ada:home.test');
  const [first, own, second] = [message('one'), message('mine', { sender: '@ada:home.test' }), message('two')];
  for (const event of [first, own, first, second]) conversation.add(event);
  expect((await conversation.next(ROOM)).text).toBe('one');
  expect((await conversation.next(ROOM)).text).toBe('two');
});

test('somebody else cannot edit, and a redaction that came first still counts', () => {
  const conversation = new Conversation('@ada:home.test');
  const [kept, gone] = [message('kept'), message('gone')];
  conversation.add(message('', { type: 'm.room.redaction', content: {}, redacts: gone.eventId }));
  for (const event of [kept, gone]) conversation.add(event);
  conversation.add(edit(kept, 'forged', { sender: '@eve:home.test' }));
  expect(conversation.messages(ROOM).map(({ text, redacted }) => ({ text, redacted }))).toEqual([
    { text: 'kept', redacted: false },
    { text: '', redacted: true },
  ]);
});

test('a message whose key comes late keeps its place', async () => {
  const conversation = new Conversation('@ada:home.test');
  const locked = message('', { type: 'm.room.encrypted', content: {}, undecryptable: 'no room key' });
  for (const event of [locked, message('later')]) conversation.add(event);
  conversation.add({ ...message('opened'), eventId: locked.eventId });
  expect(conversation.messages(ROOM).map(({ text }) => text)).toEqual(['opened', 'later']);
  expect((await conversation.next(ROOM, { matching: /opened/ })).undecryptable).toBeUndefined();
});

test('the same answer written twice is found, edits and other people are not', () => {
  const conversation = new Conversation('@ada:home.test');
  const first = message('42');
  for (const event of [first, edit(first, '42'), message('43'), message('42', { sender: '@ada:home.test' })])
    conversation.add(event);
  expect(writtenTwice(conversation.messages(ROOM), '@bot:home.test').size).toBe(0);
  conversation.add(message('42'));
  expect(writtenTwice(conversation.messages(ROOM), '@bot:home.test')).toEqual(new Map([['42', 2]]));
});
