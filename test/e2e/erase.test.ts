import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveKey } from '../../core/keys/derive.ts';
import { unlockMasterKey } from '../../core/keys/master-key.ts';
import { findLeftovers } from '../../core/sqlite/find-leftovers.ts';
import { openEncrypted } from '../../core/sqlite/open-encrypted.ts';
import type { FamilyClient } from '../lab/family-client.ts';
import { BOT } from '../lab/household.ts';
import { readRoom } from '../lab/reader.ts';
import { type Chat, House, textFile } from './house.ts';

// Leaving: documents and people go on their own word, and what a real homeserver shows afterwards.

let house: House;
let ada: FamilyClient;
let ben: FamilyClient;
let cem: FamilyClient;
let ops: Chat;
let bens: Chat;
let cems: Chat;

beforeAll(async () => {
  house = await House.open({
    people: [{ local: 'ada', role: 'admin' }, { local: 'ben' }, { local: 'cem' }],
    settings: { erase: { coolingOffHours: 0 } },
  });
  [ada, ben, cem] = await Promise.all([house.login('ada'), house.login('ben'), house.login('cem')]);
  [ops, bens, cems] = await Promise.all([house.enterOpsRoom(ada), house.openChat(ben), house.openChat(cem)]);
  await Promise.all([
    bens.send(textFile('will.txt', 'The violin goes to aunt Rosa in Trieste.')),
    cems.send(textFile('car.txt', 'The blue car is insured with number 4711.')),
  ]);
});

afterAll(() => house?.close());

async function leftOnDisk(stateDir: string, needles: Parameters<typeof findLeftovers>[1]): Promise<string[]> {
  const masterKey = await unlockMasterKey(join(stateDir, 'keys.json'), 'a passphrase of the laboratory');
  return (['control.db', 'bot.db'] as const).flatMap((file) => {
    const db = openEncrypted(join(stateDir, file), deriveKey(masterKey, file), { mustExist: true });
    try {
      return findLeftovers(db, needles).map(({ table, column }) => `${file} ${table}.${column}`);
    } finally {
      db.close();
    }
  });
}

const codeIn = (text: string) => /yes ([A-Z0-9]{6})/.exec(text)![1]!;

test('!forget all asks, takes no wrong code, and forgets with a receipt', async () => {
  const preview = await cems.ask('!forget all');
  expect(preview.text).toMatch(/This forgets all your documents for good: 1 document and 1 passage/);
  const code = codeIn(preview.text);
  expect((await cems.ask('!forget all yes AAAAAA')).text).toMatch(/not the code I gave you last/);
  // A wrong one uses the right one up.
  expect((await cems.ask(`!forget all yes ${code}`)).text).toMatch(/not the code I gave you last/);
  expect((await cems.ask('!files')).text).toContain('car.txt');
  const again = codeIn((await cems.ask('!forget all')).text);
  expect((await cems.ask(`!forget all yes ${again}`)).text).toMatch(/I am forgetting all your documents/);
  const receipt = await cems.sees(/All your documents are erased/);
  expect(receipt.text).toContain('BEGIN KINKEEPER RECEIPT');
  expect((await cems.ask('!files')).text).toMatch(/I know no documents from you yet/);
});

test('!delete-me erases a person: a receipt, an empty chat that the bot has left, and a stranger afterwards', async () => {
  await bens.ask('Who gets the violin?', /aunt Rosa/);
  await bens.ask('!export 1');
  const preview = await bens.ask('!delete-me');
  expect(preview.text).toMatch(/erases everything about you for good: 1 document/);
  const answer = await bens.ask(`!delete-me yes ${codeIn(preview.text)}`);
  expect(answer.text).toMatch(/I am erasing everything about you/);
  const receipt = await bens.sees(/Everything about you is erased/);
  expect(receipt).toMatchObject({ encrypted: true });
  await ben.awaitMembership(bens.room, BOT, 'leave');
  // The server's own view: of what the bot said, nothing but the receipt has any content left.
  const said = (await readRoom(house.synapse, bens.room)).filter(
    (event) => event.sender === BOT && event.type === 'm.room.encrypted' && Object.keys(event.content).length > 0,
  );
  expect(said).toHaveLength(1);
  // The disk, read with all keys: no value of any table names the person, their chat or what they sent.
  const events = (await readRoom(house.synapse, bens.room)).map(({ event_id }) => event_id);
  const left = () => leftOnDisk(house.home.stateDir, { texts: [ben.userId, bens.room], events });
  await expect.poll(left, { interval: 500 }).toEqual([]);
  expect(await house.bot.stop()).toEqual({ code: 0, signal: null });
  expect(await left()).toEqual([]);
  house.bot = house.home.startBot();
  // The receipt as people can save it: the text of the message.
  const saved = join(house.home.dir, 'receipt.txt');
  writeFileSync(saved, receipt.text);
  const args = ['ops/kinkeeper.ts', 'receipt', 'verify', saved, '--config', house.home.configFile];
  const verified = await execa(process.execPath, [...args, '--person', ben.userId], { reject: false });
  expect(verified).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^genuine[\s\S]*before .*\bdocuments 1\b/),
  });
  expect((await ops.ask('people')).text).not.toContain('@ben:');
  expect(ops.all(/does not get past the step/)).toEqual([]);
  // Known to nobody any more: an invite is refused, and the settings file does not bring them back.
  await ben.openChatWith(BOT, { encrypted: true }).then((room) => ben.awaitMembership(room, BOT, 'leave'));
});

test('somebody whom an admin removes is told, frozen at once, and comes back when they are added again', async () => {
  await cems.send(textFile('boat.txt', 'The boat lies at pier nine.'));
  expect((await ops.ask('people remove @cem:home.test')).text).toMatch(/On .* I erase everything about them/);
  await cems.sees(/An admin has taken you out of this household/);
  const asked = await cem.say(cems.room, 'Where is the boat?');
  expect((await ops.ask('people add @cem:home.test')).text).toMatch(/may talk to me now/);
  expect((await cems.ask('Where is the boat?', /pier nine/)).text).toContain('pier nine');
  expect(cems.fromBot().filter(({ content }) => JSON.stringify(content).includes(asked))).toEqual([]);
});

test('nothing was said in the clear', () => house.expectNothingPlain());
