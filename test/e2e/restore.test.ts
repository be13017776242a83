import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { generateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callJson } from '../lab/call-json.ts';
import type { FamilyClient } from '../lab/family-client.ts';
import { BOT, passwordOf } from '../lab/household.ts';
import { NioClient } from '../lab/nio-client.ts';
import { commandsOf } from '../ops/read-runbook.ts';
import { Chat, House, textFile } from './house.ts';

// The whole machine is lost, and comes back by the runbook, word for word: stores, homeserver, media, and the bot as itself.

const KINKEEPER = fileURLToPath(new URL('../../ops/kinkeeper.ts', import.meta.url));
const KEY_PASSPHRASE = 'four words on paper';
const PASSPHRASE = 'a passphrase of the laboratory';

let kept: string;
let house: House;
let ops: Chat;
let bens: Chat;
let cems: Chat;
let dan: NioClient;
let dansRoom: string;
let archive: string;

beforeAll(async () => {
  kept = mkdtempSync(join(tmpdir(), 'kinkeeper-kept-'));
  const dir = join(kept, 'machine', 'synapse');
  mkdirSync(dir, { recursive: true });
  const key = await generateKey({
    ...{ userIDs: [{ name: 'kin' }], type: 'ecc', curve: 'curve25519Legacy', passphrase: KEY_PASSPHRASE },
  });
  writeFileSync(join(kept, 'recipients.asc'), key.publicKey);
  writeFileSync(join(kept, 'backup-key.asc'), key.privateKey, { mode: 0o600 });
  house = await House.open({
    people: [{ local: 'ada', role: 'admin' }, { local: 'ben', language: 'de' }, { local: 'cem' }, { local: 'dan' }],
    synapse: { dir },
    settings: {
      erase: { coolingOffHours: 0 },
      backup: { recipientsFile: join(kept, 'recipients.asc'), localDir: join(kept, 'backups') },
      homeserver: { kind: 'sqlite', database: join(dir, 'homeserver.db'), folder: dir, media: join(dir, 'media') },
    },
  });
  const [ada, ben, cem] = await Promise.all([house.login('ada'), house.login('ben'), house.login('cem')]);
  [ops, bens, cems] = await Promise.all([house.enterOpsRoom(ada), house.openChat(ben), house.openChat(cem)]);
  const account = { homeserver: house.synapse.baseUrl, user: 'dan', password: passwordOf('dan') };
  dan = await NioClient.login({ ...account, crossSigned: true });
  dansRoom = await dan.openChatWith(BOT);
  await dan.nextMessage(dansRoom, { from: BOT });
  await Promise.all([
    bens.send(textFile('will.txt', 'Die Geige bekommt Tante Rosa in Triest, die rote Jacke bekommt Onkel Karl.')),
    cems.send(textFile('car.txt', 'The blue car is insured with number 4711 at the harbour office.')),
  ]);
});

afterAll(async () => {
  await dan?.stop();
  await house?.close();
  rmSync(kept, { recursive: true, force: true });
});

/** The bot as somebody sees it who asks the homeserver and nobody else: its identity, and which of its devices that has signed. */
async function seenBot() {
  const { accessToken } = await house.synapse.login('ada', passwordOf('ada'), 'looking on');
  const answer = await callJson<{
    master_keys: Record<string, { keys: Record<string, string> }>;
    self_signing_keys: Record<string, { keys: Record<string, string> }>;
    device_keys: Record<string, Record<string, { signatures: Record<string, Record<string, string>> }>>;
  }>(`${house.synapse.baseUrl}/_matrix/client/v3/keys/query`, {
    ...{ method: 'POST', accessToken, body: { device_keys: { [BOT]: [] } } },
  });
  const [signer = ''] = Object.keys(answer.self_signing_keys[BOT]!.keys);
  const devices = Object.entries(answer.device_keys[BOT]!);
  const signed = devices.filter(([, { signatures }]) => signatures[BOT]?.[signer] !== undefined);
  return {
    identity: answer.master_keys[BOT]!.keys,
    devices: devices.map(([id]) => id),
    signed: signed.map(([id]) => id),
  };
}

/** A block of the runbook as somebody types it who has exported ARCHIVE and KEY. */
function follow(block: string, answers: readonly string[] = []) {
  const set = `kinkeeper() { "${process.execPath}" --disable-warning=DEP0060 "${KINKEEPER}" "$@"; }; export HOMESERVER=${house.synapse.baseUrl}`;
  const input = answers.map((line) => `${line}\n`).join('');
  return execa('bash', ['-euc', `${set}; ${exported()}\n${block}`], { cwd: house.home.dir, input, reject: false });
}

/** The first block, with our own names where it has examples. */
function exported(): string {
  const [first = ''] = commandsOf('Restore on an empty machine');
  const own = first
    .replace(/ARCHIVE=.*/, `ARCHIVE=${archive}`)
    .replace(/KEY=.*/, `KEY=${join(kept, 'backup-key.asc')}`);
  expect(own.match(/^export /gm)).toHaveLength(2);
  return own;
}

