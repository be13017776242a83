import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { callJson } from '../lab/call-json.ts';
import { FamilyClient } from '../lab/family-client.ts';
import { freePort } from '../lab/python-child.ts';
import { type Synapse, startSynapse } from '../lab/synapse.ts';
import { listen } from '../listen.ts';
import { textFile } from './house.ts';

// From a Synapse and nothing else to the first encrypted answer, killed at every step on the way.

const REPO = fileURLToPath(new URL('../../', import.meta.url));
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root sets up folders that other accounts cannot reach, or own.');
const BOT = '@kin:home.test';

/** In the order in which a run comes by them; each run goes on from where the one before died. */
const STEPS = [
  ...['setup-folders', 'setup-secrets', 'setup-files', 'setup-backup-key-shown', 'setup-backup-key'],
  ...[
    'setup-person-made',
    'setup-card-shown',
    'setup-accounts',
    'setup-helper-made',
    'setup-rate-limit',
    'setup-admin-token',
    'setup-start',
  ],
  ...['setup-guest-noted', 'setup-guest-added', 'setup-answered', 'setup-guest-erased', 'setup-first-message'],
  'setup-helper-closed',
];

let synapse: Synapse;
let folder: string;
/** The product, where the accounts of bot and ops can come by it: a checkout may lie below a folder that is its person's alone. */
let product = REPO;
let answersFile: string;
let data: string;
/** Everything that set-up said, in all runs. */
let said = '';
const passwords = new Map<string, string>();

beforeAll(async () => {
  synapse = await startSynapse({ rateLimits: 'default' });
  folder = mkdtempSync(join(tmpdir(), 'kin-setup-'));
  // Bot and ops have an account of their own, where root runs this.
  chmodSync(folder, 0o755);
  if (isRoot) {
    product = join(folder, 'product/');
    mkdirSync(product);
    await execa('mount', ['--bind', REPO, product]);
  }
  data = join(folder, 'data');
  answersFile = await writeAnswers({});
});

afterAll(async () => {
  const running = () => pids().filter((pid) => existsSync(`/proc/${pid}`));
  for (const pid of running()) process.kill(pid, 'SIGTERM');
  for (const end = Date.now() + 60_000; running().length > 0 && Date.now() < end; ) await pause(100);
  await synapse?.stop();
  // What lies in it is the checkout itself: where it cannot be let go, nothing is removed.
  if (product !== REPO) await execa('umount', [product]);
  rmSync(folder, { recursive: true, force: true });
});

async function writeAnswers(more: object): Promise<string> {
  const file = join(folder, 'answers.yaml');
  const answers = {
    ...{ kind: 'bare', data, serverName: 'home.test', homeserver: synapse.baseUrl, start: 'detached', model: 'none' },
    homeserverConfig: join(synapse.dir, 'homeserver.yaml'),
    apiListen: `127.0.0.1:${await freePort()}`,
    people: [
      { name: 'ada', role: 'admin' },
      { name: 'ben', language: 'de' },
    ],
    ...more,
  };
  writeFileSync(file, stringify(answers));
  return file;
}

async function runSetup(options: { dieAt?: string; file?: string; args?: string[]; from?: string } = {}) {
  const { dieAt, file = answersFile, args = [], from = product } = options;
  const [node, die, kinkeeper] = [
    process.execPath.replace(REPO, from),
    `${from}test/e2e/die-at-step.ts`,
    `${from}ops/kinkeeper.ts`,
  ];
  const ended = await execa(node, ['--import', die, kinkeeper, 'setup', '--answers', file, ...args], {
    reject: false,
    stdin: 'ignore',
    env: { ...(dieAt && { KINKEEPER_TEST_DIE_AT: dieAt }) },
  });
  said += ended.stdout;
  for (const [, user, password] of ended.stdout.matchAll(/Name {6}(@\S+)\n.*?Passwor[dt] {2}(\S+)/g))
    passwords.set(user!, password!);
  return { code: ended.exitCode, signal: ended.signal, said: `${ended.stdout}\n${ended.stderr}` };
}

