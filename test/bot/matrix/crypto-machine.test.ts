import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CryptoMachine } from '../../../bot/matrix/crypto-machine.ts';
import type { MatrixEvent } from '../../../bot/matrix/events.ts';
import { HomeserverError } from '../../../bot/matrix/homeserver-error.ts';
import type { OpenState } from '../../../core/control.ts';
import { confirmIdentity, seeIdentity } from '../../../core/identities.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';
import { eventually } from '../eventually.ts';
import { openBotDb, temporaryBotDb } from './bot-db.ts';
import { BOT, nextBatch, openBotCrypto, SESSION } from './bot-side.ts';
import { Peer } from './peer.ts';
import { ADA } from './sample-events.ts';
import { respond, SmallHomeserver } from './small-homeserver.ts';

const ROOM = '!room';
let server: SmallHomeserver;
let place: ReturnType<typeof temporaryBotDb>;
let crypto: CryptoMachine;
let state: OpenState;
let keysCameFor: string[];
/** The book of identities is closed, as in a lockdown. */
let isLocked: boolean;

beforeEach(async () => {
  server = await SmallHomeserver.start();
  place = temporaryBotDb();
  state = await openTestState(join(place.folder, 'state'));
  state.control.people.seed([{ id: ADA, role: 'member', language: 'en' }]);
  keysCameFor = [];
  isLocked = false;
  crypto = await open();
  await crypto.flush();
  await crypto.ensureIdentity();
});
afterEach(async () => {
  await crypto.close();
  state[Symbol.dispose]();
  place.remove();
  await server.stop();
});

const open = () =>
  openBotCrypto(place.db, server.client(BOT, SESSION.deviceId), {
    onRoomKeys: (rooms) => void keysCameFor.push(...rooms),
    seeIdentity: (person, key, isNew) => (isLocked ? isNew : seeIdentity(state.control, person, key)),
  });
/** Closes the machine and the file, and opens both again. */
async function reopen(): Promise<void> {
  await crypto.close();
  place.db.close();
  place.db = openBotDb(place.folder);
  crypto = await open();
}
const feed = () => crypto.feed(nextBatch(server));
const say = (body: string) => ({ content: { msgtype: 'm.text', body } });
async function toAda(body: string): Promise<MatrixEvent> {
  const content = await crypto.encrypt(ROOM, { type: 'm.room.message', ...say(body), for: [BOT, ADA] });
  return { event_id: `$${body}`, type: 'm.room.encrypted', sender: BOT, origin_server_ts: Date.now(), content };
}

describe('the bot’s identity', () => {
  test('is made and signed once, and found again after a restart', async () => {
    expect(await crypto.ownDeviceSigned()).toBe(true);
    expect(await crypto.lookAtOwnDevice()).toBe(true);
    expect(await crypto.ensureIdentity()).toBe(false);
    const keys = await crypto.machine.exportCrossSigningKeys();
    const { curve25519, ed25519 } = crypto.machine.identityKeys;
    const before = [
      curve25519.toBase64(),
      ed25519.toBase64(),
      keys?.masterKey,
      keys?.self_signing_key,
      keys?.userSigningKey,
    ];
    await reopen();
    const after = await crypto.machine.exportCrossSigningKeys();
    const { curve25519: curve, ed25519: ed } = crypto.machine.identityKeys;
    expect([curve.toBase64(), ed.toBase64(), after?.masterKey, after?.self_signing_key, after?.userSigningKey]).toEqual(
      before,
    );
    expect(before.every((key) => typeof key === 'string' && key.length > 40)).toBe(true);
    expect(await crypto.ensureIdentity()).toBe(false);
    expect(server.count(/device_signing/)).toBe(1);
  });

  test('whose upload did not finish is uploaded again, the same one', async () => {
    const ownServer = await SmallHomeserver.start();
    await crypto.close();
    const other = temporaryBotDb();
    const homeserver = ownServer.client(BOT, SESSION.deviceId);
    crypto = await openBotCrypto(other.db, homeserver);
    const uploaded: string[] = [];
    ownServer.fault = ({ path, body }, response) => {
      if (path.includes('device_signing')) uploaded.push(JSON.parse(body.toString()).master_key.keys);
      return path.includes('signatures/upload') && uploaded.length === 1 ? respond(response, 502, '') : undefined;
    };
    await expect(crypto.ensureIdentity()).rejects.toBeInstanceOf(HomeserverError);
    await crypto.close();
    crypto = await openBotCrypto(other.db, homeserver);
    expect(await crypto.ensureIdentity()).toBe(true);
    expect(uploaded).toHaveLength(2);
    expect(uploaded[0]).toEqual(uploaded[1]);
    expect(await crypto.ownDeviceSigned()).toBe(true);
    await crypto.close();
    other.remove();
    await ownServer.stop();
    crypto = await open();
  });
});