/** What a household's devices send each other on any day, such as keys: the homeserver counts on. */
async function sendBetweenDevices(client: FamilyClient): Promise<void> {
  const accessToken = client.sdk.getAccessToken()!;
  const body = { messages: { [client.userId]: { [client.deviceId]: {} } } };
  for (let nth = 0; nth < 40; nth++) {
    const url = `${house.synapse.baseUrl}/_matrix/client/v3/sendToDevice/m.dummy/nth-${nth}`;
    await callJson(url, { method: 'PUT', accessToken, body });
  }
}

/** Everything of the household but what lies elsewhere: archive, key, a newer list of what was erased. */
function loseTheMachine(): void {
  cpSync(join(house.home.stateDir, 'tombstones'), join(kept, 'tombstones'));
  for (const folder of [house.home.dir, house.synapse.dir])
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}

test('a lost machine comes back by the runbook: the same bot, everybody’s papers, and nobody who was erased', async () => {
  const before = await seenBot();
  const made = await execa(process.execPath, [KINKEEPER, 'backup', 'now', '--json', '--config', house.home.configFile]);
  archive = (JSON.parse(made.stdout) as { file: string }).file;
  await bens.send(textFile('later.txt', 'Das Boot liegt im Hafen von Pula.'));
  const preview = await cems.ask('!delete-me');
  await cems.client.say(cems.room, `!delete-me yes ${/yes ([A-Z0-9]{6})/.exec(preview.text)![1]}`);
  await cems.sees(/BEGIN KINKEEPER RECEIPT/);
  const erased = () => readFileSync(join(house.home.stateDir, 'tombstones'), 'latin1');
  await expect.poll(erased).toMatch(/^[0-9a-f]{32} [0-9a-f]{32} \d+/m);
  await sendBetweenDevices(bens.client);
  await bens.ask('!hilfe');
  expect(await house.bot.stop()).toMatchObject({ code: 0 });
  const switchOn = bens.client.switchOff();
  await house.synapse.stop();
  loseTheMachine();

  const [, check, restore, forgetKey, wait, doctor, backup, ...more] = commandsOf('Restore on an empty machine');
  expect(more).toEqual([]);
  const checked = await follow(check!, [KEY_PASSPHRASE]);
  expect(checked.stdout, checked.stderr).toMatch(/4 people, 2 papers, with the homeserver/);
  const newer = restore!.replace('"$KEY"', `"$KEY" --tombstones ${join(kept, 'tombstones')}`);
  const restored = await follow(newer, [KEY_PASSPHRASE, PASSPHRASE]);
  expect(restored.exitCode, restored.stderr).toBe(0);
  expect(restored.stdout).toContain('Erased again: 1 people');
  writeFileSync(join(house.home.dir, 'bot-password'), passwordOf('kin'), { mode: 0o600 });
  writeFileSync(join(house.home.dir, 'passphrase'), PASSPHRASE, { mode: 0o600 });
  expect((await follow(forgetKey!)).exitCode).toBe(0);
  expect(existsSync(join(kept, 'backup-key.asc'))).toBe(false);
  expect(readFileSync(join(house.synapse.dir, 'homeserver.yaml'), 'utf8')).toContain('home.test');
  await house.synapse.restart();
  expect((await follow(wait!)).exitCode).toBe(0);
  expect((await follow(doctor!)).exitCode).toBe(0);
  house.bot = house.home.startBot();

  await ops.sees(/Restored from the backup of .*3 stores opened with 1 document.*1 of 1 test question answered/s);
  // His device was off while the bot told him; its last position is one that the homeserver has never given out again.
  switchOn();
  await bens.sees(/wiederhergestellt/);
  // And this one has no key left at the homeserver to begin an encryption with, before it was heard of: what it is told waits until then.
  await dan.say(dansRoom, '!help');
  await dan.nextMessage(dansRoom, { from: BOT, matching: /restored from a backup/ });
  expect(dan.messages(dansRoom).filter(({ undecryptable }) => undecryptable !== undefined)).toEqual([]);
  const after = await seenBot();
  expect(after.identity).toEqual(before.identity);
  expect(after.signed).toEqual(after.devices);
  expect(after.devices).toHaveLength(before.devices.length + 1);
  expect((await bens.ask('Wer bekommt die Geige?', /Rosa/)).text).toContain('will.txt');
  await house.restartBot();
  const phone = await house.login('ben', { recoveryKey: bens.client.recoveryKey!, strict: true });
  const onPhone = new Chat(house, phone, bens.room);
  expect((await onPhone.ask('!files', /will\.txt/)).text).not.toContain('later.txt');
  expect((await onPhone.ask('Wer bekommt die rote Jacke?', /Karl/)).text).toContain('will.txt');
  expect(bens.all(/wiederhergestellt/)).toHaveLength(1);
  expect((await ops.ask('people')).text).not.toContain('@cem');
  // What it came back from is on the list at once, proven by what just happened.
  const listed = (await ops.ask('backups')).text;
  expect(listed).toContain(basename(archive, '.tar.zst.gpg'));
  expect(listed).toMatch(/1 backup\..*on the server; proven .*: 1 document, 1 test question answered/s);
  const again = await follow(backup!);
  expect(again.stdout, again.stderr).toContain('read back and compared');
  await house.expectNothingPlain();
});