function pids(): number[] {
  const logs = join(data ?? '', 'logs');
  if (!existsSync(logs)) return [];
  return readdirSync(logs)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => Number(readFileSync(join(logs, name), 'utf8')));
}

/** Time and content of everything that set-up places. */
function placed(): string[] {
  const files = [
    'setup.json',
    ...['config', 'secrets'].flatMap((name) => readdirSync(join(data, name)).map((one) => `${name}/${one}`)),
  ];
  return files.map((name) => `${name} ${statSync(join(data, name)).mtimeMs} ${readFileSync(join(data, name), 'utf8')}`);
}

test('what is wrong on this machine is told, and nothing is changed', async () => {
  const server = createServer();
  const port = await listen(server);
  const file = await writeAnswers({ apiListen: `127.0.0.1:${port}` });
  const { code, said: words } = await runSetup({ file });
  server.close();
  expect(code).toBe(1);
  expect(words).toContain(`STOP  Port ${port} is taken`);
  expect(existsSync(data)).toBe(false);
  answersFile = await writeAnswers({});
});

test.runIf(isRoot)('a folder that the bot could not reach is told before', async () => {
  chmodSync(folder, 0o700);
  const { code, said: words } = await runSetup();
  chmodSync(folder, 0o755);
  expect(code).toBe(1);
  expect(words).toContain(`chmod o+x ${folder}`);
});

test.runIf(isRoot)('nothing is set up below a folder that is somebody else’s: it says which', async () => {
  chownSync(folder, 4321, 4321);
  const { code, said: words } = await runSetup();
  chownSync(folder, 0, 0);
  expect(code).toBe(1);
  expect(words).toContain(`STOP  ${folder}, on the way to data`);
  expect(existsSync(data)).toBe(false);
});

test.runIf(isRoot)('neither could it reach a product that lies where nobody else may go', async () => {
  const shut = join(folder, 'shut');
  const hidden = join(shut, 'product/');
  mkdirSync(hidden, { recursive: true, mode: 0o700 });
  await execa('mount', ['--bind', REPO, hidden]);
  const { code, said: words } = await runSetup({ from: hidden });
  await execa('umount', [hidden]);
  expect(code).toBe(1);
  expect(words).toContain(`chmod o+x ${shut}`);
});

test('--show says what would be done, and does nothing', async () => {
  const { code, said: words } = await runSetup({ args: ['--show'] });
  expect(code).toBe(0);
  expect(words).toContain(`+ file    ${data}/config/kinkeeper.yaml`);
  expect(words).toContain('Nothing was changed');
  expect(existsSync(data)).toBe(false);
});

test.each(STEPS)('killed at %s', async (dieAt) => {
  const { signal, said: words } = await runSetup({ dieAt });
  expect(signal, words).toBe('SIGKILL');
});

test('the run after that comes to its end, and a second one changes nothing', async () => {
  const last = await runSetup();
  expect(last.code, last.said).toBe(0);
  expect(last.said).toContain('Kinkeeper is set up');
  expect(last.said).toContain('Write down the two recovery keys');
  const before = placed();
  const again = await runSetup();
  expect(again.code).toBe(0);
  expect(again.said).toContain('nothing was changed');
  expect(placed()).toEqual(before);
});

test('the answer that was shown holds what only the file said, and no run showed a secret', () => {
  const [, code] = /code of this first paper is ([A-Z0-9]{10})\.”/.exec(said) ?? [];
  expect(code).toBeDefined();
  const secrets = readdirSync(join(data, 'secrets')).map((name) =>
    readFileSync(join(data, 'secrets', name), 'utf8').trim(),
  );
  expect(secrets).toHaveLength(4);
  for (const secret of secrets) expect(said).not.toContain(secret);
});

