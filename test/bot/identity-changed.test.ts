import { beforeEach, expect, test } from 'vitest';
import { say } from '../../bot/wording/say.ts';
import { confirmIdentity } from '../../core/identities.ts';
import { CHAT, OPS } from './dispatcher-side.ts';
import { Peer } from './matrix/peer.ts';
import { ADA, BOT } from './matrix/sample-events.ts';
import { useStage } from './use-stage.ts';

// A homeserver takes somebody's account over and gives it a new identity. See core/identities.ts.

const BEN = '@ben:home.test';
const ROOM = '!family:home.test';
const stage = useStage();
const words = (key: Parameters<typeof say>[1]) => say('en', key as 'greeting').replaceAll('**', '');
const control = () => stage().home.state.control;
const by = (peer: Peer, room: string, body: string) =>
  peer.encrypt(room, [BOT], { content: { msgtype: 'm.text', body } });

/** What a device can read of all that the bot sent. */
async function readBy(peer: Peer): Promise<string[]> {
  const shown: string[] = [];
  for (const { event, room } of stage().server.sent) {
    const content = await peer.decrypt(event, room).catch(() => undefined);
    if (content) shown.push(String(content.body));
  }
  return shown;
}

/** A device of somebody's account with an identity of its own, as the homeserver's owner makes one. */
async function takeOver(user: string): Promise<Peer> {
  const intruder = await Peer.start(stage().server, user, 'INTRUDER');
  await stage().crypto.feed({
    ...{ batch: 1, toDevice: [], changed: [user], left: [], oneTimeKeys: {}, fallbackKeys: null },
  });
  await stage().crypto.flush();
  return intruder;
}

beforeEach(async () => {
  await stage().arrive(CHAT, await stage().say('before'));
  expect(await stage().settle()).toEqual(['answer to before']);
});

test('what it asks is not opened, told once, and reads nothing but that, until it is confirmed', async () => {
  const intruder = await takeOver(ADA);
  stage().asked = [];
  for (const body of ['what does the contract say?', '!export', '!files'])
    await stage().arrive(CHAT, await by(intruder, CHAT, body));
  await stage().settle();
  expect(stage().asked).toEqual([]);
  expect(await readBy(intruder)).toEqual([words('sender.identity-changed')]);
  expect(control().alerts.undelivered()).toMatchObject([{ code: 'identity-changed', facts: { person: ADA } }]);
  expect(stage().logged.join()).not.toMatch(/contract|ada:home/);
  expect(confirmIdentity(control(), ADA, control().identities.waiting(ADA)!)).toBe(true);
  await stage().arrive(CHAT, await by(intruder, CHAT, 'and now?'));
  await stage().settle();
  expect((await readBy(intruder)).at(-1)).toBe('answer to and now?');
  // The next one is told again.
  const next = await Peer.start(stage().server, ADA, 'ANOTHER');
  await stage().arrive(CHAT, await by(next, CHAT, 'hello'));
  await stage().settle();
  expect(await readBy(next)).toEqual([words('sender.identity-changed')]);
});

test('an answer that was on its way waits; the notice does not wait behind it', async () => {
  const question = await stage().say('on its way');
  await stage().arrive(CHAT, question);
  await Promise.all(Object.values(stage().lanes).map((lane) => lane.drained()));
  const intruder = await takeOver(ADA);
  await stage().send();
  expect(await readBy(intruder)).toEqual([]);
  await stage().arrive(CHAT, await by(intruder, CHAT, 'hello'));
  await stage().settle();
  expect(await readBy(intruder)).toEqual([words('sender.identity-changed')]);
  expect(stage().home.outbox.length()).toBe(1);
  confirmIdentity(control(), ADA, control().identities.waiting(ADA)!);
  stage().home.outbox.hurry();
  await stage().send();
  expect((await readBy(intruder)).at(-1)).toBe('answer to on its way');
});

test('in a family room it counts as a stranger: nobody’s question is answered there', async () => {
  const ben = await Peer.start(stage().server, BEN, 'BENPHONE');
  stage().room(ROOM, BOT, ADA, BEN);
  await stage().arrive(ROOM, await by(ben, ROOM, '@kin: the first'));
  expect((await stage().settle()).at(-1)).toBe('answer to the first');
  const intruder = await takeOver(BEN);
  stage().asked = [];
  await stage().arrive(ROOM, await by(stage().ada, ROOM, '@kin: when does the ferry leave?'));
  expect((await stage().settle()).at(-1)).toBe(words('room.not-direct'));
  await stage().arrive(ROOM, await by(intruder, ROOM, '@kin: !files'));
  await stage().settle();
  expect(await readBy(intruder)).toEqual([
    words('room.not-direct'),
    say('de', 'sender.identity-changed').replaceAll('**', ''),
  ]);
  expect(stage().asked).toEqual([]);
  confirmIdentity(control(), BEN, control().identities.waiting(BEN)!);
  await stage().arrive(ROOM, await by(stage().ada, ROOM, '@kin: and now?'));
  expect((await stage().settle()).at(-1)).toBe('answer to and now?');
});

test('in the ops room it runs no command', async () => {
  control().people.add({ id: ADA, role: 'admin', language: 'en' });
  stage().room(OPS, BOT, ADA);
  const intruder = await takeOver(ADA);
  await stage().arrive(OPS, await by(intruder, OPS, `people confirm ${ADA}`));
  await stage().arrive(OPS, await by(intruder, OPS, 'status'));
  await stage().settle();
  expect(await readBy(intruder)).toEqual([words('sender.identity-changed')]);
});
