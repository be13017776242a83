import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callJson } from '../lab/call-json.ts';
import { FamilyClient } from '../lab/family-client.ts';
import { BOT, passwordOf } from '../lab/household.ts';
import { type Chat, House, repliesTo, textFile } from './house.ts';

// Accounts on a real Synapse: made, opened with the card, given a new password, closed; by real clients, and over kills.

let house: House;
let ops: Chat;
const DIE = { nodeOptions: ['--import', new URL('die-after-account.ts', import.meta.url).href] };

beforeAll(async () => {
  house = await House.open({ seesToAccounts: true });
  ops = await house.enterOpsRoom(await house.login('ada'));
});

afterAll(() => house?.close());

const codeIn = (text: string) => /yes ([A-Z0-9]{6})/.exec(text)![1]!;
const passwordIn = (text: string) => /[a-z2-9]{4}(?:-[a-z2-9]{4}){3}/.exec(text)![0];
const logIn = async (user: string, password: string, more: { recoveryKey?: string; resetIdentity?: boolean } = {}) =>
  house.home.adopt(
    await FamilyClient.login({ homeserver: house.synapse.baseUrl, user, password, crossSigned: true, ...more }),
  );
const isOver = (client: FamilyClient) =>
  callJson(`${house.synapse.baseUrl}/_matrix/client/v3/account/whoami`, { accessToken: client.sdk.getAccessToken()! });
/** What stands in the room below a command, its picture apart. */
const answersTo = (event: string) => ops.fromBot().filter((message) => repliesTo(message, event));
const pictures = () => ops.fromBot().filter(({ msgtype }) => msgtype === 'm.image');

async function changePassword(client: FamilyClient, old: string, next: string): Promise<void> {
  const identifier = { type: 'm.id.user', user: client.userId };
  await client.sdk.setPassword({ type: 'm.login.password', identifier, password: old } as never, next, false);
}

let dan: FamilyClient;
let chat: Chat;

test('a new person logs in with the card, changes the password, and talks to the bot; the card is taken back', async () => {
  const card = await ops.ask('people add dan', /Set-up card/);
  const password = passwordIn(card.text);
  expect(card.text).toMatch(/@dan:home\.test may talk to me now[\s\S]*I made the account @dan:home\.test/);
  expect(card.text).toContain(`Homeserver: ${house.synapse.baseUrl}`);
  await ops.until('the picture', () => pictures().length === 1);
  expect((await ops.client.download(pictures()[0]!)).subarray(1, 4).toString()).toBe('PNG');

  dan = await logIn('dan', password);
  await changePassword(dan, password, 'words of my own');
  await expect(house.synapse.login('dan', password)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  chat = await house.openChat(dan);
  await chat.send(textFile('tent.txt', 'The tent has room for four people.'));
  await chat.ask('How many people fit into the tent?', /four people/);

  const shown = () => ops.fromBot().find(({ eventId }) => eventId === card.eventId)!;
  await ops.until('the card to be taken back', () => shown().redacted && pictures().every((one) => one.redacted));
  expect(shown().text).toBe('');
  const journal = `${house.bot.output()}${readFileSync(join(house.synapse.dir, 'homeserver.log'), 'utf8')}`;
  expect(journal).not.toContain(password);
}, 240_000);

test('a reset ends the session of before, and the new card opens the account with everything in it', async () => {
  const code = codeIn((await ops.ask('people reset dan', /new password and logs out/)).text);
  await expect(isOver(dan)).resolves.toBeDefined();
  const card = await ops.ask(`people reset dan yes ${code}`, /Card for a new password/);
  await expect(isOver(dan)).rejects.toMatchObject({ errcode: 'M_UNKNOWN_TOKEN' });
  await expect(house.synapse.login('dan', 'words of my own')).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  const { recoveryKey } = dan;
  await dan.stop();
  dan = await logIn('dan', passwordIn(card.text), { recoveryKey: recoveryKey! });
  const again = await house.openChat(dan);
  await again.ask('How many people fit into the tent?', /four people/);
}, 240_000);

test('a bot that dies right after the account was made, or got its password, answers with the very password', async () => {
  const dieAt = async (line: string) => {
    expect(await house.bot.stop()).toMatchObject({ code: 0 });
    house.bot = house.home.startBot(DIE);
    const text = line.includes('CODE') ? codeIn((await ops.ask(line.replace(/ yes CODE/, ''))).text) : '';
    const asked = await ops.client.say(ops.room, line.replace('CODE', text));
    expect(await house.bot.ended).toEqual({ code: null, signal: 'SIGKILL' });
    house.bot = house.home.startBot();
    return ops.replyTo(asked, /Set-up card|Card for a new password/);
  };
  const made = await dieAt('people add eve');
  await house.synapse.login('eve', passwordIn(made.text));
  const reset = await dieAt('people reset eve yes CODE');
  await house.synapse.login('eve', passwordIn(reset.text));
  await expect(house.synapse.login('eve', passwordIn(made.text))).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  for (const { content } of [made, reset]) {
    const asked = (content['m.relates_to'] as { 'm.in_reply_to': { event_id: string } })['m.in_reply_to'].event_id;
    expect(answersTo(asked)).toHaveLength(1);
  }
}, 240_000);

test('an account is closed for good once its person was removed, and never one that administers the homeserver', async () => {
  await ops.ask('people remove eve', /stays: [\s\S]*!people close @eve:home\.test/);
  await house.synapse.login('ben', passwordOf('ben'));
  const code = codeIn((await ops.ask('people close eve', /for good/)).text);
  await ops.ask(`people close eve yes ${code}`, /is closed/);
  const { accessToken } = await house.synapse.admin();
  const url = `${house.synapse.baseUrl}/_synapse/admin/v2/users/@eve:home.test`;
  expect(await callJson(url, { accessToken })).toMatchObject({ deactivated: true });
  await ops.ask('people add eve', /was closed, and nobody can log in/);
  await ops.ask('people close lab-admin', /only the account of somebody whom you removed/);
  await ops.ask('people add lab-admin', /may talk to me now/);
  await ops.ask('people remove lab-admin', /stays: /);
  await ops.ask('people close lab-admin', /administers the homeserver itself/);
  await ops.ask(`people reset ${BOT}`, /That is me/);
  await ops.ask('people add Fée', /not a full Matrix address/);
}, 240_000);

test('a token that is over, or none, changes nothing, and words say what to do', async () => {
  const file = join(house.home.dir, 'admin-token');
  expect(await house.bot.stop()).toMatchObject({ code: 0 });
  writeFileSync(file, 'syt_of_nobody');
  house.bot = house.home.startBot();
  await ops.ask('people add gil', /may talk to me now[\s\S]*refuses my right over accounts/);
  await ops.ask('people reset ben', /refuses my right over accounts/);

  expect(await house.bot.stop()).toMatchObject({ code: 0 });
  const settings = readFileSync(house.home.configFile, 'utf8');
  writeFileSync(house.home.configFile, settings.replace(/^homeserver:\n {2}adminTokenFile: .*\n/m, ''));
  house.bot = house.home.startBot();
  await ops.ask('people add hal', /There is no account @hal:home\.test yet[\s\S]*register_new_matrix_user/);
  await ops.ask('people reset ben', /adminTokenFile/);
  await house.synapse.login('ben', passwordOf('ben'));
  await expect(house.synapse.login('hal', 'x')).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
  await house.expectNothingPlain();
}, 240_000);
