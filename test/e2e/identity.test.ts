import { afterAll, beforeAll, expect, test } from 'vitest';
import { callJson } from '../lab/call-json.ts';
import { FamilyClient } from '../lab/family-client.ts';
import { BOT } from '../lab/household.ts';
import { Chat, House, textFile } from './house.ts';

// The owner of the homeserver takes Ben's account over: a new password, a new device, a new identity.

let house: House;
let ops: Chat;
let ben: Chat;

beforeAll(async () => {
  house = await House.open();
  const [adaDevice, benDevice] = await Promise.all([house.login('ada'), house.login('ben')]);
  [ops, ben] = await Promise.all([house.enterOpsRoom(adaDevice), house.openChat(benDevice)]);
  await ben.send(textFile('tent.txt', 'The tent has room for four people.'));
});

afterAll(() => house?.close());

async function takeOver(): Promise<FamilyClient> {
  const { accessToken } = await house.synapse.admin();
  const password = 'the password of somebody else';
  await callJson(`${house.synapse.baseUrl}/_synapse/admin/v1/reset_password/${encodeURIComponent('@ben:home.test')}`, {
    ...{ method: 'POST', accessToken },
    body: { new_password: password, logout_devices: false },
  });
  const login = { homeserver: house.synapse.baseUrl, user: 'ben', password, crossSigned: true, resetIdentity: true };
  return house.home.adopt(await FamilyClient.login(login));
}

test('an account that was taken over gets no answer, over a restart and a verification too, until an admin confirms it', async () => {
  await ben.ask('How many people fit into the tent?', /four people/);
  // What he verified himself must not speak for the other one, nor against him later.
  await ben.client.verify(BOT);
  const intruder = await takeOver();
  const chat = new Chat(house, intruder, ben.room);
  const readable = () => chat.fromBot().map(({ text }) => text);
  const event = await intruder.say(ben.room, 'How many people fit into the tent?');
  expect((await chat.replyTo(event)).text).toMatch(/^Dein Konto zeigt eine andere Identität/);
  await ops.sees(/The account of @ben:home\.test has another identity than before/);

  // The bot has no eyes: comparing emojis with it proves nothing, so it does not take part.
  await expect(intruder.verify(BOT, { timeoutMs: 5000 })).rejects.toThrow();
  await house.restartBot();
  await intruder.say(ben.room, '!export');
  await intruder.say(ben.room, 'What do you know about the tent?');
  await expect.poll(async () => (await ops.ask('people')).text).toMatch(/@ben:home\.test.*identity changed/);
  expect(readable().join('\n')).not.toMatch(/four|vier|tent\.txt|Passwort/);
  expect(readable().filter((text) => text !== '' && !text.startsWith('Dein Konto zeigt'))).toEqual([]);

  const preview = await ops.ask('people confirm @ben:home.test');
  expect(preview.text).toMatch(/begins with ([\w+/]{4} ){5}[\w+/]{4}\./);
  const code = /yes ([A-Z0-9]{6})/.exec(preview.text)?.[1];
  expect((await ops.ask(`people confirm @ben:home.test yes ${code}`)).text).toMatch(/^Confirmed/);
  await chat.ask('How many people fit into the tent?', /four people/);
}, 180_000);
