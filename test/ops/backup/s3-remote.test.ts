import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keptBackups, prunedPlaces } from '../../../core/backup/kept-backups.ts';
import { keepingPlaces } from '../../../core/backup/removal-note.ts';
import { createLogger } from '../../../core/log.ts';
import { Pace } from '../../../ops/backup/remotes/pace.ts';
import { S3Api } from '../../../ops/backup/remotes/s3-api.ts';
import { S3Remote, type S3RemoteOptions } from '../../../ops/backup/remotes/s3-remote.ts';
import { unfinished } from '../../../ops/backup/remotes/s3-upload.ts';
import { removeAt } from '../../../ops/backup/remove-at.ts';
import { sendBesideJob } from '../../../ops/jobs/send-beside.ts';
import { openTestState } from '../open-test-state.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';
import { backupTo } from './beside-household.ts';
import { programsHere } from './programs-here.ts';
import { archive, digest, folderSide, NEVER, remoteContract } from './remote-contract.ts';
import { type S3Server, startS3Server } from './s3-server.ts';

const PART_BYTES = 5 * 1024 * 1024;
const PREFIX = 'house/';

describe.skipIf(
  !programsHere('S3 remotes; `go install github.com/versity/versitygw/cmd/versitygw@latest` adds it', ['versitygw']),
)('a bucket of S3', () => {
  let server: S3Server;
  let local: string;
  beforeAll(async () => {
    server = await startS3Server();
    local = mkdtempSync(join(tmpdir(), 'kin-s3-local-'));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(local, { recursive: true, force: true });
  });
  beforeEach(async () => {
    server.setPassage(() => 'pass');
    rmSync(join(server.folder, PREFIX), { recursive: true, force: true });
    mkdirSync(join(server.folder, PREFIX));
  });

  function options(changed: Partial<S3RemoteOptions> = {}): S3RemoteOptions {
    const { endpoint, bucket, keys } = server;
    const own = { name: 'cloud', region: 'us-east-1', prefix: PREFIX, partBytes: PART_BYTES, retryMs: [10, 20] };
    return { ...own, endpoint, bucket, ...keys, ...changed };
  }

  const remote = (changed: Partial<S3RemoteOptions> = {}) => new S3Remote(options(changed));

  async function begun(): Promise<string[]> {
    const uploads = await unfinished(new S3Api(options(), new Pace(undefined)), {
      ...{ name: 'cloud', prefix: PREFIX, signal: NEVER },
    });
    return uploads.map(({ key }) => key);
  }

  remoteContract(() => ({
    ...{ remote: remote(), local, ...folderSide(join(server.folder, PREFIX)) },
    unfinished: begun,
  }));

  test('after the connection broke in the middle, the parts that are there are not sent again', async () => {
    const file = await archive(local, 4 * PART_BYTES + 1000);
    server.setPassage((_, path) => (path.includes('partNumber=4') ? 'cut' : 'pass'));
    await expect(remote().send(file, { signal: NEVER })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await remote().list(NEVER)).toEqual([]);
    server.setPassage(() => 'pass');
    const before = server.received();
    await remote().send(file, { signal: NEVER });
    const sent = server.received() - before;
    console.info(`S3: ${sent} of ${file.bytes} bytes went over the line in the second try; three parts were there`);
    expect(sent).toBeLessThan(1.01 * (PART_BYTES + 1000));
    expect(digest(readFileSync(join(server.folder, PREFIX, file.name)))).toBe(file.sha256);
    expect(await begun()).toEqual([]);
  });

  test('what fails now and then is tried again', async () => {
    const file = await archive(local, 2 * PART_BYTES);
    let count = 0;
    server.setPassage(() => (count++ % 3 === 1 ? 'fail' : 'pass'));
    await remote().send(file, { signal: NEVER });
    expect(await remote().list(NEVER)).toEqual([{ name: file.name, bytes: file.bytes }]);
    server.setPassage(() => 'fail');
    await expect(remote().list(NEVER)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a server that names parts wrongly loses nothing: they are sent anew', async () => {
    const file = await archive(local, PART_BYTES + 1000);
    const headers = { etag: '"0123456789abcdef0123456789abcdef"' };
    server.setPassage((method) => (method === 'PUT' ? { headers } : 'pass'));
    await expect(remote().send(file, { signal: NEVER })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await remote().list(NEVER)).toEqual([]);
    expect(await begun()).toEqual([]);
    server.setPassage(() => 'pass');
    await remote().send(file, { signal: NEVER });
    expect(await remote().list(NEVER)).toEqual([{ name: file.name, bytes: file.bytes }]);
  });

  test('an answer that is lost when all is put together does no harm', async () => {
    const file = await archive(local, 1000);
    let lost = false;
    server.setPassage((method, path) => {
      if (method !== 'POST' || !path.includes('uploadId') || lost) return 'pass';
      lost = true;
      return { body: () => Buffer.from('<CompleteMultipart') };
    });
    await remote().send(file, { signal: NEVER });
    expect(lost).toBe(true);
    expect(digest(readFileSync(join(server.folder, PREFIX, file.name)))).toBe(file.sha256);
  });

  test('other bytes that are read back are not taken for ours', async () => {
    const file = await archive(local, 1000);
    const swap = (body: Buffer) => Buffer.from(body.map((byte) => byte ^ 1));
    server.setPassage((method, path) => (method === 'GET' && !path.includes('?') ? { body: swap } : 'pass'));
    await expect(remote().send(file, { signal: NEVER })).rejects.toThrow('does not hold the bytes that were sent');
    expect(existsSync(join(server.folder, PREFIX, file.name))).toBe(false);
  });

  test('a list is read to its end, and one that is cut is no list', async () => {
    const names = Array.from({ length: 1203 }, (_, at) => `other-${String(at).padStart(4, '0')}`);
    for (const name of names) writeFileSync(join(server.folder, PREFIX, name), 'x');
    expect((await remote().list(NEVER)).map(({ name }) => name)).toEqual(names);
    server.setPassage(() => ({ body: (body) => body.subarray(0, body.length / 2) }));
    await expect(remote().list(NEVER)).rejects.toMatchObject({ code: 'unavailable' });
    const tokens = /<NextContinuationToken>.*?<\/NextContinuationToken>/;
    server.setPassage(() => ({ body: (body) => Buffer.from(body.toString().replace(tokens, '')) }));
    await expect(remote().list(NEVER)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a bucket where our keys may not delete, or that keeps what was deleted, is learnt from its answers', async () => {
    const home = await openTestState(Date.now);
    try {
      const { state } = home;
      const { facts } = state.control;
      const { plan } = await backupTo(join(local, 'backups'));
      const copies = [{ place: 'cloud', verifiedAt: 1 }];
      const one = { name: 'kin', madeAt: 1, bytes: 1, sha256: '', plainBytes: 1, entries: 1, provenAt: 1, proof: {} };
      const promised = () =>
        keptBackups(
          { all: () => [{ ...one, copies }] },
          {
            rule: { last: 1, daily: 1, weekly: 0, monthly: 0 },
            pruned: prunedPlaces('* * * * *', [{ name: 'cloud' }]),
            keeping: () => keepingPlaces(facts),
            clock: Date.now,
          },
        )()[0]!.keptUntil !== null;
      const cloud = remote();
      const run = () => {
        const log = createLogger({ name: 'test', level: 'silent' });
        const context = { ...ORDINARY_RUN, signal: NEVER, clock: Date.now, previous: undefined, log };
        return sendBesideJob({ state, backup: plan, remotes: [cloud] }).run(context);
      };
      expect(promised()).toBe(true);
      server.setPassage((method, path) => (method === 'DELETE' && !path.includes('uploadId') ? 'refuse' : 'pass'));
      expect(await run()).toMatchObject({ sent: 1, failed: 0 });
      expect(promised()).toBe(false);
      const marker = { headers: { 'x-amz-delete-marker': 'true' } };
      const removing = { facts, signal: NEVER };
      server.setPassage(() => 'pass');
      expect(await removeAt(cloud, 'kin-none', removing)).toBe(true);
      expect(promised()).toBe(true);
      server.setPassage((method) => (method === 'DELETE' ? marker : 'pass'));
      expect(await removeAt(cloud, 'kin-none', removing)).toBe(true);
      expect(promised()).toBe(false);
    } finally {
      home.remove();
    }
  });

  test('errors say what is the matter and name the remote alone', async () => {
    const list = (changed: Partial<S3RemoteOptions>) =>
      remote(changed)
        .list(NEVER)
        .catch((thrown: Error) => thrown);
    const failures = [
      [await list({ secretKey: () => 'another' }), 'forbidden', 'does not allow that with our keys'],
      [await list({ bucket: 'nobody' }), 'invalid', 'has no such bucket'],
      [await list({ endpoint: 'http://127.0.0.1:1' }), 'unavailable', 'cannot be reached'],
    ] as const;
    for (const [thrown, code, words] of failures) {
      expect(String(thrown)).toContain(`the remote cloud ${words}`);
      expect(thrown).toMatchObject({ code });
      expect(JSON.stringify([String(thrown), thrown, (thrown as Error).cause])).not.toMatch(/127\.0|kinkeeper|another/);
    }
  });
});
