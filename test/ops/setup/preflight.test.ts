import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeBackupKey as makeKey } from '../../../ops/backup/make-key.ts';
import type { BareAnswers } from '../../../ops/setup/answers.ts';
import { backupKeyFault } from '../../../ops/setup/backup-key-facts.ts';
import type { MachineFacts } from '../../../ops/setup/machine-facts.ts';
import { readMachineFacts } from '../../../ops/setup/machine-facts.ts';
import { measureModel, modelNames } from '../../../ops/setup/measure-model.ts';
import { fitModel } from '../../../ops/setup/model-fit.ts';
import { preflight } from '../../../ops/setup/preflight.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';
import { readSynapseFacts } from '../../../ops/setup/synapse-facts.ts';
import { sayAtSetup } from '../../../ops/setup/wording/say-setup.ts';
import { listen } from '../../listen.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can give a folder to another account.');

const GIB = 1024 ** 3;
const GOOD: MachineFacts = {
  isRoot: true,
  hasSystemd: true,
  architecture: 'x64',
  hasAvx2: true,
  memoryBytes: 8 * GIB,
  swapBytes: 0,
  hasPlainSwap: false,
  diskFreeBytes: 60 * GIB,
  closedFolder: null,
  othersFolder: null,
  isEncrypted: true,
  takenPorts: [],
  addresses: ['203.0.113.7'],
  clockSynchronised: true,
  docker: '27.3.1',
  compose: '2.29.7',
  podman: null,
};
const COMPOSE = checkAnswers(
  {
    kind: 'compose',
    serverName: 'home.example',
    host: 'chat.home.example',
    reach: 'internet',
    people: [{ name: 'ada', role: 'admin' }],
  },
  'test',
);
const BARE = checkAnswers(
  {
    kind: 'bare',
    serverName: 'home.example',
    homeserver: 'http://127.0.0.1:8008',
    people: [{ name: 'ada', role: 'admin' }],
  },
  'test',
);

test('a good machine is called good', () => {
  for (const answers of [COMPOSE, BARE])
    expect(preflight(answers, GOOD).every(({ status }) => status === 'ok')).toBe(true);
});

test.each([
  { wrong: 'no root', facts: { isRoot: false }, status: 'fail', says: 'sudo' },
  { wrong: 'no AVX2', facts: { hasAvx2: false }, status: 'warn', says: 'no AVX2' },
  { wrong: 'too little memory', facts: { memoryBytes: GIB / 2 }, status: 'fail', says: 'too little' },
  { wrong: 'a full disk', facts: { diskFreeBytes: GIB / 2 }, status: 'fail', says: 'are free for' },
  { wrong: 'a small disk', facts: { diskFreeBytes: 5 * GIB }, status: 'warn', says: 'are free for' },
  { wrong: 'no encrypted volume', facts: { isEncrypted: false }, status: 'warn', says: 'no encrypted volume' },
  { wrong: 'an unknown volume', facts: { isEncrypted: null }, status: 'warn', says: 'cannot be told' },
  { wrong: 'a folder that nobody passes', facts: { closedFolder: '/root' }, status: 'fail', says: 'chmod o+x /root' },
  {
    ...{ wrong: 'a folder of others above the data', status: 'fail', says: 'chown root:root /home/kin' },
    facts: { othersFolder: { folder: '/home/kin', of: 'data' } },
  },
  {
    ...{ wrong: 'a folder of others above the product', status: 'fail', says: 'for the product: /opt/kinkeeper' },
    facts: { othersFolder: { folder: '/home/kin', of: 'product' } },
  },
  { wrong: 'plain swap', facts: { hasPlainSwap: true }, status: 'warn', says: 'swap' },
  { wrong: 'a taken port', facts: { takenPorts: [443] }, status: 'fail', says: 'Port 443' },
  { wrong: 'a name that leads nowhere', facts: { addresses: null }, status: 'fail', says: 'leads nowhere' },
  { wrong: 'a clock on its own', facts: { clockSynchronised: false }, status: 'warn', says: 'time server' },
  { wrong: 'no Docker', facts: { docker: null }, status: 'fail', says: 'Docker does not answer' },
  { wrong: 'an old Docker', facts: { docker: '19.3.1' }, status: 'fail', says: 'too old' },
  { wrong: 'an old Compose', facts: { compose: '1.29.2' }, status: 'fail', says: 'too old' },
] as const)('$wrong is found before anything is changed', ({ facts, status, says }) => {
  const found = preflight(COMPOSE, { ...GOOD, ...facts }).filter((check) => check.status !== 'ok');
  expect(found.map((check) => check.status)).toEqual([status]);
  for (const { key, facts: own } of found) expect(sayAtSetup('en', key, own)).toContain(says);
});