describe('messages', () => {
  let ada: Peer;
  beforeEach(async () => {
    ada = await Peer.start(server, ADA, 'PHONE');
  });

  test('go both ways, before and after a restart, with the same sessions', async () => {
    const first = await ada.encrypt(ROOM, [BOT], say('one'));
    await feed();
    expect(await crypto.decrypt(first, ROOM)).toEqual({ kind: 'ok', type: 'm.room.message', ...say('one') });
    expect(await ada.decrypt(await toAda('answer one'), ROOM)).toEqual(say('answer one').content);
    const second = await ada.encrypt(ROOM, [BOT], say('two'));
    await reopen();
    expect(await crypto.decrypt(first, ROOM)).toMatchObject({ kind: 'ok' });
    expect(await crypto.decrypt(second, ROOM)).toMatchObject({ kind: 'ok', content: { body: 'two' } });
    const before = server.count(/sendToDevice\/m.room.encrypted/);
    expect(await ada.decrypt(await toAda('answer two'), ROOM)).toEqual(say('answer two').content);
    expect(server.count(/sendToDevice\/m.room.encrypted/)).toBe(before);
    const third = await ada.encrypt('!another', [BOT], say('three'));
    await feed();
    expect(await crypto.decrypt(third, '!another')).toMatchObject({ kind: 'ok', content: { body: 'three' } });
  });

  test('wait for a key that comes later, and the room is named when it comes', async () => {
    const event = await ada.encrypt(ROOM, [BOT], say('early'));
    expect(await crypto.decrypt(event, ROOM)).toEqual({ kind: 'no-key' });
    expect(keysCameFor).toEqual([]);
    await feed();
    expect(await crypto.decrypt(event, ROOM)).toMatchObject({ kind: 'ok', content: { body: 'early' } });
    await eventually(() => keysCameFor).toContain(ROOM);
  });

  test('whose key never comes stay unreadable, and so does anything malformed', async () => {
    const event = await ada.encrypt(ROOM, [BOT], { ...say('x'), withKey: false });
    await feed();
    expect(await crypto.decrypt(event, ROOM)).toEqual({ kind: 'no-key' });
    for (const content of [
      {},
      { algorithm: 'x' },
      { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 5 },
      { ...event.content, ciphertext: '!' },
    ]) {
      expect(await crypto.decrypt({ ...event, content }, ROOM)).toEqual({ kind: 'no-key' });
    }
  });

  test('cannot be replayed into another room or under another name', async () => {
    const event = await ada.encrypt(ROOM, [BOT], say('x'));
    await feed();
    expect(await crypto.decrypt(event, '!elsewhere')).toEqual({ kind: 'no-key' });
    await Peer.start(server, '@eve:home.test', 'EVE');
    expect((await crypto.decrypt({ ...event, sender: '@eve:home.test' }, ROOM)).kind).toBe('untrusted');
    expect((await crypto.decrypt(event, ROOM)).kind).toBe('ok');
  });

  test('feeding a batch twice is harmless', async () => {
    const event = await ada.encrypt(ROOM, [BOT], say('x'));
    const batch = nextBatch(server);
    await crypto.feed(batch);
    await crypto.feed(batch);
    await reopen();
    await crypto.feed(batch);
    await crypto.flush();
    expect(await crypto.decrypt(event, ROOM)).toMatchObject({ kind: 'ok' });
    const next = await ada.encrypt('!b', [BOT], say('y'));
    await feed();
    expect(await crypto.decrypt(next, '!b')).toMatchObject({ kind: 'ok' });
  });

  test('a batch of nonsense does not keep the next one from being fed', async () => {
    const toDevice = [
      null,
      5,
      {},
      { type: 'm.room.encrypted', sender: ADA, content: {} },
      { type: 'm.room_key', sender: 'x', content: null },
    ];
    const changed = ['nonsense', '', '@:', ADA, '@ünusual:home.test', `@${'x'.repeat(300)}:home.test`];
    await crypto.feed(
      nextBatch(server, {
        toDevice,
        changed,
        left: ['nonsense'],
        oneTimeKeys: { signed_curve25519: 50, x: 'y' as never },
        fallbackKeys: ['x'],
      }),
    );
    await crypto.flush();
    const event = await ada.encrypt(ROOM, [BOT], say('x'));
    await feed();
    expect(await crypto.decrypt(event, ROOM)).toMatchObject({ kind: 'ok' });
  });

  test('two at once share the key once, and both can be read', async () => {
    const events = await Promise.all([toAda('a'), toAda('b'), toAda('c')]);
    expect(server.count(/sendToDevice\/m.room.encrypted/)).toBe(1);
    for (const event of events) expect(await ada.decrypt(event, ROOM)).toMatchObject({ msgtype: 'm.text' });
  });

  test('a key that could not be handed over is handed over before anything is encrypted with it', async () => {
    server.fault = ({ path }, response) => (path.includes('sendToDevice') ? respond(response, 502, '') : undefined);
    await expect(toAda('a')).rejects.toBeInstanceOf(HomeserverError);
    await expect(toAda('a')).rejects.toBeInstanceOf(HomeserverError);
    await reopen();
    server.fault = () => undefined;
    expect(await ada.decrypt(await toAda('a'), ROOM)).toEqual(say('a').content);
  });

  test('a server that refuses our keys does not silence us', async () => {
    server.fault = ({ path, user }, response) =>
      path.endsWith('keys/upload') && user === BOT
        ? respond(response, 400, { errcode: 'M_UNKNOWN', error: 'One time key already exists' })
        : undefined;
    await crypto.feed(nextBatch(server, { oneTimeKeys: { signed_curve25519: 0 }, fallbackKeys: [], changed: [ADA] }));
    await expect(crypto.flush()).rejects.toBeInstanceOf(HomeserverError);
    expect(await ada.decrypt(await toAda('a'), ROOM)).toEqual(say('a').content);
    const event = await ada.encrypt(ROOM, [BOT], say('x'));
    await feed();
    expect(await crypto.decrypt(event, ROOM)).toMatchObject({ kind: 'ok' });
  });

  test('go to nobody when nobody could read them', async () => {
    const unsigned = await Peer.start(server, '@ben:home.test', 'BEN', { signed: false });
    for (const people of [[BOT, unsigned.user], [BOT, '@nobody:home.test'], [BOT]]) {
      const attempt = crypto.encrypt(ROOM, { type: 'm.room.message', ...say('x'), for: people });
      await expect(attempt).rejects.toMatchObject({ code: 'unavailable', reason: 'no-signed-device' });
    }
    expect(server.count(/sendToDevice/)).toBe(0);
    await unsigned.sign();
    await crypto.feed(nextBatch(server, { changed: [unsigned.user] }));
    await crypto.encrypt(ROOM, { type: 'm.room.message', ...say('x'), for: [BOT, unsigned.user] });
  });

  test('wait for a device that has no key left to begin with, and are readable from the first one once it was heard of', async () => {
    server.fault = ({ path, user }, response) =>
      path.endsWith('keys/claim') && user === BOT
        ? respond(response, 200, { one_time_keys: {}, failures: {} })
        : undefined;
    for (const body of ['one', 'two'])
      await expect(toAda(body)).rejects.toMatchObject({ code: 'unavailable', reason: 'no-device-reached' });
    expect(server.count(/sendToDevice/)).toBe(0);
    await ada.encrypt(ROOM, [BOT], say('here I am'));
    await feed();
    expect(await ada.decrypt(await toAda('one'), ROOM)).toEqual(say('one').content);
  });

  test('go to those who can be reached, where another cannot', async () => {
    const ben = await Peer.start(server, '@ben:home.test', 'BEN');
    server.fault = ({ path, user, body }, response) => {
      if (!path.endsWith('keys/claim') || user !== BOT) return undefined;
      const asked = JSON.parse(body.toString()).one_time_keys;
      return asked[ben.user] === undefined ? undefined : respond(response, 200, { one_time_keys: {}, failures: {} });
    };
    await toAda('first');
    const content = await crypto.encrypt(ROOM, { type: 'm.room.message', ...say('x'), for: [BOT, ADA, ben.user] });
    const event = { event_id: '$x', type: 'm.room.encrypted', sender: BOT, origin_server_ts: 1, content };
    expect(await ada.decrypt(event, ROOM)).toEqual(say('x').content);
  });

  test('a new key is shared when somebody left', async () => {
    const ben = await Peer.start(server, '@ben:home.test', 'BEN');
    const both = await crypto.encrypt(ROOM, { type: 'm.room.message', ...say('for both'), for: [BOT, ADA, ben.user] });
    const alone = await crypto.encrypt(ROOM, { type: 'm.room.message', ...say('for ada'), for: [BOT, ADA] });
    const event = (content: Record<string, unknown>, id: string) => ({
      event_id: id,
      type: 'm.room.encrypted',
      sender: BOT,
      origin_server_ts: 1,
      content,
    });
    expect(await ben.decrypt(event(both, '$b'), ROOM)).toEqual(say('for both').content);
    await expect(ben.decrypt(event(alone, '$a'), ROOM)).rejects.toThrow();
    expect(await ada.decrypt(event(alone, '$a'), ROOM)).toEqual(say('for ada').content);
  });
});

