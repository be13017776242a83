import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chat, House, textFile } from './house.ts';

// An admin changes everybody's keys, and locks the household down, from the ops room; a real homeserver is between.

const KINKEEPER = fileURLToPath(new URL('../../ops/kinkeeper.ts', import.meta.url));

const PASSPHRASE = 'a passphrase of the laboratory';

let house: House;
let ada: Chat;
let ops: Chat;
let ben: Chat;

beforeAll(async () => {
  house = await House.open();
  const admin = await house.login('ada');
  ada = await house.openChat(admin);
  ops = await house.enterOpsRoom(admin);
  ben = await house.openChat(await house.login('ben'));
  await ben.send(textFile('keys.txt', 'The spare key is with Mrs Dupont on the second floor.'));
});

afterAll(() => house?.close());

const unlock = (passphrase: string) =>
  execa(process.execPath, [KINKEEPER, 'unlock', '--config', house.home.configFile], {
    input: passphrase,
    reject: false,
  });

test('new keys for everybody, confirmed by a word, told when done', async () => {
  await ops.ask('!keys', /Document keys\*?\*? 2/);
  await ops.ask('!keys rotate', /new keys/);
  await ops.ask('!keys rotate yes', /changing 2 keys/);
  await ops.sees(/2 keys are new/);
  await ben.ask('Where is the spare key?', /Dupont/);
});

test('a lockdown keeps what comes in, tells each writer once, outlasts a restart, and ends at the shell only', async () => {
  await ops.ask('!lockdown', /Locked/);
  const asked = [
    await ben.client.say(ben.room, 'Who has the spare key?'),
    await ben.client.say(ben.room, 'And on which floor?'),
  ];
  await ben.sees(/gesperrt/);
  expect(existsSync(join(house.home.stateDir, 'lockdown'))).toBe(true);
  await ada.client.say(ada.room, '!files');
  await ada.sees(/locked by an admin/);

  await house.restartBot();
  await ben.until('the sealed start', () => house.bot.output().includes('sealed: waiting'));
  expect((await unlock('wrong words')).stdout).toContain('bot: this passphrase is wrong');
  let answer = await unlock(PASSPHRASE);
  while (answer.stdout.includes('too early')) answer = await unlock(PASSPHRASE);
  expect(answer.stdout).toContain('bot: unlocked');
  for (const event of asked) await ben.replyTo(event, /Dupont|second floor/);
  expect(ben.all(/gesperrt/)).toHaveLength(1);
  expect(existsSync(join(house.home.stateDir, 'lockdown'))).toBe(false);
  await house.expectNothingPlain();
});

test('a lockdown that is lifted without a restart goes on where it stopped', async () => {
  await ops.ask('!lockdown', /Locked/);
  const asked = await ben.client.say(ben.room, 'Who has the spare key now?');
  await ben.until('a second notice', () => ben.all(/gesperrt/).length === 2);
  expect((await unlock(PASSPHRASE)).stdout).toContain('bot: unlocked');
  await ben.replyTo(asked, /Dupont/);
  await ops.ask('!status', /Bot/);
});
