import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { HEAD_ENTRY, MANIFEST_ENTRY } from '../../../ops/backup/archive/manifest.ts';
import { type ArchiveKeys, readArchive } from '../../../ops/backup/archive/read-archive.ts';
import { readRecipients } from '../../../ops/backup/archive/recipients.ts';
import { sessionKeyOf } from '../../../ops/backup/archive/session-key.ts';
import { writeArchive } from '../../../ops/backup/archive/write-archive.ts';
import { noRoom } from '../../../ops/backup/backup-fault.ts';
import { unpackEntry } from '../../../ops/backup/unpack.ts';
import { archiveFile, verifyArchive } from '../../../ops/backup/verify-archive.ts';
import { verifyFile } from '../../../ops/backup/verify-file.ts';
import { seeded } from '../../core/sqlite/sample-documents.ts';
import { temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { fileOf, HEAD, makePair, type OddEntry, type Pair, sealOdd, tarOf, writeSmall } from './small-archive.ts';

const SEED = Date.now() % 1_000_000;
const signal = new AbortController().signal;
let place: ReturnType<typeof temporaryFolder>;
let path: string;
let [ada, ben, eve] = [] as unknown as [Pair, Pair, Pair];
beforeAll(async () => {
  [ada, ben, eve] = await Promise.all([makePair('ada'), makePair('ben'), makePair('eve')]);
});
beforeEach(() => {
  place = temporaryFolder();
  path = join(place.folder, 'kin.tar.zst.gpg');
});
afterEach(() => place.remove());

const FILES = [
  fileOf('state/keys.json', Buffer.from('{"version":2}')),
  fileOf('state/tenants/a.db', randomBytes(900_000)),
  fileOf('state/tenants/empty.db', Buffer.alloc(0)),
  fileOf('homeserver/media/local_content/ab/cd/ef', Buffer.alloc(600_000, 'photo ')),
  fileOf(`homeserver/media/${'long-name-'.repeat(20)}.jpg`, randomBytes(1000)),
];

/** Everything in it, by name; a folder is where it was unpacked, too. */
async function opened(from: string, keys: ArchiveKeys, folder?: string) {
  const files = new Map<string, string>();
  const { manifest } = await readArchive(createReadStream(from), {
    ...{ keys, signal },
    onEntry: async (entry) => {
      if (folder !== undefined) return unpackEntry(entry, folder, signal);
      const digest = createHash('sha256');
      for await (const chunk of entry.content) digest.update(chunk);
      files.set(entry.name, digest.digest('hex'));
    },
  });
  return { files, manifest };
}

async function expectOurs(from: string, keys: ArchiveKeys): Promise<void> {
  const { files } = await opened(from, keys);
  expect([...files.keys()]).toEqual(FILES.map(({ name }) => name));
  for (const { name, read } of FILES) {
    const digest = createHash('sha256');
    for await (const chunk of read()) digest.update(chunk);
    expect(files.get(name), name).toBe(digest.digest('hex'));
  }
}

async function gpgWith(...pairs: readonly Pair[]) {
  const home = join(place.folder, 'gnupg');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const gpg = (args: readonly string[], input?: string) =>
    execa('gpg', ['--homedir', home, '--batch', '--trust-model', 'always', ...args], { ...(input && { input }) });
  for (const { armored } of pairs) await gpg(['--import'], armored.privateKey);
  const end = () => execa('gpgconf', ['--homedir', home, '--kill', 'gpg-agent'], { reject: false });
  return { gpg, end };
}

test('gpg, zstd and tar alone give every file byte for byte, with either private key', async () => {
  await writeSmall(path, FILES, [ada.publicKey, ben.publicKey]);
  const { gpg, end } = await gpgWith(ben);
  try {
    await gpg(['-o', join(place.folder, 'it.tar.zst'), '-d', path]);
  } finally {
    await end();
  }
  await execa('zstd', ['-q', '-d', join(place.folder, 'it.tar.zst'), '-o', join(place.folder, 'it.tar')]);
  const folder = join(place.folder, 'out');
  mkdirSync(folder);
  await execa('tar', ['xf', join(place.folder, 'it.tar'), '-C', folder]);
  for (const { name, read } of FILES)
    for await (const chunk of read()) expect(readFileSync(join(folder, name)).equals(chunk), name).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(['homeserver', 'kinkeeper.json', 'manifest.json', 'state']);
  for (const { privateKey } of [ada, ben]) await expectOurs(path, { privateKeys: [eve.privateKey, privateKey] });
});

test('what gpg sealed of the same files is read, compressed by it or not', async () => {
  const { seal } = await writeSmall(path, FILES, [ada.publicKey]);
  const { gpg, end } = await gpgWith(ada);
  const [tar, again] = [join(place.folder, 'it.tar.zst'), join(place.folder, 'again.gpg')];
  try {
    await gpg(['-o', tar, '-d', path]);
    for (const how of ['none', 'zip', 'zlib']) {
      await gpg(['--yes', '-o', again, '--compress-algo', how, '-r', 'ada@home.test', '-e', tar]);
      await expectOurs(again, { privateKeys: [ada.privateKey] });
      await expect(opened(again, seal), how).rejects.toMatchObject({ reason: 'backup-damaged' });
    }
    await gpg(['--yes', '-o', again, '--compress-algo', 'bzip2', '-r', 'ada@home.test', '-e', tar]);
    await expect(opened(again, { privateKeys: [ada.privateKey] })).rejects.toMatchObject({ reason: 'backup-damaged' });
  } finally {
    await end();
  }
});

test('a key that it was not sealed to opens nothing, and says so', async () => {
  await writeSmall(path, FILES, [ada.publicKey]);
  await expect(opened(path, { privateKeys: [eve.privateKey] })).rejects.toMatchObject({
    code: 'forbidden',
    reason: 'backup-key',
  });
  await expect(opened(path, { privateKeys: [] })).rejects.toMatchObject({ reason: 'backup-key' });
});

test('what stands in the file of recipients has to be public keys that can be sealed to', async () => {
  const file = join(place.folder, 'recipients.asc');
  const says = async (content: string, problem: RegExp) => {
    writeFileSync(file, content);
    await expect(readRecipients(file, Date.now())).rejects.toMatchObject({
      reason: 'backup-recipients',
      message: expect.stringMatching(problem),
      hint: expect.anything(),
    });
  };
  await expect(readRecipients(file, Date.now())).rejects.toMatchObject({ message: expect.stringMatching(/not there/) });
  await says('', /no OpenPGP key/);
  await says('-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n', /is none/);
  await says('garbage', /no OpenPGP key/);
  await says(
    `${ada.armored.publicKey}${ben.armored.publicKey.slice(0, 200)}\n-----END PGP PUBLIC KEY BLOCK-----`,
    /is none/,
  );
  await says(ada.armored.privateKey, /private key/);
  await says(ada.armored.publicKey + ben.armored.privateKey, /private key/);
  const old = await makePair('old', { date: new Date(Date.now() - 864e5 * 30), expires: 86_400 });
  await says(old.armored.publicKey, /expired/);
  writeFileSync(file, ada.armored.publicKey + ben.armored.publicKey);
  const both = await readRecipients(file, Date.now());
  expect(both.length).toBe(2);
  await writeSmall(path, FILES, both);
  for (const { privateKey } of [ada, ben]) await expectOurs(path, { privateKeys: [privateKey] });
});

test(`whatever bit is turned and wherever it is cut: it is detected, by the seal alone (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const made = await writeSmall(path, [fileOf('state/keys.json', randomBytes(1200))], [ada.publicKey, ben.publicKey]);
  const whole = readFileSync(path);
  const { privateKeys } = { privateKeys: [ada.privateKey] };
  // Behind the packets of the session key, every bit is under the seal.
  const body = whole.length - sealedBytes(whole);
  const tried = join(place.folder, 'tried');
  const outcome = async (bytes: Buffer, keys: ArchiveKeys) => {
    writeFileSync(tried, bytes);
    return opened(tried, keys).then(
      ({ files }) => `opened ${[...files.values()].join()}`,
      (thrown: { reason?: string }) => thrown.reason ?? String(thrown),
    );
  };
  const right = await outcome(whole, made.seal);
  const turned = (at: number, bit: number) => {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1 << bit;
    return bytes;
  };
  for (let at = 0; at < whole.length; at++) {
    const isEdge = at < body + 40 || at > whole.length - 60;
    if (!isEdge && random() > 0.1) continue;
    const bytes = turned(at, Math.floor(random() * 8));
    if (at >= body) expect(await outcome(bytes, made.seal), `byte ${at}`).toBe('backup-damaged');
    const byKey = await outcome(bytes, { privateKeys });
    // The packet of another recipient, and how long a number says it is, are not read by this one.
    if (at < body) expect(['backup-key', 'backup-damaged', right], `byte ${at}`).toContain(byKey);
    else expect(byKey, `byte ${at}`).toBe('backup-damaged');
    const compared = verifyFile(tried, { ...made, sessionKey: made.seal.sessionKey, signal });
    if (at % 10 === 0) await expect(compared, `byte ${at}`).rejects.toMatchObject({ reason: 'backup-damaged' });
    else await compared.catch(() => {});
  }
  for (let bytes = 0; bytes < whole.length; bytes += bytes > body + 30 && bytes < whole.length - 60 ? 41 : 1)
    expect(await outcome(whole.subarray(0, bytes), made.seal), `cut at ${bytes}`).toBe('backup-damaged');
  for (const tail of [Buffer.alloc(1), randomBytes(7), whole, whole.subarray(body)])
    expect(await outcome(Buffer.concat([whole, tail]), made.seal)).toBe('backup-damaged');
});

/** From the head of the sealed packet on. */
function sealedBytes(message: Buffer): number {
  let at = 0;
  while (message[at] === 0xc1)
    at += message[at + 1]! < 192 ? 2 + message[at + 1]! : 3 + ((message[at + 1]! - 192) << 8) + message[at + 2]! + 192;
  expect(message[at]).toBe(0xd2);
  return message.length - at;
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const entry = (name: string, content: Uint8Array): OddEntry => ({ header: { name, size: content.length }, content });
const head = entry(HEAD_ENTRY, json(HEAD));
const listed = (...entries: readonly OddEntry[]) =>
  entry(
    MANIFEST_ENTRY,
    json({
      format: 1,
      files: [head, ...entries].map(({ header, content = new Uint8Array(0) }) => ({
        ...{ name: header.name, bytes: content.length, sha256: sha256(content) },
      })),
    }),
  );
const paper = entry('state/a', Buffer.from('a paper'));

/** What is no file, as it would stand in a list that hides nothing of it. */
const special = (type: NonNullable<OddEntry['header']['type']>, linkname?: string): OddEntry => ({
  header: { name: 'state/special', size: 0, type, ...(linkname && { linkname }) },
});
const [symlink, link] = [special('symlink', '/etc/passwd'), special('link', 'state/a')];
const [folderEntry, device] = [special('directory'), special('character-device')];

const ODD: Readonly<Record<string, readonly OddEntry[]>> = {
  'nothing in it': [],
  'no beginning': [paper, listed(paper)],
  'no end': [head, paper],
  'more than the list names': [head, paper, entry('state/b', Buffer.from('b')), listed(paper)],
  'less than the list names': [head, listed(paper)],
  'another content': [head, entry('state/a', Buffer.from('A paper')), listed(paper)],
  'another order': [head, entry('state/b', Buffer.from('b')), paper, listed(paper, entry('state/b', Buffer.from('b')))],
  'something behind the list': [head, paper, listed(paper), paper],
  'two lists': [head, paper, listed(paper), listed(paper)],
  'a list of another form': [head, paper, entry(MANIFEST_ENTRY, json({ format: 1, files: 'all' }))],
  'a list that is no list': [head, paper, entry(MANIFEST_ENTRY, Buffer.from('{"format":'))],
  'a symbolic link': [head, symlink, listed(symlink)],
  'a hard link': [head, paper, link, listed(paper, link)],
  'a folder': [head, folderEntry, listed(folderEntry)],
  'a device': [head, device, listed(device)],
  'a name that leads out': [
    head,
    entry('state/../../out', Buffer.from('x')),
    listed(entry('state/../../out', Buffer.from('x'))),
  ],
  'an absolute name': [head, entry('/tmp/kin-out', Buffer.from('x')), listed(entry('/tmp/kin-out', Buffer.from('x')))],
  'a name with a line break': [
    head,
    entry('state/a\nb', Buffer.from('x')),
    listed(entry('state/a\nb', Buffer.from('x'))),
  ],
  'one name twice': [head, paper, paper, listed(paper, paper)],
  'a file where a folder is to be': [
    head,
    paper,
    entry('state/a/b', Buffer.from('x')),
    listed(paper, entry('state/a/b', Buffer.from('x'))),
  ],
};

for (const [what, entries] of Object.entries(ODD)) {
  test(`a well sealed archive with ${what} is refused, and writes nothing elsewhere`, async () => {
    const { seal } = await writeSmall(join(place.folder, 'other'), [], [ada.publicKey]);
    await sealOdd(path, await tarOf(entries), seal);
    const folder = join(place.folder, 'deep', 'er');
    mkdirSync(folder, { recursive: true });
    await expect(opened(path, seal, folder)).rejects.toMatchObject({ code: 'invalid', reason: 'backup-damaged' });
    expect(readdirSync(place.folder).toSorted()).toEqual(['deep', 'kin.tar.zst.gpg', 'other']);
    expect(readdirSync(join(place.folder, 'deep'))).toEqual(['er']);
  });
}

const NAMES_PEOPLE_HAVE = [
  ...[
    'schlüssel.asc',
    'homeserver (copy).yaml',
    '.nfs0001',
    '..hidden',
    'a',
    ' led by a space',
    'ends in one ',
    '家族.yaml',
  ],
  ...['e\u0301 and é', 'é', "it's #1 & [more] {$x};`!|<>?*", 'back\\slash', '🗝️', 'ä'.repeat(127), 'x'.repeat(255)],
  ...[`${'deep/'.repeat(100)}er`],
];

test('what homeservers and families call their files is written, checked and restored under just that name', async () => {
  const files = NAMES_PEOPLE_HAVE.map((name, index) => fileOf(`settings/${name}`, Buffer.from(`file ${index}`)));
  const { seal } = await writeSmall(path, files, [ada.publicKey]);
  const into = join(place.folder, 'into');
  await opened(path, seal, into);
  const names = readdirSync(into, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(join(into, 'settings').length + 1));
  expect(names.toSorted()).toEqual(NAMES_PEOPLE_HAVE.toSorted());
  for (const [index, name] of NAMES_PEOPLE_HAVE.entries())
    expect(readFileSync(join(into, 'settings', name), 'utf8')).toBe(`file ${index}`);
});

const NAMES_NOBODY_RESTORES = [
  ...[
    '../out',
    'a/../../out',
    '/out',
    'a//b',
    'a/',
    './a',
    'a/.',
    'line\nbreak',
    'bell\u0007',
    'c1\u0085',
    'nul\0',
    'half \ud83d',
  ],
  ...['x'.repeat(256), 'ä'.repeat(128), 'x'.repeat(200).concat('/').repeat(6).concat('y')],
];

test('a name that could not be restored ends the writing with the file and what to do, and no check lets it pass', async () => {
  for (const name of NAMES_NOBODY_RESTORES) {
    rmSync(path, { force: true });
    const writing = writeSmall(path, [fileOf(name, Buffer.from('x'))], [ada.publicKey]);
    await expect(writing, name).rejects.toMatchObject({ code: 'invalid', reason: 'backup-name' });
    await expect(writing, name).rejects.toThrow(JSON.stringify(name));
  }
  rmSync(path, { force: true });
  const twice = [fileOf('settings/a', Buffer.from('x')), fileOf('settings/a', Buffer.from('y'))];
  await expect(writeSmall(path, twice, [ada.publicKey])).rejects.toThrow('has the name of another one');
  // Made by somebody else: whoever only checks sees what a restore would.
  const { seal } = await writeSmall(join(place.folder, 'other'), [], [ada.publicKey]);
  for (const name of ['state/../out', 'state/a\u0007b', 'state//b']) {
    const odd = entry(name, Buffer.from('x'));
    await sealOdd(path, await tarOf([head, odd, listed(odd)]), seal);
    const checking = verifyArchive(archiveFile(path), { keys: seal, signal });
    await expect(checking, name).rejects.toThrow('has a name that cannot be restored');
  }
});

test('what says that it is larger than it is, or is no zstd, no tar, or followed by something, is refused', async () => {
  const { seal } = await writeSmall(join(place.folder, 'other'), [], [ada.publicKey]);
  const good = await tarOf([head, paper, listed(paper)]);
  await sealOdd(path, good, seal);
  await opened(path, seal);
  const huge = Buffer.from(good);
  // The size of the second entry, in base 256 (GNU): eight terabytes; its own check sum made to fit.
  const at = 512 + 512 * Math.ceil(head.content!.length / 512);
  huge.set([0x80, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0], at + 124);
  huge.fill(' ', at + 148, at + 156);
  const sum = huge.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  huge.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
  for (const [what, content, isCompressed] of [
    ['huge', huge, false],
    ['cut', good.subarray(0, -1500), false],
    ['chance', randomBytes(5000), false],
    ['a plain tar', good, true],
    ['nothing', Buffer.alloc(0), true],
  ] as const) {
    await sealOdd(path, content, seal, isCompressed);
    await expect(opened(path, seal), what).rejects.toMatchObject({ reason: 'backup-damaged' });
  }
});

test('what a sealer put behind the files, where only the unpacking could see it, changes nothing in them', async () => {
  const { seal } = await writeSmall(join(place.folder, 'other'), [], [ada.publicKey]);
  const good = zstdCompressSync(await tarOf([head, paper, listed(paper)]));
  await sealOdd(path, good, seal, true);
  const right = await opened(path, seal);
  for (const behind of [randomBytes(100), good, randomBytes(3_000_000)]) {
    await sealOdd(path, Buffer.concat([good, behind]), seal, true);
    const found = await opened(path, seal).catch((thrown: { reason?: string }) => thrown.reason);
    if (found !== 'backup-damaged') expect(found).toEqual(right);
  }
});

test('however much stands behind the files, the check sum at the very end is compared', async () => {
  const { seal } = await writeSmall(join(place.folder, 'other'), [], [ada.publicKey]);
  const good = zstdCompressSync(await tarOf([head, paper, listed(paper)]));
  for (const bytes of [0, 1, 100, 20_000, 60_000, 70_000, 140_000, 300_000, 600_000, 3_000_000]) {
    await sealOdd(path, Buffer.concat([good, randomBytes(bytes)]), seal, true);
    const sealed = readFileSync(path);
    sealed[sealed.length - 1]! ^= 1;
    writeFileSync(path, sealed);
    await expect(opened(path, seal), `${bytes} behind`).rejects.toMatchObject({ reason: 'backup-damaged' });
  }
});

test('a small archive that unpacks to half a gigabyte is read in bounded memory, and is not one of ours', async () => {
  const { seal } = await writeSmall(join(place.folder, 'other'), [], [ada.publicKey]);
  const bomb = entry('state/bomb', Buffer.alloc(512 * 1024 ** 2));
  await sealOdd(path, await tarOf([head, bomb]), seal);
  expect(readFileSync(path).length).toBeLessThan(1_000_000);
  const child = join(import.meta.dirname, 'read-archive.child.ts');
  const { stdout } = await execa(process.execPath, [child, path, Buffer.from(seal.sessionKey.data).toString('hex')]);
  const { reason, peakMegabytes } = JSON.parse(stdout) as { reason: string; peakMegabytes: number };
  expect(reason).toBe('backup-damaged');
  expect(peakMegabytes).toBeLessThan(200);
});

test('no more of an archive is read than it is known to be large', async () => {
  const { seal, bytes } = await writeSmall(path, FILES, [ada.publicKey]);
  const from = (most: number) =>
    verifyArchive({ name: 'safe: it', bytes: most, open: async () => createReadStream(path) }, { keys: seal, signal });
  expect(await from(bytes)).toMatchObject({ bytes, files: FILES.length + 1 });
  await expect(from(bytes - 1)).rejects.toThrow('larger than it was');
});

test('a disk that has no room left any more ends the writing of a large file half way', async () => {
  const seal = { recipients: [ada.publicKey], sessionKey: sessionKeyOf() };
  let asked = 0;
  const onSealed = () => {
    asked++;
    throw noRoom(place.folder);
  };
  const files = [fileOf('homeserver/dump', randomBytes(40 * 1024 ** 2))];
  const writing = writeArchive(path, { head: HEAD, files }, { seal, signal, onSealed });
  await expect(writing).rejects.toMatchObject({ reason: 'disk-full' });
  expect(asked).toBe(1);
  expect(statSync(path).size).toBeLessThan(17 * 1024 ** 2);
});
