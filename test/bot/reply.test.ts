import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editContent, messageContent } from '../../bot/matrix/message-content.ts';
import { Outbox, type OutgoingMessage } from '../../bot/matrix/outbox.ts';
import type { Sender } from '../../bot/matrix/sender.ts';
import { Reply, type ReplyTarget } from '../../bot/reply.ts';
import { openBotDb, temporaryBotDb } from './matrix/bot-db.ts';

const ADA = '@ada:home.test';
let place: ReturnType<typeof temporaryBotDb>;
let outbox: Outbox;
let now: number;
/** Best-effort edits as they went to the sender. */
let edits: OutgoingMessage[];
let tryNow: () => Promise<boolean>;
let woken: number;

beforeEach(() => {
  place = temporaryBotDb();
  now = 1_000_000;
  outbox = new Outbox(place.db, () => now);
  edits = [];
  woken = 0;
  tryNow = () => Promise.resolve(true);
});
afterEach(() => place.remove());

function reply(changes: Partial<ReplyTarget> = {}): Reply {
  const sender = {
    tryNow: (message: OutgoingMessage) => {
      edits.push(message);
      return tryNow();
    },
  } as unknown as Sender;
  const wake = () => {
    woken += 1;
  };
  const parts = { outbox, sender, now: () => now, wake };
  return new Reply(parts, {
    room: '!r',
    audience: { kind: 'direct', person: ADA },
    source: '$q',
    place: { inReplyTo: '$q' },
    msgtype: 'm.text',
    ...changes,
  });
}
/** Sends what is queued, as the sender would. */
function deliver(): OutgoingMessage[] {
  const sent: OutgoingMessage[] = [];
  for (let row = outbox.next(); row; row = outbox.next()) {
    outbox.markTried(row.id);
    outbox.markSent(row.id, `$${row.transaction}`);
    sent.push(row);
  }
  return sent;
}
const settle = () => new Promise(setImmediate);
async function later(ms: number): Promise<void> {
  now += ms;
  await settle();
}

describe('a reply', () => {
  test('that was never shown is one message', () => {
    reply().finish(outbox, 'the answer');
    const sent = deliver();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      content: messageContent('the answer', 'm.text', { inReplyTo: '$q' }),
      source: '$q',
      room: '!r',
    });
    expect(edits).toEqual([]);
  });

  test('that was shown is one message and one edit of it', () => {
    const answer = reply();
    answer.show('working');
    expect(woken).toBe(1);
    const [first] = deliver();
    expect(first!.content).toEqual(messageContent('working', 'm.text', { inReplyTo: '$q' }));
    answer.finish(outbox, 'the answer');
    const [last, ...more] = deliver();
    expect(more).toEqual([]);
    expect(last).toMatchObject({ editOf: first!.transaction, content: editContent('the answer', 'm.text') });
  });

  test('finished before anything left is one message with the final words', () => {
    const answer = reply();
    answer.show('working');
    answer.finish(outbox, 'the answer');
    expect(deliver().map(({ content }) => content.body)).toEqual(['the answer']);
  });

  test('finished while the first message is on its way is not lost', () => {
    const answer = reply();
    answer.show('working');
    outbox.markTried(outbox.next()!.id);
    answer.finish(outbox, 'the answer');
    expect(deliver().map(({ content }) => content.body)).toEqual(['working', '* the answer']);
  });

  test('taken up after a restart goes on with the same message', () => {
    reply().show('working');
    deliver();
    place.db.close();
    place.db = openBotDb(place.folder);
    outbox = new Outbox(place.db, () => now);
    const again = reply();
    again.show('still working');
    expect(outbox.length()).toBe(0);
    again.finish(outbox, 'the answer');
    again.finish(outbox, 'the answer');
    const sent = deliver();
    expect(sent.map(({ content }) => content.body)).toEqual(['* the answer']);
    expect(outbox.find(sent[0]!.editOf!)).toMatchObject({ state: 'sent' });
  });

  test('is edited at most 12 times, the final one included, with growing pauses', async () => {
    const answer = reply();
    answer.show('0');
    deliver();
    const times: number[] = [];
    for (let at = 0; at < 2000; at += 1) {
      await later(100);
      const before = edits.length;
      answer.show(`${at}`);
      if (edits.length > before) times.push(now);
    }
    answer.finish(outbox, 'the answer');
    expect(edits.length + deliver().length).toBe(12);
    const pauses = times.slice(1).map((time, at) => time - times[at]!);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBeGreaterThan(1000);
    expect(pauses.at(-1)).toBeGreaterThan(2 * pauses[0]!);
    expect(new Set(edits.map((edit) => edit.transaction)).size).toBe(edits.length);
    expect(edits[0]!.content['m.relates_to']).toMatchObject({ rel_type: 'm.replace' });
  });

  test('is not edited while an earlier edit is under way, nor before its first message arrived', async () => {
    const answer = reply();
    answer.show('0');
    await later(10_000);
    answer.show('1');
    expect(edits).toEqual([]);
    deliver();
    let arrived: () => void = () => {};
    tryNow = () => new Promise((resolve) => (arrived = () => resolve(true)));
    answer.show('2');
    await later(10_000);
    answer.show('3');
    expect(edits).toHaveLength(1);
    arrived();
    await later(10_000);
    answer.show('4');
    expect(edits).toHaveLength(2);
  });

  test('does not mind edits that fail', async () => {
    const answer = reply();
    answer.show('0');
    deliver();
    tryNow = () => Promise.reject(new Error('no'));
    await later(10_000);
    answer.show('1');
    await later(10_000);
    answer.show('2');
    expect(edits).toHaveLength(2);
    answer.finish(outbox, 'the answer');
    expect(deliver()).toHaveLength(1);
  });

  test('that replaces an earlier answer is an edit of that one, and shows nothing before', () => {
    reply({ source: '$first' }).finish(outbox, 'good');
    const [first] = deliver();
    const answer = reply({ replaces: first!.transaction });
    answer.show('working');
    expect(outbox.length()).toBe(0);
    answer.finish(outbox, 'better');
    answer.finish(outbox, 'better');
    const sent = deliver();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ content: editContent('better', 'm.text'), editOf: first!.transaction });
  });

  test('to another question is another message', () => {
    for (const source of ['$q1', '$q2']) reply({ source }).finish(outbox, 'x');
    expect(deliver()).toHaveLength(2);
  });

  test('whose first message was refused ends there', () => {
    const answer = reply();
    answer.show('working');
    outbox.drop(outbox.next()!.id);
    answer.finish(outbox, 'the answer');
    const row = outbox.next()!;
    expect(outbox.find(row.editOf!)).toMatchObject({ state: 'dropped', eventId: null });
  });
});
