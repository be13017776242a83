import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { BOT } from '../lab/household.ts';
import { type Chat, House, textFile } from './house.ts';

// What can be wrong when the bot starts: each fault ends it with a clear message and the right exit code, and after it
// was mended the bot goes on as if nothing had been.

const KINKEEPER = fileURLToPath(new URL('../../ops/kinkeeper.ts', import.meta.url));
const NOWHERE = 'http://127.0.0.1:9';

let house: House;
let ada: Chat;
/** A folder without a state in it, for first starts that fail. */
let empty: string;
const disk = smallDisk();

beforeAll(async () => {
  empty = mkdtempSync(join(tmpdir(), 'kinkeeper-empty-'));
  house = await House.open({ people: [{ local: 'ada', role: 'admin' }] });
  ada = await house.openChat(await house.login('ada'));
  await ada.send(textFile('keys.txt', 'The spare key is with Mrs Dupont on the second floor.'));
  await house.bot.stop();
});

afterAll(async () => {
  await house?.close();
  rmSync(empty, { recursive: true, force: true });
  disk?.remove();
});

test('an unknown setting: exit 2, and the setting is named', async () => {
  await withFile(
    house.home.configFile,
    (text) => `${text}colour: red\n`,
    async () => {
      const { code, said } = await failedStart();
      expect(said).toContain('colour');
      expect(said).toContain('One setting is wrong');
      expect(code).toBe(2);
    },
  );
});

test('several wrong settings: exit 2, and all of them are named with their variables', async () => {
  const { code, said } = await failedStart({ KINKEEPER_LIMITS_FILE_BYTES: 'lots', KINKEEPER_MATRIX_USER_ID: 'kin' });
  expect(said).toContain('KINKEEPER_LIMITS_FILE_BYTES');
  expect(said).toContain('KINKEEPER_MATRIX_USER_ID');
  expect(code).toBe(2);
});

test('a wrong passphrase: exit 1, nothing is written', async () => {
  const before = fingerprint();
  await withFile(
    join(house.home.dir, 'passphrase'),
    () => 'another passphrase',
    async () => {
      const { code, said } = await failedStart();
      expect(said).toMatch(/passphrase/i);
      expect(code).toBe(1);
    },
  );
  expect(fingerprint()).toBe(before);
});

test.each([
  { fault: 'cut in the middle', damage: (text: string) => text.slice(0, text.length / 2) },
  { fault: 'changed in one letter', damage: (text: string) => text.replace(/[a-f](?=[^a-f]*$)/, 'g') },
  { fault: 'empty', damage: () => '' },
])('a keys.json that is $fault: exit 1, nothing is written', async ({ damage }) => {
  await withFile(join(house.home.stateDir, 'keys.json'), damage, async () => {
    const before = fingerprint();
    const { code, said } = await failedStart();
    expect(said).toContain('keys.json is damaged');
    expect(code).toBe(1);
    expect(fingerprint()).toBe(before);
  });
});

test('a keys.json that is gone while data is there: exit 1, and no new one is made', async () => {
  const file = join(house.home.stateDir, 'keys.json');
  await withFile(
    file,
    () => '',
    async () => {
      rmSync(file);
      const { code, said } = await failedStart();
      expect(said).toContain('keys.json is missing');
      expect(code).toBe(1);
      expect(existsSync(file)).toBe(false);
    },
  );
});

test('a state folder whose parent is not there: exit 1, and the folder is named', async () => {
  const folder = join(empty, 'not-mounted', 'state');
  const { code, said } = await failedStart({ KINKEEPER_STATE_DIR: folder });
  expect(said).toContain(folder);
  expect(code).toBe(1);
  expect(existsSync(join(empty, 'not-mounted'))).toBe(false);
});

test('a homeserver that does not answer: exit 1 with its address, at the first start and later', async () => {
  const first = await failedStart({ KINKEEPER_MATRIX_HOMESERVER: NOWHERE, KINKEEPER_STATE_DIR: join(empty, 'first') });
  expect(first.said).toContain(NOWHERE);
  expect(first.code).toBe(1);
  const later = await failedStart({ KINKEEPER_MATRIX_HOMESERVER: NOWHERE });
  expect(later.said).toContain(NOWHERE);
  expect(later.code).toBe(1);
});

test("a wrong password of the bot's account: exit 1, and the setting is named", async () => {
  await withFile(
    join(house.home.dir, 'bot-password'),
    () => 'a wrong one',
    async () => {
      const { code, said } = await failedStart({ KINKEEPER_STATE_DIR: join(empty, 'password') });
      expect(said).toContain('matrix.passwordFile');
      expect(code).toBe(1);
    },
  );
});

test('two bots on one state: the second ends with exit 1, the first goes on', async () => {
  house.bot = house.home.startBot();
  expect((await ada.ask('Who has the spare key?')).text).toContain('Mrs Dupont');
  const { code, said } = await failedStart();
  expect(said).toContain('another process already works on this state folder');
  expect(code).toBe(1);
  expect((await ada.ask('!files')).text).toContain('keys.txt');
});

