import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { randomStream, testSeed } from '../random.ts';
import { temporaryBotDb } from './bot-db.ts';
import { Peer } from './peer.ts';
import { ADA, ROOM } from './sample-events.ts';
import { SmallHomeserver } from './small-homeserver.ts';

const KILLS = 8;
const CHILD = fileURLToPath(new URL('crypto-writer.child.ts', import.meta.url));

/** Starts the writer, kills it at a random moment after some messages, and returns the last number it had an answer for. */
async function killedWriter(values: readonly string[], random: () => number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, ...values], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = once(child, 'close');
  const enough = 5 + Math.floor(random() * 40);
  let last = Number(values[2]) - 1;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('sent')) continue;
    last = Number(line.split(' ')[1]);
    seen += 1;
    // A random moment inside the next message; any moment is right, none has to be hit.
    if (seen === enough) setTimeout(() => child.kill('SIGKILL'), random() * 12);
  }
  await end;
  return last;
}

/** The message index, which stands in the clear: version 3, then field 1 as a varint (Megolm message format). */
function indexOf(ciphertext: string): number {
  const bytes = Buffer.from(ciphertext, 'base64');
  expect([bytes[0], bytes[1]]).toEqual([3, 0x08]);
  let value = 0;
  for (let at = 2, shift = 0; ; at += 1, shift += 7) {
    value |= (bytes[at]! & 0x7f) << shift;
    if (bytes[at]! < 0x80) return value;
  }
}

const seed = testSeed();
test(`killed with SIGKILL ${KILLS} times while encrypting: all that was sent can be read, no ratchet step is used twice (seed ${seed})`, async () => {
  const random = randomStream(seed);
  const server = await SmallHomeserver.start();
  const place = temporaryBotDb();
  place.db.close();
  const ada = await Peer.start(server, ADA, 'PHONE');
  const acknowledged = new Set<number>();
  let next = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const last = await killedWriter([place.folder, server.url, String(next)], random);
    for (let number = next; number <= last; number += 1) acknowledged.add(number);
    // The message under way is encrypted again, as the outbox would, under the same transaction id.
    next = last + 1;
  }
  const read = new Map<number, string>();
  const steps = new Map<string, string>();
  for (const { event } of server.sent) {
    const { body } = (await ada.decrypt(event, ROOM)) as { body: string };
    const { session_id: session, ciphertext } = event.content as { session_id: string; ciphertext: string };
    const step = `${session} ${indexOf(ciphertext)}`;
    expect(steps.has(step), `${step} was used for ${steps.get(step)} and ${body}`).toBe(false);
    steps.set(step, body);
    read.set(Number(body.split(' ')[1]), event.event_id);
  }
  expect([...acknowledged].filter((number) => !read.has(number))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS * 5);
  // Ada's identity, and the bot's, made once.
  expect(server.count(/device_signing/)).toBe(2);
  place.remove();
  await server.stop();
});
