import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { sftpStore } from '../../../ops/backup/remotes/sftp-store.ts';
import { programsHere } from './programs-here.ts';
import { archive, digest, folderSide, NEVER, remoteContract } from './remote-contract.ts';
import { SOON_SILENT, type SshHost, startSshHost } from './ssh-host.ts';

describe.skipIf(!programsHere('SFTP remotes', ['ssh', 'sshd', 'ssh-keygen']))('another machine by SFTP', () => {
  let host: SshHost;
  let local: string;
  beforeAll(async () => {
    host = await startSshHost();
    local = join(host.keys, 'local');
  });
  afterAll(() => host?.stop());
  beforeEach(() => {
    for (const folder of [local, host.folder]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  });

  function remote(options: Partial<Parameters<typeof sftpStore>[0]> & { bandwidthKiB?: number } = {}): OffsetRemote {
    const { bandwidthKiB, ...ssh } = options;
    const kind = sftpStore({
      ...host.allow('restrict,command="internal-sftp"'),
      name: 'nas',
      path: host.folder,
      ...ssh,
    });
    return new OffsetRemote({ name: 'nas', bandwidthKiB, kind });
  }

  remoteContract(() => ({ remote: remote(), local, ...folderSide(host.folder) }));

  test('after the line was cut in the middle, what is there is not sent again', async () => {
    const file = await archive(local, 8_000_000);
    let before = host.line.sent();
    const cutting = remote({ silentSeconds: SOON_SILENT }).send(file, {
      signal: NEVER,
      onProgress: (bytes) => {
        if (bytes > 5_000_000) host.line.cut();
      },
    });
    await expect(cutting).rejects.toMatchObject({ code: 'unavailable' });
    expect(readdirSync(host.folder)).toEqual([`${file.name}.part`]);
    host.line.mend();
    const there = readFileSync(join(host.folder, `${file.name}.part`)).length;
    expect(there).toBeGreaterThan(2_000_000);
    before = host.line.sent();
    await remote().send(file, { signal: NEVER });
    const sent = host.line.sent() - before;
    console.info(`SFTP: ${there} bytes were there, ${sent} of ${file.bytes} went over the line in the second try`);
    expect(sent).toBeLessThan((file.bytes - there) * 1.15 + 300_000);
    expect(digest(readFileSync(join(host.folder, file.name)))).toBe(digest(readFileSync(file.path)));
  });

  test('errors say what is the matter and name the remote alone', async () => {
    const file = await archive(local, 10);
    const send = (one: OffsetRemote) => one.send(file, { signal: NEVER }).catch((thrown: Error) => thrown);
    const strange = join(host.keys, 'strange');
    writeFileSync(
      strange,
      readFileSync(host.ssh.knownHostsFile, 'utf8').replace(
        /AAAA\S+/,
        'AAAAC3NzaC1lZDI1NTE5AAAAIJJx1c5dMzj5lWq0nUqyGkYPs0CkZ4w5lWmxr0oVYz3D',
      ),
    );
    const empty = join(host.keys, 'empty');
    writeFileSync(empty, '');
    const stranger = join(host.keys, 'local-key');
    writeFileSync(stranger, readFileSync(host.allow('restrict').keyFile), { mode: 0o600 });
    const failures = [
      [
        await send(remote({ knownHostsFile: strange })),
        'forbidden',
        'is not the machine that the known hosts file knows',
      ],
      [
        await send(remote({ knownHostsFile: empty })),
        'forbidden',
        'is not the machine that the known hosts file knows',
      ],
      [await send(remote({ user: 'nobody' })), 'forbidden', 'does not let us in'],
      [await send(remote({ port: 1 })), 'unavailable', 'cannot be reached'],
      [await send(remote({ path: join(host.folder, 'missing') })), 'invalid', 'has no such folder'],
    ] as const;
    for (const [thrown, code, words] of failures) {
      expect(thrown).toMatchObject({ code });
      expect(String(thrown)).toContain(`the remote nas ${words}`);
      expect(JSON.stringify([String(thrown), thrown, (thrown as Error).cause])).not.toContain(host.line.address);
    }
  });

  test('keeps under its bandwidth', async () => {
    const file = await archive(local, 1_500_000);
    const begun = performance.now();
    await remote({ bandwidthKiB: 1000 }).send(file, { signal: NEVER });
    // Sent and read back: at least 2.4 seconds, whatever the machine.
    expect(performance.now() - begun).toBeGreaterThan(2400);
  });
});
