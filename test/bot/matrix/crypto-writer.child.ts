// The bot, encrypting for Ada without end, until it is killed. Arguments: folder of bot.db, homeserver, first number.
// Every message is sent under a transaction id of its own, as the outbox does; says "sent <number>" after each answer.

import { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { installTransport } from '../../../bot/matrix/transport.ts';
import { openBotDb } from './bot-db.ts';
import { BOT, nextBatchOf, openBotCrypto, SESSION } from './bot-side.ts';
import { ADA, ROOM } from './sample-events.ts';

const [folder, url, first] = process.argv.slice(2) as [string, string, string];
const { signal } = new AbortController();
installTransport(signal);
const homeserver = new Homeserver(url, signal, SESSION.accessToken);
const crypto = await openBotCrypto(openBotDb(folder), homeserver);
await crypto.feed(nextBatchOf([], 50));
await crypto.flush();
await crypto.ensureIdentity();
process.stdout.write('ready\n');
for (let number = Number(first); ; number += 1) {
  const content = await crypto.encrypt(ROOM, {
    type: 'm.room.message',
    content: { body: `message ${number}` },
    for: [BOT, ADA],
  });
  await homeserver.send(ROOM, 'm.room.encrypted', { transaction: `t${number}`, content });
  process.stdout.write(`sent ${number}\n`);
}
