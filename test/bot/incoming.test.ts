import { describe, expect, test } from 'vitest';
import { audienceOf, factsOf, isRedacted, openEvent, placeOf } from '../../bot/incoming.ts';
import type { MatrixEvent } from '../../bot/matrix/events.ts';
import type { Decrypted } from '../../bot/matrix/open-event.ts';
import { ADA, text } from './matrix/sample-events.ts';

const encrypted = (changes: Partial<MatrixEvent> = {}) =>
  text('$1', { type: 'm.room.encrypted', content: { algorithm: 'x', ciphertext: 'y' }, ...changes });
const open = (event: MatrixEvent, decrypted: Decrypted) =>
  openEvent({ event, room: '!r', waitingSince: null, told: false }, () => Promise.resolve(decrypted));
const ok = (content: unknown, type: unknown = 'm.room.message') => ({ kind: 'ok', type, content }) as Decrypted;
const by = { own: '@kin:home.test', repliesToUs: false };
const around = { roomKind: 'direct', roomEncrypted: true, sender: 'member' } as const;

describe('opening an event', () => {
  test('a plain one is itself, and never asks the crypto machine', async () => {
    const decrypt = () => Promise.reject(new Error('not to be called'));
    const opened = await openEvent({ event: text('$1'), room: '!r', waitingSince: null, told: false }, decrypt);
    expect(opened).toMatchObject({ type: 'm.room.message', wasEncrypted: false, shield: 'ok', room: '!r' });
  });

  test('an encrypted one has its inner type and content', async () => {
    expect(await open(encrypted(), ok({ msgtype: 'm.text', body: 'words' }))).toMatchObject({
      type: 'm.room.message',
      content: { body: 'words' },
      wasEncrypted: true,
      shield: 'ok',
    });
  });

  test('one without its key is nothing yet', async () => {
    expect(await open(encrypted(), { kind: 'no-key' })).toBeUndefined();
  });

  test.each([
    'unsigned',
    'mismatch',
  ] as const)('of one whose sender is %s nothing is left but that it was a message', async (why) => {
    const opened = await open(
      encrypted({ content: { ciphertext: 'y', 'm.relates_to': { rel_type: 'm.replace', event_id: '$old' } } }),
      { kind: 'untrusted', why },
    );
    expect(opened).toMatchObject({
      type: 'm.room.message',
      content: { msgtype: 'm.text', body: '?' },
      shield: why,
      wasEncrypted: true,
    });
    expect(factsOf(opened!, around, by)).toMatchObject({ shield: why, wasEncrypted: true });
  });

  test('a deleted one is not decrypted any more', async () => {
    const event = encrypted({ content: {}, unsigned: { redacted_because: {} } });
    expect(isRedacted(event)).toBe(true);
    expect(
      await openEvent({ event, room: '!r', waitingSince: null, told: false }, () => Promise.reject(new Error('no'))),
    ).toMatchObject({ wasEncrypted: false });
    expect([
      isRedacted(text('$1')),
      isRedacted(text('$1', { unsigned: {} })),
      isRedacted(text('$1', { unsigned: { redacted_by: '$r' } })),
    ]).toEqual([false, false, true]);
  });

  test('the relation that stands only outside counts; the one inside wins', async () => {
    const outside = { rel_type: 'm.thread', event_id: '$outside' };
    const event = encrypted({ content: { ciphertext: 'y', 'm.relates_to': outside } });
    expect((await open(event, ok({ msgtype: 'm.text', body: 'x' })))!.content['m.relates_to']).toEqual(outside);
    const inside = { rel_type: 'm.thread', event_id: '$inside' };
    expect((await open(event, ok({ 'm.relates_to': inside })))!.content['m.relates_to']).toEqual(inside);
  });
});

describe('facts of an event', () => {
  test('hold who and where as given, and what was written', async () => {
    const opened = await open(encrypted(), ok({ msgtype: 'm.text', body: ' hello ' }));
    expect(factsOf(opened!, around, by)).toEqual({
      room: { kind: 'direct', encrypted: true },
      sender: 'member',
      wasEncrypted: true,
      shield: 'ok',
      old: false,
      addressed: false,
      type: 'm.room.message',
      message: { msgtype: 'm.text', text: 'hello', target: null },
    });
  });

  test('a redaction names its target, in old and new room versions', async () => {
    for (const event of [
      text('$r', { type: 'm.room.redaction', redacts: '$t', content: {} }),
      text('$r', { type: 'm.room.redaction', content: { redacts: '$t' } }),
    ]) {
      expect(factsOf((await open(event, { kind: 'no-key' }))!, around, by).message.target).toBe('$t');
    }
  });
});

describe('the place of an answer', () => {
  const place = async (relation: unknown) =>
    placeOf((await open(text('$q', { content: { 'm.relates_to': relation } }), { kind: 'no-key' }))!);

  test('is a reply, inside the thread when there is one', async () => {
    expect(await place(undefined)).toEqual({ inReplyTo: '$q' });
    expect(await place({ rel_type: 'm.thread', event_id: '$root' })).toEqual({ inReplyTo: '$q', thread: '$root' });
    expect(await place({ rel_type: 'm.replace', event_id: '$first' })).toEqual({ inReplyTo: '$first' });
  });

  test.each([
    null,
    5,
    'x',
    [],
    {},
    { rel_type: 'm.thread' },
    { rel_type: 'm.thread', event_id: 5 },
  ])('is no thread for the relation %j', async (relation) => {
    expect(await place(relation)).toEqual({ inReplyTo: '$q' });
  });
});

test('an answer is for the person in a direct chat, for admins in the ops room, and holds nothing private elsewhere', () => {
  expect([audienceOf('direct', ADA), audienceOf('ops', ADA), audienceOf('other', ADA)]).toEqual([
    { kind: 'direct', person: ADA },
    { kind: 'ops' },
    { kind: 'room' },
  ]);
});
