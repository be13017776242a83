import { expect, test } from 'vitest';
import { findLeftovers } from '../../../core/sqlite/find-leftovers.ts';
import { openBotDb, temporaryBotDb } from './bot-db.ts';
import { BOT, nextBatch, openBotCrypto, SESSION } from './bot-side.ts';
import { Peer } from './peer.ts';
import { ADA } from './sample-events.ts';
import { SmallHomeserver } from './small-homeserver.ts';

const BEN = '@ben:home.test';
const [ADAS, BENS] = ['!adas:home.test', '!bens:home.test'];

test('a forgotten person leaves the crypto store, and with them the keys of their room; others stay readable', async () => {
  const server = await SmallHomeserver.start();
  const place = temporaryBotDb();
  const open = () => openBotCrypto(place.db, server.client(BOT, SESSION.deviceId));
  let crypto = await open();
  try {
    await crypto.flush();
    await crypto.ensureIdentity();
    const [ada, ben] = [await Peer.start(server, ADA, 'ADAPHONE'), await Peer.start(server, BEN, 'BENPHONE')];
    const said = { type: 'm.room.message', content: { msgtype: 'm.text', body: 'x' } };
    await crypto.encrypt(ADAS, { ...said, for: [BOT, ADA] });
    await crypto.encrypt(BENS, { ...said, for: [BOT, BEN] });
    const fromAda = await ada.encrypt(ADAS, [BOT], said);
    const fromBen = await ben.encrypt(BENS, [BOT], said);
    await crypto.feed(nextBatch(server));
    expect(await crypto.decrypt(fromBen, BENS)).toMatchObject({ kind: 'ok' });
    const left = () => findLeftovers(place.db, { texts: [BEN, BENS, 'BENPHONE'], events: [] });
    expect(left()).toMatchObject([
      { table: 'crypto_records', column: 'key' },
      { table: 'crypto_records', column: 'value' },
    ]);
    await crypto.forget({ person: BEN, rooms: [BENS] });
    await crypto.forget({ person: BEN, rooms: [BENS] });
    expect(left()).toEqual([]);
    await crypto.close();
    place.db.close();
    place.db = openBotDb(place.folder);
    crypto = await open();
    expect(left()).toEqual([]);
    // Nobody reads any more what Ben said, with whatever the homeserver still has of it.
    expect(await crypto.decrypt(fromBen, BENS)).toMatchObject({ kind: 'no-key' });
    expect(await crypto.decrypt(fromAda, ADAS)).toMatchObject({ kind: 'ok' });
    await crypto.encrypt(ADAS, { ...said, for: [BOT, ADA] });
    expect(await crypto.ownDeviceSigned()).toBe(true);
  } finally {
    await crypto.close();
    place.remove();
    await server.stop();
  }
});
