import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ReleaseFeed } from '../../../ops/update/release-feed.ts';
import { compareVersions, newestAfter, type Release } from '../../../ops/update/release-index.ts';
import { listen } from '../../listen.ts';
import { Publisher } from './publisher.ts';

const signal = new AbortController().signal;

let dir: string;
let publisher: Publisher;
let server: Server;
let feed: ReleaseFeed;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kin-feed-'));
  publisher = await Publisher.make(dir);
  mkdirSync(join(dir, 'tree'));
  writeFileSync(join(dir, 'tree', 'hello'), 'hello');
  await publisher.publish('0.2.0', join(dir, 'tree'));
  await publisher.publish('0.10.0', join(dir, 'tree'));
  server = createServer((request, response) => {
    const file = join(publisher.feed, request.url ?? '');
    if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  feed = new ReleaseFeed({ url, keyFile: publisher.keyFile, spoolDir: join(dir, 'spool'), facts: new Map() });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

test('the newest release of a signed list is found and laid ready, whole', async () => {
  const release = newestAfter(await feed.releases(signal), '0.1.0')!;
  expect(release.version).toBe('0.10.0');
  await feed.layIndex();
  await feed.layArchive(release, signal);
  expect(readdirSync(join(dir, 'spool', 'incoming')).sort()).toEqual([
    'kinkeeper-0.10.0.tar.gz',
    'releases.txt',
    'releases.txt.asc',
  ]);
  await feed.clear();
  expect(readdirSync(join(dir, 'spool', 'incoming'))).toEqual([]);
});

test('a signed list of before is refused, also one without a number', async () => {
  const list = readFileSync(join(publisher.feed, 'releases.txt'), 'utf8');
  expect(list).toContain('# number 2');
  await feed.releases(signal);
  await feed.releases(signal);
  for (const older of ['# number 1', '# no number']) {
    await publisher.signList(list.replace('# number 2', older));
    await expect(feed.releases(signal)).rejects.toMatchObject({ code: 'forbidden', reason: 'feed-older' });
  }
  await publisher.signList(list.replace('# number 2', '# number 10'));
  expect(await feed.releases(signal)).toHaveLength(2);
});

test('a cancelled look ends with its own reason, also in the middle of the list', async () => {
  const stop = new AbortController();
  const reason = new Error('cancelled by an admin');
  server.removeAllListeners('request').on('request', (_request, response) => response.write('kinkeeper '));
  const asked = vi.spyOn(globalThis, 'fetch');
  const looking = feed.releases(stop.signal);
  looking.catch(() => {});
  await vi.waitFor(() => expect(asked.mock.settledResults[0]?.type).toBe('fulfilled'), 30_000);
  asked.mockRestore();
  stop.abort(reason);
  await expect(looking).rejects.toBe(reason);
});

describe('nothing is laid ready', () => {
  const change = (name: string, text: string) => writeFileSync(join(publisher.feed, name), text);

  test.each<[string, () => void, string]>([
    ['of a list that was changed', () => change('releases.txt', 'kinkeeper 9.0.0'), 'feed-signature'],
    ['of a list with nonsense for a signature', () => change('releases.txt.asc', 'trust me'), 'feed-signature'],
    ['of a list that is not there', () => rmSync(join(publisher.feed, 'releases.txt')), 'feed'],
    ['of an endless list', () => change('releases.txt', 'x'.repeat(2_000_000)), 'feed'],
    ['without the publisher’s key', () => rmSync(publisher.keyFile), 'feed-key'],
  ])('%s', async (_name, spoil, reason) => {
    spoil();
    await expect(feed.releases(signal)).rejects.toMatchObject({ reason });
  });

  test.each(['shorter', 'longer', 'another'])('of an archive that is %s than (or not) the signed one', async (kind) => {
    const [release] = await feed.releases(signal);
    const file = join(publisher.feed, release!.file);
    const bytes = readFileSync(file);
    const other = Buffer.from(bytes);
    other[other.length - 1]! ^= 1;
    writeFileSync(file, { shorter: bytes.subarray(1), longer: Buffer.concat([bytes, bytes]), another: other }[kind]!);
    await expect(feed.layArchive(release!, signal)).rejects.toMatchObject({ reason: 'feed-archive' });
    expect(readdirSync(join(dir, 'spool', 'incoming'))).toEqual([]);
  });
});

describe('versions', () => {
  test.each<[string, string, number]>([
    ['0.2.0', '0.10.0', -1],
    ['1.0.0', '0.99.99', 1],
    ['1.0.0-rc.1', '1.0.0', -1],
    ['1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['1.2.3', '1.2.3', 0],
  ])('%s beside %s', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other))).toBe(sign);
    expect(Math.sign(compareVersions(other, one))).toBe(-sign + 0);
  });

  test('there is none that is newer', () => {
    const release = (version: string): Release => ({ version, sha256: '', bytes: 0, file: '', image: '-' });
    expect(newestAfter([release('0.1.0'), release('0.0.9')], '0.1.0')).toBeUndefined();
  });
});
