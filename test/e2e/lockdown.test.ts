import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { generateKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArchive } from '../../ops/backup/archive/read-archive.ts';
import { TestHost } from '../ops/host/test-host.ts';
import { type Chat, House, textFile } from './house.ts';

// An admin changes everybody's keys, and locks the household down, from the ops room; a real homeserver is between.

const KINKEEPER = fileURLToPath(new URL('../../ops/kinkeeper.ts', import.meta.url));

const PASSPHRASE = 'a passphrase of the laboratory';

/** Beside the house: its backups, and the real host helper with a stand-in for nftables. */
const beside = mkdtempSync(join(tmpdir(), 'kin-incident-'));
const host = TestHost.make();
const stop = new AbortController();
let serving: Promise<void>;
let privateKey: string;

let house: House;
let ada: Chat;
let ops: Chat;
let ben: Chat;

beforeAll(async () => {
  host.fake('nft', `[ "$1" = list ] || cat >>${host.dir}/nft`);
  const keys = await generateKey({
    ...{ userIDs: [{ name: 'kin' }], curve: 'curve25519Legacy', type: 'ecc', format: 'armored' },
  });
  privateKey = keys.privateKey;
  const recipientsFile = join(beside, 'recipients.asc');
  writeFileSync(recipientsFile, keys.publicKey);
  const backup = { recipientsFile, localDir: join(beside, 'backups') };
  house = await House.open({ settings: { backup, host: { spoolDir: host.spool } } });
  serving = host.serveUntil(stop.signal);
  const admin = await house.login('ada');
  ada = await house.openChat(admin);
  ops = await house.enterOpsRoom(admin);
  ben = await house.openChat(await house.login('ben'));
  await ben.send(textFile('keys.txt', 'The spare key is with Mrs Dupont on the second floor.'));
});

afterAll(async () => {
  await house?.close();
  stop.abort();
  await serving;
  host.remove();
  rmSync(beside, { recursive: true, force: true });
});

/** Everything in the evidence, opened with the private key that is not on the server. */
async function openedEvidence(): Promise<Map<string, string>> {
  const folder = join(beside, 'backups', 'evidence');
  const names = readdirSync(folder);
  expect(names).toHaveLength(1);
  const found = new Map<string, string>();
  await readArchive(createReadStream(join(folder, names[0]!)), {
    keys: { privateKeys: [await readPrivateKey({ armoredKey: privateKey })] },
    signal: stop.signal,
    onEntry: async ({ name, content }) => {
      const parts: Uint8Array[] = [];
      for await (const part of content) parts.push(part);
      found.set(name, Buffer.concat(parts).toString('latin1'));
    },
  });
  return found;
}

/** Settings of WireGuard on the host, and a stand-in for wg whose interface is not up. Returns the public key to come. */
function withWireguard(): string {
  const publicKey = `${'P'.repeat(43)}=`;
  mkdirSync(join(host.root, 'etc', 'wireguard'), { recursive: true });
  writeFileSync(join(host.root, 'etc', 'wireguard', 'wg0.conf'), '[Interface]\nPrivateKey = old\n', { mode: 0o600 });
  host.fake('wg', `case $1 in genkey) echo new ;; pubkey) echo ${publicKey} ;; esac`);
  host.fake('wg-quick', 'cat "$2"');
  return publicKey;
}

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
  await ops.ask('status', /^I am locked \(since .*kinkeeper unlock/);

  await house.restartBot();
  await ben.until('the sealed start', () => house.bot.output().includes('sealed: waiting'));
  expect((await unlock('wrong words')).stdout).toContain('bot: this passphrase is wrong');
  let answer = await unlock(PASSPHRASE);
  while (answer.stdout.includes('too early')) answer = await unlock(PASSPHRASE);
  expect(answer.stdout).toContain('bot: unlocked');
  await ops.sees(/^Unlocked\. I read and answer again/);
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

test('an incident from a phone: rehearsed, locked, evidence sealed, unlocked at the shell, guided, reported', async () => {
  const jobs = house.home.startOps();
  await ops.until('the process of the jobs', () => jobs.output().includes('"ready"'));
  await ops.ask(
    '!incident rehearse',
    /It went well[\s\S]*locking down: went well[\s\S]*outside: went well[\s\S]*evidence: went well[\s\S]*report: went well/,
  );
  expect(readdirSync(join(beside, 'backups', 'evidence'))).toEqual([]);
  expect(existsSync(join(host.var, 'closed'))).toBe(false);

  await ops.ask('!lockdown', /Locked/);
  const asked = await ben.client.say(ben.room, 'Who has the spare key today?');
  await ops.sees(/^Access from outside is closed/);
  const told = await ops.sees(/^Evidence is kept: kin-evidence-/);
  expect(existsSync(join(host.var, 'closed'))).toBe(true);
  await ben.until('a third notice', () => ben.all(/gesperrt/).length === 3);
  expect(ben.all(/Dupont/).some(({ content }) => JSON.stringify(content).includes(asked))).toBe(false);
  const evidence = await openedEvidence();
  expect(evidence.get('records/audit.jsonl')).toContain('command.lockdown');
  expect(evidence.has('host/evidence/SHA256SUMS')).toBe(true);
  expect([...evidence.values()].join('\n')).not.toContain('Dupont');

  const answer = await unlock(PASSPHRASE);
  expect(answer.stdout).toContain('ops opens the outside again');
  expect(answer.stdout).toContain('ops: unlocked');
  await ops.sees(/opened access from outside again/);
  expect(existsSync(join(host.var, 'closed'))).toBe(false);
  await ben.replyTo(asked, /Dupont/);

  await ops.ask('!rotate begin', /passphrase next[\s\S]*kinkeeper keys passphrase/);
  const publicKey = withWireguard();
  await ops.ask('!rotate now wireguard', /no device comes in by the VPN[\s\S]*!rotate now wireguard yes/);
  const wireguard = await ops.ask('!rotate now wireguard yes', /went well[\s\S]*Nobody comes in by the VPN/);
  expect(wireguard.text).toContain(`wg0 ${publicKey}`);
  await ops.ask('!rotate', /1 of 8 settled[\s\S]*✓ wireguard/);
  await ops.ask('!keys rotate yes', /changing 2 keys/);
  await ops.ask('!rotate', /2 of 8 settled[\s\S]*✓ people-keys/);
  const report = await ops.ask('!incident report markdown', /Report of the incident/);
  const text = (await ops.client.download(report)).toString();
  const [, archive] = /(kin-evidence-\S+Z-[0-9a-f]{6})/.exec(told.text)!;
  for (const words of [
    'since the lockdown',
    archive!,
    'was closed by the host helper',
    'outside.opened',
    'people-keys',
  ])
    expect(text).toContain(words);
  expect(text).not.toContain('Dupont');
  await jobs.stop();
  await house.expectNothingPlain();
});