const PODMAN = { socket: '/run/podman/podman.sock', hasSocket: true, account: undefined };
const KIN = {
  ...{ name: 'kin', uid: 1000, gid: 1000, below: { uid: 100_000, gid: 100_000 }, lingers: true, lowestPort: 80 },
};

test.each([
  { wrong: 'nothing', podman: PODMAN, docker: '5.4.2', says: undefined },
  { wrong: 'an old Podman', podman: PODMAN, docker: '4.9.3', says: '4.9.3 is too old' },
  { wrong: 'Docker in its place', podman: null, docker: '27.3.1', says: 'podman-docker' },
  { wrong: 'its socket', podman: { ...PODMAN, hasSocket: false }, docker: '5.4.2', says: 'enable --now podman.socket' },
  { wrong: 'its account', podman: { ...PODMAN, account: null }, docker: '5.4.2', says: 'useradd' },
  { wrong: 'nothing for kin', podman: { ...PODMAN, account: KIN }, docker: '5.4.2', says: undefined },
  {
    ...{ wrong: 'numbers', docker: '5.4.2', says: '--add-subuids' },
    podman: { ...PODMAN, account: { ...KIN, below: undefined } },
  },
  {
    ...{ wrong: 'lingering', docker: '5.4.2', says: 'enable-linger kin' },
    podman: { ...PODMAN, account: { ...KIN, lingers: false } },
  },
  {
    ...{ wrong: 'low ports', docker: '5.4.2', says: 'ip_unprivileged_port_start=80' },
    podman: { ...PODMAN, account: { ...KIN, lowestPort: 1024 } },
  },
])('where Podman is asked for, $wrong is what it lacks', ({ podman, docker, says }) => {
  const answers = { ...COMPOSE, engine: 'podman' as const, podmanAccount: 'kin' };
  const found = preflight(answers, { ...GOOD, podman, docker }).filter(({ status }) => status === 'fail');
  expect(found).toHaveLength(says === undefined ? 0 : 1);
  for (const { key, facts } of found) expect(sayAtSetup('en', key, facts)).toContain(says);
});

test('where the answers name no engine, Podman that answers as docker is judged as Podman', () => {
  const keysOf = (docker: string) => preflight(COMPOSE, { ...GOOD, podman: PODMAN, docker }).map(({ key }) => key);
  expect(keysOf('5.4.2')).toContain('check.podman');
  expect(keysOf('4.9.3')).toContain('check.no-podman');
  // A version that would do for Docker.
  expect(keysOf('30.0.0')).not.toContain('check.docker');
});

test('where Docker is asked for, Podman that answers in its place is not taken for it', () => {
  const answers = { ...COMPOSE, engine: 'docker' as const };
  const found = preflight(answers, { ...GOOD, podman: PODMAN, docker: '30.0.0' });
  expect(found.filter(({ status }) => status === 'fail').map(({ key }) => key)).toEqual(['check.no-docker']);
});

test.each([
  { start: 'detached', isRoot: false, wanted: ['check.others-folder'] },
  { start: 'detached', isRoot: true, wanted: ['check.others-folder'] },
  // Without the rights of root that it needs nothing is done.
  { start: 'systemd', isRoot: false, wanted: ['check.no-root'] },
] as const)('whose the folders above are counts for who sets up: $start, root $isRoot', ({ start, isRoot, wanted }) => {
  const machine = { ...GOOD, isRoot, othersFolder: { folder: '/data', of: 'data' } as const };
  const found = preflight({ ...(BARE as BareAnswers), start }, machine).filter(({ status }) => status === 'fail');
  expect(found.map(({ key }) => key)).toEqual(wanted);
  for (const { key, facts } of found)
    if (key === 'check.others-folder')
      for (const language of ['en', 'de'] as const)
        expect(sayAtSetup(language, key, facts)).toMatch(
          isRoot ? /\/data.*chown root:root \/data/ : /\/data.*chmod go-w \/data/,
        );
});

test('what is not known is never called good', () => {
  const unknown: MachineFacts = {
    ...GOOD,
    hasAvx2: null,
    memoryBytes: null,
    diskFreeBytes: null,
    isEncrypted: null,
    clockSynchronised: null,
  };
  expect(
    preflight(BARE, unknown)
      .filter(({ status }) => status === 'ok')
      .map(({ key }) => key),
  ).toEqual(['check.root']);
});

