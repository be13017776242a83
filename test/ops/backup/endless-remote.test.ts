import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { MOST_LISTED } from '../../../ops/backup/remotes/list-limit.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { RsyncRemote } from '../../../ops/backup/remotes/rsync-remote.ts';
import { S3Remote } from '../../../ops/backup/remotes/s3-remote.ts';
import { sftpStore } from '../../../ops/backup/remotes/sftp-store.ts';
import { listen } from '../../listen.ts';
import { programsHere } from './programs-here.ts';
import { NEVER } from './remote-contract.ts';
import { type SshHost, startSshHost } from './ssh-host.ts';

// A remote is somebody else's machine. What it lists, and how it answers, must not end the process that asks.

describe('a bucket of S3', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function bucket(answer: (asked: number) => Iterable<string>): Promise<S3Remote> {
    let asked = 0;
    server = createServer((_, response) => {
      pipeline(Readable.from(answer(++asked)), response).catch(() => {});
    });
    const endpoint = `http://127.0.0.1:${await listen(server)}`;
    const keys = { accessKey: () => 'a', secretKey: () => 'b' };
    return new S3Remote({ name: 'cloud', endpoint, region: 'x', bucket: 'b', prefix: '', retryMs: [], ...keys });
  }

  const page = (asked: number, files: number) => [
    '<ListBucketResult>',
    ...Array.from({ length: files }, (_, at) => `<Contents><Key>kin-${asked}-${at}</Key><Size>5</Size></Contents>`),
    `<IsTruncated>true</IsTruncated><NextContinuationToken>${asked}</NextContinuationToken></ListBucketResult>`,
  ];

  test.each([20_000, 1000, 0])('with pages of %i files and no last one', async (files) => {
    const remote = await bucket((asked) => page(asked, files));
    await expect(remote.list(NEVER)).rejects.toMatchObject({
      code: 'invalid',
      message: `the remote cloud lists more than ${MOST_LISTED} files`,
    });
  });

  test('whose answer has no end', async () => {
    const remote = await bucket(function* () {
      yield '<ListBucketResult>';
      for (;;) yield `<Prefix>${'x'.repeat(65_536)}</Prefix>`;
    });
    await expect(remote.list(NEVER)).rejects.toMatchObject({
      code: 'invalid',
      message: 'the remote cloud gives an answer that does not end',
    });
  });
});

describe.skipIf(!programsHere('long lists of remotes', ['rsync', 'ssh', 'sshd', 'ssh-keygen']))('a folder', () => {
  let host: SshHost;
  beforeAll(async () => {
    host = await startSshHost();
    for (let at = 0; at <= MOST_LISTED; at++) writeFileSync(join(host.folder, `f${at}`), '');
    mkdirSync(join(host.keys, 'local'));
  });
  afterAll(() => host?.stop());

  test.each(['folder', 'sftp', 'rsync'])('with more files than any of ours has, by %s', async (kind) => {
    const ssh = { ...host.ssh, name: 'nas' };
    const remote =
      kind === 'rsync'
        ? new RsyncRemote({ ssh, path: host.folder, scratchDir: join(host.keys, 'local') })
        : new OffsetRemote({
            name: 'nas',
            kind:
              kind === 'sftp'
                ? sftpStore({ ...ssh, path: host.folder })
                : folderStore({ name: 'nas', path: host.folder }),
          });
    await expect(remote.list(NEVER)).rejects.toMatchObject({
      code: 'invalid',
      message: `the remote nas lists more than ${MOST_LISTED} files`,
    });
  });
});
