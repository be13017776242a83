import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOT } from '../lab/household.ts';
import { PATIENCE_MS } from '../patience.ts';
import { type Chat, House, textFile } from './house.ts';

// A homeserver with its default limits, with room version 11, and with an outage.

const FACTS = [
  ['ladder', 'The ladder hangs on the north wall of the shed.', 'Where does the ladder hang?', 'north wall'],
  ['drill', 'The drill was lent to neighbour Okafor.', 'To whom was the drill lent?', 'Okafor'],
  ['piano', 'The piano is tuned by Mrs Lindqvist each spring.', 'Who tunes the piano?', 'Lindqvist'],
  ['cheese', 'The cheese fondue needs 600 grams of Gruyere.', 'How much Gruyere does the fondue need?', '600 grams'],
  ['passport', 'The passport of Nora expires on 9 June 2031.', "When does Nora's passport expire?", '9 June 2031'],
  ['chimney', 'The chimney sweep comes on 4 November.', 'When does the chimney sweep come?', '4 November'],
  ['canoe', 'The canoe is painted emerald green.', 'Which colour is the canoe painted?', 'emerald'],
  ['attic', 'The attic key is under the third flowerpot.', 'Where is the attic key?', 'third flowerpot'],
] as const;

let house: House;
let ada: Chat;

beforeAll(async () => {
  house = await House.open({
    people: [{ local: 'ada', role: 'admin' }],
    synapse: { rateLimits: 'default', roomVersion: '11' },
    lifted: false,
  });
  ada = await house.openChat(await house.login('ada'));
  await ada.sees(/^Hello!/);
  await ada.send(textFile('house book.txt', FACTS.map(([, text]) => text).join('\n\n')));
});

afterAll(() => house?.close());

test('rooms have the version that was asked for', () => {
  const created = ada.client.sdk.getRoom(ada.room)?.getVersion();
  expect(created).toBe('11');
});

test('eight questions asked at once are all answered once, although the homeserver limits the bot', async () => {
  // Only the bot is to be limited. On a busy machine it answers so slowly that the first eight may stay below the limit.
  await house.synapse.overrideRateLimit(ada.client.userId);
  const isLimited = () => house.bot.output().includes('M_LIMIT_EXCEEDED');
  const events: string[] = [];
  for (let round = 0; round < 5 && !isLimited(); round++) {
    const asked = await Promise.all(FACTS.map(([, , question]) => ada.client.say(ada.room, question)));
    await Promise.all(asked.map((event, index) => ada.replyTo(event, new RegExp(FACTS[index]![3]))));
    events.push(...asked);
  }
  expect(isLimited()).toBe(true);
  for (const event of events) expect(ada.about(event)).toHaveLength(1);
});

test('what is sent before, during and after an outage of the homeserver is answered once', async () => {
  await house.synapse.overrideRateLimit(ada.client.userId);
  await house.synapse.overrideRateLimit(BOT);
  const before = await Promise.all(FACTS.slice(0, 3).map(([, , question]) => ada.client.say(ada.room, question)));
  const outage = house.synapse.restart({ kill: true, downMs: 3_000 });
  const during = await sayUntilSent(FACTS[3][2]);
  await outage;
  const after = await sayUntilSent(FACTS[4][2]);
  const events = [...before, during, after];
  await Promise.all(events.map((event, index) => ada.replyTo(event, new RegExp(FACTS[index]![3]))));
  for (const event of events) expect(ada.about(event)).toHaveLength(1);
  expect(house.bot.output()).toContain('the homeserver answers again');
});

test('the homeserver holds nothing of the bot in the clear, and nothing was answered twice', async () => {
  await house.expectNothingPlain();
  await house.expectAllReadOnce();
});

/** Presses "send again" until the homeserver takes the message. */
async function sayUntilSent(text: string): Promise<string> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(200)) {
    try {
      return await ada.client.say(ada.room, text);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