test.each([
  { gib: 1, model: undefined },
  { gib: 2, model: undefined },
  { gib: 4, model: 'qwen3:0.6b' },
  { gib: 8, model: 'qwen3:4b' },
  { gib: 16, model: 'qwen3:8b' },
])('a machine of $gib GiB can run $model beside everything else', ({ gib, model }) => {
  // A guest of 4 GiB sees a little less.
  const machine = { memoryBytes: gib * GIB * 0.97, diskFreeBytes: 60 * GIB, hasAvx2: true, kind: 'compose' } as const;
  expect(fitModel(machine).model?.name).toBe(model);
});

test('a model needs room on the disk, and AVX2', () => {
  const machine = { memoryBytes: 8 * GIB, diskFreeBytes: 3 * GIB, hasAvx2: true, kind: 'compose' } as const;
  expect(fitModel(machine)).toMatchObject({ model: { name: 'qwen3:1.7b' }, why: 'disk' });
  expect(fitModel({ ...machine, hasAvx2: false })).toEqual({ model: undefined, why: 'no-avx2' });
});

test('this machine is looked at for real: a port that is taken is found, a free one is not', async () => {
  const server = createServer();
  const port = await listen(server);
  const taken = await readMachineFacts({ data: '/srv/not/there/yet', ports: [port], host: 'localhost' });
  server.close();
  const free = await readMachineFacts({ data: '/srv/not/there/yet', ports: [port], host: 'nowhere.invalid' });
  expect(taken).toMatchObject({ takenPorts: [port], isRoot: process.getuid?.() === 0 });
  expect(taken.addresses).toEqual(expect.arrayContaining([expect.stringMatching(/^(127\.|::1)/)]));
  expect(free).toMatchObject({ takenPorts: [], addresses: null });
  expect(taken.memoryBytes).toBeGreaterThan(GIB / 4);
  expect(taken.diskFreeBytes).toBeGreaterThan(0);
});

/** A folder in the machine's own for what is temporary, which anybody may write to and where each may move only what is theirs. */
function folderIn(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kin-way-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'above/below'), { recursive: true });
  return folder;
}
const onTheWay = async (data: string, product?: string) =>
  (await readMachineFacts({ data, product, ports: [], host: undefined })).othersFolder;

test('a folder that only root and who runs this may change is trusted, also in /tmp', async () => {
  const folder = folderIn();
  symlinkSync(join(folder, 'above'), join(folder, 'link'));
  expect(await onTheWay(join(folder, 'above/below/data'), join(folder, 'above'))).toBeNull();
  expect(await onTheWay(join(folder, 'link/below/not/there/yet'))).toBeNull();
});

test('one that others may write to is found, above the data and above the product, unless each may move only what is theirs', async () => {
  const folder = folderIn();
  const [above, data] = [join(folder, 'above'), join(folder, 'above/below/data')];
  for (const mode of [0o757, 0o777, ...(isRoot ? [0o775] : [])]) {
    chmodSync(above, mode);
    expect(await onTheWay(data)).toEqual({ folder: above, of: 'data' });
    expect(await onTheWay(folder, join(above, 'below'))).toEqual({ folder: above, of: 'product' });
  }
  chmodSync(above, 0o1777);
  expect(await onTheWay(data)).toBeNull();
});

test.runIf(isRoot)('one of an account is found, and a link of an account, wherever it leads', async () => {
  const folder = folderIn();
  const [above, link] = [join(folder, 'above'), join(folder, 'link')];
  symlinkSync('above', link);
  lchownSync(link, 4321, 4321);
  expect(await onTheWay(join(link, 'below/data'))).toEqual({ folder: link, of: 'data' });
  lchownSync(link, 0, 0);
  expect(await onTheWay(join(link, 'below/data'))).toBeNull();
  chownSync(above, 4321, 4321);
  for (const way of [above, link])
    expect(await onTheWay(join(way, 'below/data'))).toEqual({ folder: above, of: 'data' });
  expect(await onTheWay(folder, above)).toEqual({ folder: above, of: 'product' });
});