test('of the accounts those of bot and people are left, and the one that makes accounts', async () => {
  const { accessToken } = await synapse.admin();
  const { users } = await callJson<{ users: { name: string; admin: boolean | number }[] }>(
    `${synapse.baseUrl}/_synapse/admin/v2/users?deactivated=false`,
    { accessToken },
  );
  const left = users.map(({ name }) => name).filter((name) => name !== '@lab-admin:home.test');
  expect(left.sort()).toEqual(['@ada:home.test', '@ben:home.test', '@kin-accounts:home.test', BOT]);
  const admins = users.filter(({ name, admin }) => admin && name !== '@lab-admin:home.test');
  expect(admins.map(({ name }) => name)).toEqual(['@kin-accounts:home.test']);
  const limit = await callJson(`${synapse.baseUrl}/_synapse/admin/v1/users/${BOT}/override_ratelimit`, { accessToken });
  expect(limit).toEqual({ messages_per_second: 0, burst_count: 0 });
});

test('a person logs in with their card and is answered; no guest is among the people', async () => {
  const ada = await FamilyClient.login({
    ...{ homeserver: synapse.baseUrl, user: 'ada', password: passwords.get('@ada:home.test')! },
    crossSigned: true,
  });
  try {
    const ops = await ada.nextInvite({ from: BOT });
    await ada.join(ops);
    const room = await ada.openChatWith(BOT, { encrypted: true });
    await ada.awaitMembership(room, BOT, 'join');
    const sees = async (where: string, what: RegExp) => {
      const found = () => ada.messages(where).find(({ sender, text }) => sender === BOT && what.test(text))?.text;
      await ada.until(`a message matching ${what}`, () => found() !== undefined);
      return found()!;
    };
    await ada.sendFile(room, textFile('keys.txt', 'The spare key is with Mrs Dupont on the second floor.'));
    expect(await sees(room, /I read keys\.txt/)).toContain('1 passage');
    await ada.say(ops, 'people');
    expect(await sees(ops, /@ben:home\.test/)).not.toContain('guest');
  } finally {
    await ada.stop();
  }
});

test('doctor finds the household well, and neither a wrong password nor a wrong domain', async () => {
  const file = join(data, 'config', 'kinkeeper.yaml');
  const logIn = async (settings: string) => {
    const other = join(data, 'config', 'other.yaml');
    writeFileSync(other, settings);
    const ended = await execa(process.execPath, [`${product}ops/kinkeeper.ts`, 'doctor', '--json', '--config', other], {
      reject: false,
    });
    rmSync(other);
    const { findings } = JSON.parse(ended.stdout) as { findings: { check: string; status: string; says: string }[] };
    return findings.find(({ check }) => check === 'log-in');
  };
  const right = readFileSync(file, 'utf8');
  expect(await logIn(right)).toMatchObject({ status: 'ok' });
  const passphrase = right.replace('secrets/bot-password', 'secrets/passphrase');
  expect(await logIn(passphrase)).toMatchObject({ status: 'fail', says: expect.stringContaining('does not take') });
  const domain = right.replace('"@kin:home.test"', '"@kin:wrong.example"');
  expect(await logIn(domain)).toMatchObject({ says: expect.stringContaining('is the server of home.test') });
});

test('what somebody changed by hand is shown as a difference and put back, and it is tried out again', async () => {
  const file = join(data, 'config', 'kinkeeper.yaml');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace('opsRoom: "auto"', 'opsRoom: "!other:home.test"'));
  const shown = await runSetup({ args: ['--show'] });
  expect(shown.said).toMatch(/-\s+opsRoom: "!other:home.test"\n\s+\+\s+opsRoom: "auto"/);
  const { code, said: words } = await runSetup();
  expect(code, words).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(words).toContain('It works');
  expect(words).not.toContain('Set-up card');
  const [, page] = words.split('Done (');
  expect(page).toContain(`What changed:\n  ~ file    ${file}\n`);
  expect(page).toContain('recovery keys and log-ins stay as they were');
  expect(words).not.toMatch(/write down|hand over/i);
});

test('a bot that has ended is said to have, and started again', async () => {
  const pid = () => Number(readFileSync(join(data, 'logs', 'bot.pid'), 'utf8'));
  const ended = pid();
  process.kill(ended, 'SIGKILL');
  const { code, said: words } = await runSetup();
  expect(code, words).toBe(0);
  expect(words).toContain('Not running any more: bot has ended');
  expect(pid()).not.toBe(ended);
  process.kill(pid(), 0);
  expect((await runSetup()).said).toContain('nothing was changed');
});