describe('a sender', () => {
  test('whose device is not signed is not trusted, until it is signed', async () => {
    const ada = await Peer.start(server, ADA, 'PHONE', { signed: false });
    const event = await ada.encrypt(ROOM, [BOT], say('x'));
    await feed();
    expect(await crypto.decrypt(event, ROOM)).toEqual({ kind: 'untrusted', why: 'unsigned' });
    await ada.sign();
    expect(await crypto.decrypt(event, ROOM)).toMatchObject({ kind: 'ok', content: { body: 'x' } });
  });

  test('with a second, unsigned device is trusted with the first only', async () => {
    const phone = await Peer.start(server, ADA, 'PHONE');
    const added = await Peer.start(server, ADA, 'ADDED', { signed: false });
    const [good, bad] = [await phone.encrypt(ROOM, [BOT], say('good')), await added.encrypt(ROOM, [BOT], say('bad'))];
    await feed();
    expect((await crypto.decrypt(good, ROOM)).kind).toBe('ok');
    expect(await crypto.decrypt(bad, ROOM)).toEqual({ kind: 'untrusted', why: 'unsigned' });
    await expect(added.decrypt(await toAda('secret'), ROOM)).rejects.toThrow();
    expect(await phone.decrypt(await toAda('secret two'), ROOM)).toEqual(say('secret two').content);
  });

  describe('whose homeserver gives them a new identity', () => {
    let phone: Peer;
    let intruder: Peer;
    let before: MatrixEvent;
    beforeEach(async () => {
      phone = await Peer.start(server, ADA, 'PHONE');
      before = await phone.encrypt(ROOM, [BOT], say('before'));
      await feed();
      expect((await crypto.decrypt(before, ROOM)).kind).toBe('ok');
      intruder = await Peer.start(server, ADA, 'INTRUDER');
    });
    const shown = () => crypto.feed(nextBatch(server, { changed: [ADA] }));
    const toAdaAnyway = async (body: string) => {
      const content = await crypto.encrypt(ROOM, {
        ...{ type: 'm.room.message', ...say(body), for: [BOT, ADA] },
        unconfirmed: 'include',
      });
      return { event_id: `$${body}`, type: 'm.room.encrypted', sender: BOT, origin_server_ts: 1, content };
    };
    const CHANGED = { kind: 'untrusted', why: 'identity-changed' };

    test('is not opened and not written to, over a restart too, until the new identity is confirmed', async () => {
      const after = await intruder.encrypt(ROOM, [BOT], say('after'));
      await shown();
      expect(await crypto.decrypt(after, ROOM)).toEqual(CHANGED);
      await expect(toAda('an answer')).rejects.toMatchObject({ code: 'unavailable', reason: 'identity-changed' });
      await reopen();
      expect(await crypto.decrypt(after, ROOM)).toEqual(CHANGED);
      await expect(toAda('an answer')).rejects.toMatchObject({ facts: { person: ADA } });
      const [alert, ...more] = state.control.alerts.undelivered();
      expect(alert).toMatchObject({ code: 'identity-changed', severity: 'critical', facts: { person: ADA } });
      expect([more, state.control.people.find(ADA)?.identityChanged]).toEqual([[], true]);
      const key = state.control.identities.waiting(ADA)!;
      expect(confirmIdentity(state.control, ADA, 'another')).toBe(false);
      expect(confirmIdentity(state.control, ADA, key)).toBe(true);
      expect(await crypto.decrypt(after, ROOM)).toMatchObject({ kind: 'ok', content: { body: 'after' } });
      expect(await intruder.decrypt(await toAda('now'), ROOM)).toEqual(say('now').content);
      // What the first identity signed counts no more.
      expect((await crypto.decrypt(before, ROOM)).kind).toBe('untrusted');
    });

    test('is noticed at the next message to them, without a word of theirs', async () => {
      await shown();
      await expect(toAda('an answer')).rejects.toMatchObject({ reason: 'identity-changed' });
      await expect(intruder.decrypt(await toAdaAnyway('a notice'), ROOM)).resolves.toEqual(say('a notice').content);
    });

    test('is noticed by the crypto store alone in a lockdown, which follows what was confirmed before', async () => {
      isLocked = true;
      await shown();
      await expect(toAda('an answer')).rejects.toMatchObject({ reason: 'identity-changed' });
      isLocked = false;
      await expect(toAda('an answer')).rejects.toMatchObject({ reason: 'identity-changed' });
      expect(confirmIdentity(state.control, ADA, state.control.identities.waiting(ADA)!)).toBe(true);
      await toAda('now');
      isLocked = true;
      await reopen();
      expect(await intruder.decrypt(await toAda('then'), ROOM)).toEqual(say('then').content);
    });

    test('is left out where others are to hear something', async () => {
      const ben = await Peer.start(server, '@ben:home.test', 'BEN');
      await shown();
      const content = await crypto.encrypt(ROOM, {
        ...{ type: 'm.room.message', ...say('to admins'), for: [BOT, ADA, ben.user] },
        unconfirmed: 'leave-out',
      });
      const event = { event_id: '$x', type: 'm.room.encrypted', sender: BOT, origin_server_ts: 1, content };
      expect(await ben.decrypt(event, ROOM)).toEqual(say('to admins').content);
      await expect(intruder.decrypt(event, ROOM)).rejects.toThrow();
    });

    test('and shows the first one again: what the other one wrote stays closed, and it reads nothing more', async () => {
      const after = await intruder.encrypt(ROOM, [BOT], say('after'));
      await shown();
      expect(await crypto.decrypt(after, ROOM)).toEqual(CHANGED);
      await toAdaAnyway('a notice');
      await phone.publish();
      await shown();
      expect(await crypto.decrypt(after, ROOM)).toEqual({ kind: 'untrusted', why: 'unsigned' });
      expect(state.control.people.find(ADA)?.identityChanged).toBe(false);
      const answer = await toAda('an answer');
      expect(await phone.decrypt(answer, ROOM)).toEqual(say('an answer').content);
      await expect(intruder.decrypt(answer, ROOM)).rejects.toThrow();
    });
  });

  test('whose identity the bot sees for the first time is known by it from then on', async () => {
    expect(state.control.identities.compare(ADA, 'x')).toBe('first');
    await Peer.start(server, ADA, 'PHONE');
    await toAda('hello');
    expect(state.control.identities.compare(ADA, 'x')).toBe('changed');
    expect(state.control.alerts.undelivered()).toEqual([]);
  });
});

describe('one-time keys', () => {
  test('are filled up again when they were taken', async () => {
    const peers = await Promise.all(
      Array.from({ length: 5 }, (_, at) => Peer.start(server, `@p${at}:home.test`, `P${at}`)),
    );
    const before = server.keys.oneTimeCount(BOT, SESSION.deviceId);
    expect(before).toBeGreaterThan(10);
    for (const peer of peers) await peer.encrypt(ROOM, [BOT], say('x'));
    expect(server.keys.oneTimeCount(BOT, SESSION.deviceId)).toBe(before - 5);
    await feed();
    expect(crypto.oneTimeKeys).toBe(before - 5);
    await crypto.flush();
    expect(server.keys.oneTimeCount(BOT, SESSION.deviceId)).toBe(before);
  });
});