/** An Ollama that words 30 tokens in so many seconds. */
async function ollama(seconds: number): Promise<string> {
  const server = createHttpServer((request, response) => {
    const models = [
      { name: 'bge-m3:latest', size: 9 },
      { name: 'small:1b', size: 1 },
      { name: 'large:4b', size: 4 },
    ];
    const answer = { response: 'one two', eval_count: 30, eval_duration: seconds * 1e9 };
    response.end(JSON.stringify(request.url === '/api/tags' ? { models } : answer));
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${await listen(server)}`;
}

test('a model that is there is tried: the largest that words answers, or the one that is named', async () => {
  expect(await measureModel(await ollama(3), undefined)).toEqual({ model: 'large:4b', tokensPerSecond: 10 });
  expect(await measureModel(await ollama(3), 'small:1b')).toMatchObject({ model: 'small:1b' });
  expect(await measureModel(await ollama(3), 'other')).toBeUndefined();
  expect(await measureModel('http://127.0.0.1:9', undefined)).toBeUndefined();
});

test('one that is too slow is told before anything is changed', async () => {
  const slow = preflight(BARE, GOOD, { measured: await measureModel(await ollama(30), undefined) });
  const found = slow.find(({ key }) => key === 'check.speed')!;
  expect(found.status).toBe('warn');
  expect(sayAtSetup('en', found.key, found.facts)).toContain('too slow');
  expect(
    preflight(BARE, GOOD, { measured: await measureModel(await ollama(3), undefined) }).every(
      ({ status }) => status === 'ok',
    ),
  ).toBe(true);
});

test('a model that Ollama does not have is told before, with those that it has', async () => {
  const models = await modelNames(await ollama(3));
  const judged = (model: string, there: readonly string[] | null = models) =>
    preflight({ ...BARE, model }, GOOD, { models: there }).filter(({ status }) => status !== 'ok');
  const [missing] = judged('gpt-4');
  expect(missing?.status).toBe('fail');
  expect(sayAtSetup('en', missing!.key, missing!.facts)).toContain('It has: bge-m3:latest, small:1b, large:4b');
  expect(judged('large:4b')).toEqual([]);
  expect(judged('bge-m3')).toEqual([]);
  expect(judged('gpt-4', null)).toMatchObject([{ status: 'warn', key: 'check.no-ollama' }]);
  expect(judged('auto', null)).toMatchObject([{ status: 'warn', key: 'check.auto-none' }]);
});

/** A Synapse as a client of this machine sees it, and its settings. */
async function synapse(settings: string, how: { readonly secret?: 'unread'; readonly door?: 'closed' } = {}) {
  const server = createHttpServer((request, response) => {
    const isAdmin = request.url === '/_synapse/admin/v1/register';
    if (request.url === '/_matrix/client/versions') response.end(JSON.stringify({ versions: ['v1.11'] }));
    else if (!isAdmin || how.door) response.writeHead(404).end('{}');
    else if (!how.secret) response.end(JSON.stringify({ nonce: 'n' }));
    else response.writeHead(400).end(JSON.stringify({ error: 'Shared secret registration is not enabled' }));
  });
  const folder = mkdtempSync(join(tmpdir(), 'kin-synapse-'));
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const homeserverConfig = join(folder, 'homeserver.yaml');
  writeFileSync(homeserverConfig, settings);
  return { homeserver: `http://127.0.0.1:${await listen(server)}`, homeserverConfig };
}

const SETTINGS = 'server_name: home.example\nregistration_shared_secret: "s"\n';

async function judgedSynapse(more: Partial<BareAnswers>): Promise<{ status: string; words: string }[]> {
  // Nobody answers there; phones would look there.
  const answers = { ...(BARE as BareAnswers), serverName: 'home.example', ...more };
  const checks = preflight(answers, GOOD, { synapse: await readSynapseFacts(answers) });
  return checks
    .filter(({ key, status }) => status !== 'ok' && key !== 'check.no-phones')
    .map(({ status, key, facts }) => ({ status, words: sayAtSetup('en', key, facts) }));
}

test('a Synapse that fits is called good', async () => {
  expect(await judgedSynapse(await synapse(SETTINGS))).toEqual([]);
});

test.each([
  { wrong: 'another domain', settings: SETTINGS.replace('home', 'other'), says: 'Answer other.example' },
  { wrong: 'no secret', settings: 'server_name: home.example\n', says: 'names no registration_shared_secret' },
  { wrong: 'a file that is no YAML', settings: '{', says: 'no valid YAML' },
  { wrong: 'a secret that was never read', settings: SETTINGS, how: { secret: 'unread' }, says: 'restart it' },
  { wrong: 'a proxy before it', settings: SETTINGS, how: { door: 'closed' }, says: 'keeps Synapse’s admin API back' },
] as const)('a Synapse with $wrong is told before anything is shown or made', async ({ settings, says, ...more }) => {
  const found = await judgedSynapse(await synapse(settings, 'how' in more ? more.how : {}));
  expect(found).toMatchObject([{ status: 'fail', words: expect.stringContaining(says) }]);
});

test('no Synapse, and no settings of one, are told', async () => {
  const there = await synapse(SETTINGS);
  expect(await judgedSynapse({ ...there, homeserver: 'http://127.0.0.1:9' })).toMatchObject([
    { status: 'fail', words: expect.stringContaining('No Synapse answers') },
  ]);
  expect(await judgedSynapse({ ...there, homeserverConfig: '/nowhere/homeserver.yaml' })).toMatchObject([
    { status: 'fail', words: expect.stringContaining('cannot be read (ENOENT)') },
  ]);
});

test('what auto comes to is said, with why; without any model, that answers are passages', () => {
  const said = (
    answers: typeof BARE,
    tried: Parameters<typeof preflight>[2],
    facts = GOOD,
    language: 'en' | 'de' = 'en',
  ) => {
    const found = preflight(answers, facts, tried).find(({ key }) => key.startsWith('check.auto'))!;
    return `${found.status}: ${sayAtSetup(language, found.key, found.facts)}`;
  };
  expect(said(BARE, { models: null })).toMatch(/^warn: .*no Ollama answers at.*the passages themselves/);
  expect(said(BARE, { models: null }, GOOD, 'de')).toMatch(/^warn: .*antwortet kein Ollama.*die Textstellen selbst/);
  expect(said(BARE, { models: ['bge-m3'], speaking: null })).toMatch(/^warn: .*has none that words answers.*passages/);
  expect(said(BARE, { models: ['a', 'b'], speaking: 'b' })).toMatch(
    /^ok: model: auto comes to b: the largest that the Ollama/,
  );
  expect(said(COMPOSE, {}, { ...GOOD, memoryBytes: 4.5 * GIB })).toMatch(
    /^ok: .*qwen3:1\.7b: a larger one needs more memory/,
  );
  expect(said(COMPOSE, { fetched: 'qwen3:0.6b' })).toMatch(/^ok: .*qwen3:0\.6b: it was fetched/);
  const memory = preflight(BARE, GOOD, { models: null }).map(({ key }) => key);
  expect(memory).not.toContain('check.memory-model');
});

test('keys that backups cannot be sealed with are told before anything is changed', async () => {
  const folder = folderIn();
  const data = join(folder, 'data');
  mkdirSync(data);
  const { publicKey, privateKey } = await makeKey('a long passphrase');
  const file = (name: string, content: string, mode = 0o644) => {
    writeFileSync(join(folder, name), content);
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };
  symlinkSync(file('data/inside.asc', publicKey), join(folder, 'link.asc'));
  const judged = async (backupKey: string) => {
    const answers = { ...BARE, data, backupKey };
    const found = preflight(answers, GOOD, { backupKey: await backupKeyFault(answers, Date.now()) });
    return found
      .filter(({ key }) => key === 'check.backup-key')
      .map(({ status, key, facts }) => `${status}: ${sayAtSetup('en', key, facts)}`);
  };
  expect(await judged('make')).toEqual([]);
  expect(await judged(file('own.asc', publicKey))).toEqual([]);
  expect(await judged(join(folder, 'nowhere.asc'))).toEqual([
    expect.stringMatching(/^fail: .*nowhere\.asc is not there/),
  ]);
  expect(await judged(folder)).toEqual([expect.stringMatching(/^fail: .*cannot be read/)]);
  for (const name of ['data/inside.asc', 'link.asc'])
    expect(await judged(join(folder, name))).toEqual([expect.stringMatching(/^fail: .*inside of the data folder/)]);
  expect(await judged(file('private.asc', privateKey))).toEqual([expect.stringMatching(/^fail: .*a private key/)]);
  expect(await judged(file('text.asc', 'hello'))).toEqual([expect.stringMatching(/^fail: .*no public OpenPGP key/)]);
  expect(await judged(file('open.asc', publicKey, 0o666))).toEqual([expect.stringMatching(/^warn: .*by others/)]);
});

test('a key that is printed with nobody there is told before', () => {
  const found = preflight(BARE, GOOD, { willShowKey: true }).filter(({ status }) => status !== 'ok');
  expect(found).toMatchObject([{ status: 'warn', key: 'check.key-unattended' }]);
});