test('SIGTERM ends the bot with exit 0', async () => {
  expect(await house.bot.stop()).toEqual({ code: 0, signal: null });
});

test('without a passphrase it starts sealed, answers nobody, and opens by `kinkeeper unlock`', async () => {
  const { keys: _, ...sealed } = parse(readFileSync(house.home.configFile, 'utf8')) as Record<string, unknown>;
  await withFile(
    house.home.configFile,
    () => stringify(sealed),
    async () => {
      house.bot = house.home.startBot();
      await ada.until('the bot to wait for its passphrase', () => house.bot.output().includes('sealed: waiting'));
      const question = await ada.client.say(ada.room, 'On which floor does Mrs Dupont live?');
      const room = await ada.client.openChatWith(BOT, { encrypted: true });
      expect(await unlock('not the passphrase')).toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining('wrong'),
      });
      expect(ada.fromBot().filter(({ content }) => JSON.stringify(content).includes(question))).toEqual([]);
      expect(ada.client.sdk.getRoom(room)?.getMember(BOT)?.membership).toBe('invite');
      await expect
        .poll(async () => (await unlock('a passphrase of the laboratory')).exitCode, { interval: 500 })
        .toBe(0);
      expect((await ada.replyTo(question)).text).toContain('second floor');
      await ada.client.awaitMembership(room, BOT, 'join');
      await house.bot.stop();
    },
  );
});

if (disk === undefined) console.log('Left out: no small file system for a full disk can be made on this machine.');
test.skipIf(disk === undefined)(
  'a full disk: exit 1 and a clear message, at the start and while it runs; nothing is lost',
  async () => {
    const { folder, fill, free } = disk!;
    cpSync(house.home.stateDir, folder, { recursive: true });
    const env = { KINKEEPER_STATE_DIR: folder };
    fill();
    const { code, said } = await failedStart(env);
    expect(said).toContain('the disk is full');
    expect(code).toBe(1);
    free();
    house.bot = house.home.startBot({ env });
    await ada.ask('!files');
    fill();
    const question = await ada.client.say(ada.room, 'Who has the spare key?');
    expect(await house.bot.ended).toEqual({ code: 1, signal: null });
    expect(house.bot.output()).toContain('the disk is full');
    free();
    house.bot = house.home.startBot({ env });
    expect((await ada.replyTo(question)).text).toContain('Mrs Dupont');
    await house.bot.stop();
    cpSync(folder, house.home.stateDir, { recursive: true, force: true });
  },
);

test('after all of it the bot goes on: same device, same documents, secrets shown once, nothing in the clear', async () => {
  house.bot = house.home.startBot();
  expect((await ada.ask('On which floor is the spare key?')).text).toContain('second floor');
  expect(await ada.client.deviceTrust(BOT)).toHaveLength(1);
  expect(ada.all(/^Hello!/)).toHaveLength(1);
  const ops = await house.enterOpsRoom(ada.client);
  await ops.sees(/^My recovery key for Matrix/);
  await ops.ask('status');
  expect(ops.all(/^My recovery key|^The recovery code/)).toHaveLength(2);
  await house.expectNothingPlain();
  await house.expectAllReadOnce();
});

/** Starts another bot that is expected to end by itself. */
async function failedStart(env: Record<string, string> = {}): Promise<{ code: number | null; said: string }> {
  const bot = house.home.startBot({ env });
  const { code } = await bot.ended;
  expect(bot.output()).not.toContain('internal error');
  return { code, said: bot.output() };
}

/** Runs something with a file changed, and puts its old content back. */
async function withFile(file: string, change: (text: string) => string, work: () => Promise<void>): Promise<void> {
  const before = readFileSync(file);
  writeFileSync(file, change(before.toString('utf8')), { mode: 0o600 });
  try {
    await work();
  } finally {
    writeFileSync(file, before, { mode: 0o600 });
  }
}

/** Changes when any stored byte changes. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const name of ['keys.json', 'control.db', 'bot.db']) hash.update(readFileSync(join(house.home.stateDir, name)));
  return hash.digest('hex');
}

function unlock(passphrase: string) {
  const args = [KINKEEPER, 'unlock', '--config', house.home.configFile];
  return execa(process.execPath, args, { input: passphrase, reject: false });
}

/** A disk of 12 MB that can be filled; undefined where none can be mounted, with the reason on the screen. */
function smallDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=700', 'none', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    const why = mounted.error?.message ?? mounted.stderr.trim();
    console.log(`The test of a full disk is left out: a small disk cannot be mounted here (${why}).`);
    return undefined;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    // Until nothing fits any more: the bot may write meanwhile.
    fill: () => {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(4096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(filler),
    remove: () => {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
