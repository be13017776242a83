import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReleaseFeed } from '../../../ops/update/release-feed.ts';
import { listen } from '../../listen.ts';
import { Publisher } from './publisher.ts';

const { signal } = new AbortController();
let dir: string;
let publisher: Publisher;
let server: Server;
let feed: ReleaseFeed;
/** What the feed does with a request; by default it gives the file. */
let answer: RequestListener;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kin-feed-'));
  publisher = await Publisher.make(dir);
  mkdirSync(join(dir, 'tree'));
  writeFileSync(join(dir, 'tree', 'hello'), 'hello');
  await publisher.publish('0.2.0', join(dir, 'tree'));
  answer = (request, response) => response.end(readFileSync(join(publisher.feed, request.url!)));
  server = createServer((request, response) => answer(request, response));
  const url = `http://127.0.0.1:${await listen(server)}`;
  feed = new ReleaseFeed({ url, keyFile: publisher.keyFile, spoolDir: join(dir, 'spool'), facts: new Map() });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true, force: true });
});

const laid = () => readdirSync(join(dir, 'spool', 'incoming'));

test('a list that somebody else signed, well and whole, is not the publisher’s', async () => {
  expect(await feed.releases(signal)).toMatchObject([{ version: '0.2.0' }]);
  const intruder = await Publisher.make(join(dir, 'intruder'));
  await intruder.signList(readFileSync(join(publisher.feed, 'releases.txt'), 'utf8'));
  for (const file of ['releases.txt', 'releases.txt.asc'])
    writeFileSync(join(publisher.feed, file), readFileSync(join(intruder.feed, file)));
  await expect(feed.releases(signal)).rejects.toMatchObject({ reason: 'feed-signature' });
});

test('an archive without an end is given up once it is longer than the signed one', async () => {
  const [release] = await feed.releases(signal);
  const most = 64 * 1024 ** 2;
  let sent = 0;
  answer = (_request, response) => {
    const chunk = Buffer.alloc(1024 ** 2);
    const more = () => {
      while (sent < most && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) return response.once('drain', more);
      }
      return response.end();
    };
    more();
  };
  await expect(feed.layArchive(release!, signal)).rejects.toMatchObject({ reason: 'feed-archive' });
  expect(sent).toBeLessThan(most);
  expect(laid()).toEqual([]);
});

test('a feed that sends us elsewhere is not followed, neither for the list nor for an archive', async () => {
  const [release] = await feed.releases(signal);
  const asked: string[] = [];
  const give = answer;
  answer = (request, response) => {
    asked.push(request.url!);
    if (request.url!.startsWith('/elsewhere/')) {
      request.url = request.url!.slice('/elsewhere'.length);
      return give(request, response);
    }
    return response.writeHead(302, { location: `/elsewhere${request.url}` }).end();
  };
  await expect(feed.releases(signal)).rejects.toMatchObject({ reason: 'feed' });
  await expect(feed.layArchive(release!, signal)).rejects.toMatchObject({ reason: 'feed' });
  expect(asked).toEqual(['/releases.txt', `/${release!.file}`]);
  expect(laid()).toEqual([]);
});
