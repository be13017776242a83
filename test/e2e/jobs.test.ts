import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProductProcess } from '../lab/household.ts';
import { type Chat, House } from './house.ts';

// An admin has jobs run from the ops room; a real homeserver is between, and both processes die meanwhile.

let house: House;
let ops: Chat;
let worker: ProductProcess | undefined;

beforeAll(async () => {
  house = await House.open({ settings: { jobs: { health: '', audit: '' } } });
  const admin = await house.login('ada');
  await house.openChat(admin);
  ops = await house.enterOpsRoom(admin);
});

afterAll(() => house?.close());

test('what is asked for while the jobs’ process is not there waits, is run once, and its one message says how it ended', async () => {
  const asked = await ops.client.say(ops.room, '!run audit');
  await ops.replyTo(asked, /No job can run now/);
  await house.restartBot();
  worker = house.home.startOps();
  await ops.replyTo(asked, /It went well .*Counted: \d+ rows/s);
  await ops.ask('!jobs', /audit, the check of the audit trail: only when asked; the last run, .* ago, went well/);
  expect(ops.fromBot().filter(({ text }) => /You asked for the check of the audit trail/.test(text))).toHaveLength(1);
});

test('a process that is killed while a job runs leaves a message that tells the end all the same', async () => {
  const asked = await ops.client.say(ops.room, '!run health');
  worker!.child.kill('SIGKILL');
  await worker!.ended;
  await house.restartBot();
  worker = house.home.startOps();
  await ops.replyTo(asked, /It went well/);
  await ops.ask('!run health dry', /knows none/);
  await ops.ask('!cancel health', /Nothing to cancel/);
  await house.expectNothingPlain();
});
