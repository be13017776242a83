import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RsyncRemote } from '../../../ops/backup/remotes/rsync-remote.ts';
import { programsHere } from './programs-here.ts';
import { archive, digest, folderSide, NEVER, remoteContract } from './remote-contract.ts';
import { SOON_SILENT, type SshHost, startSshHost } from './ssh-host.ts';

const PARTIAL = '.kin-partial';

describe.skipIf(!programsHere('rsync remotes', ['rsync', 'ssh', 'sshd', 'ssh-keygen']))(
  'another machine by rsync',
  () => {
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

    function remote(options: { bandwidthKiB?: number; path?: string; silentSeconds?: number } = {}): RsyncRemote {
      const ssh = { ...host.ssh, name: 'nas', silentSeconds: options.silentSeconds ?? 60 };
      return new RsyncRemote({ ssh, path: host.folder, scratchDir: local, ...options });
    }

    function partial(): string[] {
      try {
        return readdirSync(join(host.folder, PARTIAL));
      } catch {
        return [];
      }
    }

    /** What tries left, once the far side has noticed that nobody sends any more and has put away what it had. */
    async function unfinished(): Promise<string[]> {
      await expect.poll(() => host.atWork()).toEqual([]);
      return partial();
    }

    remoteContract(() => ({ remote: remote(), local, ...folderSide(host.folder), unfinished }));

    test('a far side that gives more than a backup is large fills no disk here, and is told', async () => {
      const one = remote();
      const name = 'kin-20261130T031500Z-0000aa.tar.zst.gpg';
      writeFileSync(join(host.folder, name), randomBytes(3_000_000));
      const sizes: number[] = [];
      const watcher = watch(local, { recursive: true }, (_event, file) => {
        sizes.push(statSync(join(local, file ?? ''), { throwIfNoEntry: false })?.size ?? 0);
      });
      const reading = one.read(name, NEVER, 5000);
      await expect(reading).rejects.toMatchObject({ code: 'invalid', reason: 'backup-damaged' });
      watcher.close();
      expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(5120);
      expect(readdirSync(local)).toEqual([]);
      const whole: Buffer[] = [];
      for await (const chunk of await one.read(name, NEVER, 3_000_000)) whole.push(chunk as Buffer);
      expect(Buffer.concat(whole).equals(readFileSync(join(host.folder, name)))).toBe(true);
    });

    /** Sends at 4 MB a second and cuts the line at three fifths. */
    async function sendAndCut(one: RsyncRemote, file: Awaited<ReturnType<typeof archive>>): Promise<void> {
      const onProgress = (bytes: number) => {
        if (bytes > 0.6 * file.bytes) host.line.cut();
      };
      await expect(one.send(file, { signal: NEVER, onProgress })).rejects.toMatchObject({ code: 'unavailable' });
      host.line.mend();
    }

    test('after the line was cut in the middle, what is there is not sent again', async () => {
      const file = await archive(local, 12_000_000);
      await sendAndCut(remote({ bandwidthKiB: 4000, silentSeconds: SOON_SILENT }), file);
      expect(readdirSync(host.folder)).not.toContain(file.name);
      // The far side puts away what it has once it notices that nobody is there any more.
      await expect.poll(partial).toEqual([file.name]);
      const there = readFileSync(join(host.folder, PARTIAL, file.name)).length;
      expect(there).toBeGreaterThan(3_000_000);
      const before = host.line.sent();
      await remote().send(file, { signal: NEVER });
      const sent = host.line.sent() - before;
      console.info(`rsync: ${there} bytes were there, ${sent} of ${file.bytes} went over the line in the second try`);
      expect(sent).toBeLessThan((file.bytes - there) * 1.15 + 300_000);
      expect(digest(readFileSync(join(host.folder, file.name)))).toBe(file.sha256);
      expect(partial()).toEqual([]);
    });

    test('errors say what is the matter and name the remote alone', async () => {
      const file = await archive(local, 10);
      const send = (one: RsyncRemote) => one.send(file, { signal: NEVER }).catch((thrown: Error) => thrown);
      // The far side says it and hangs up: now and then rsync notices the second before it has read the first.
      const sendUntilHeard = async (tries = 5): Promise<unknown> => {
        const thrown = await send(remote({ path: join(host.folder, 'a/missing') }));
        return tries > 1 && /broke off/.test(String(thrown)) ? sendUntilHeard(tries - 1) : thrown;
      };
      const stranger = { ...host.ssh, name: 'nas', user: 'nobody' };
      const failures = [
        [
          await send(new RsyncRemote({ ssh: stranger, path: '', scratchDir: local })),
          'forbidden',
          'does not let us in',
        ],
        [
          await send(new RsyncRemote({ ssh: { ...stranger, port: 1 }, path: '', scratchDir: local })),
          'unavailable',
          'cannot be reached',
        ],
        [await sendUntilHeard(), 'invalid', 'has no such folder'],
      ] as const;
      for (const [thrown, code, words] of failures) {
        expect(String(thrown)).toContain(`the remote nas ${words}`);
        expect(thrown).toMatchObject({ code });
        expect(JSON.stringify([String(thrown), thrown, (thrown as Error).cause])).not.toContain(host.line.address);
      }
    });

    describe.skipIf(!programsHere('rsync remotes that can only be added to', ['rrsync', 'python3']))(
      'with a key that can only add',
      () => {
        const addOnly = (command: string) => {
          const ssh = { ...host.allow(`restrict,command="/usr/bin/rrsync ${command} ${host.folder}"`), name: 'safe' };
          return { remote: new RsyncRemote({ ssh, path: '', addOnly: true, scratchDir: local }), ssh };
        };

        test.each([
          '-wo -no-del -no-overwrite',
          '-wo -no-del',
        ])('%s: sends, compares and tells what is there', async (command) => {
          const { remote: safe } = addOnly(command);
          const [first, second] = [await archive(local, 500_000), await archive(local, 400_000)];
          expect(await safe.list(NEVER, [first, second])).toEqual([]);
          await safe.send(first, { signal: NEVER });
          await safe.send(first, { signal: NEVER });
          expect(digest(readFileSync(join(host.folder, first.name)))).toBe(first.sha256);
          const asked = [first, second].map(({ name, bytes }) => ({ name, bytes }));
          expect(await safe.list(NEVER, asked)).toEqual([asked[0]]);
          expect(await safe.remove(first.name, NEVER)).toBe(false);
          await safe.removeUnfinished('generations', NEVER);
          await expect(safe.read(first.name, NEVER)).rejects.toMatchObject({ code: 'forbidden' });
          writeFileSync(join(host.folder, first.name), randomBytes(499_999));
          expect(await safe.list(NEVER, asked)).toEqual([]);
          expect(readdirSync(host.folder).filter((name) => name !== PARTIAL)).toEqual([first.name]);
        });

        test('what was damaged there is noticed, and cannot be replaced', async () => {
          const { remote: safe } = addOnly('-wo -no-del -no-overwrite');
          const file = await archive(local, 300_000);
          writeFileSync(join(host.folder, file.name), randomBytes(file.bytes));
          await expect(safe.send(file, { signal: NEVER })).rejects.toThrow('does not hold the bytes that were sent');
        });

        test('whoever stole the key can neither read, nor remove, nor replace', async () => {
          const { remote: safe, ssh } = addOnly('-wo -no-del -no-overwrite');
          const file = await archive(local, 300_000);
          await safe.send(file, { signal: NEVER });
          const thief = new RsyncRemote({ ssh: { ...ssh, name: 'thief' }, path: '', scratchDir: local });
          await expect(thief.list(NEVER)).rejects.toMatchObject({ code: 'forbidden' });
          await expect(thief.read(file.name, NEVER)).rejects.toMatchObject({ code: 'forbidden' });
          await expect(thief.remove(file.name, NEVER)).rejects.toMatchObject({ code: 'forbidden' });
          writeFileSync(file.path, randomBytes(file.bytes));
          const replaced = { ...file, sha256: digest(readFileSync(file.path))! };
          await expect(thief.send(replaced, { signal: NEVER })).rejects.toThrow();
          expect(digest(readFileSync(join(host.folder, file.name)))).toBe(file.sha256);
          const keyed = ['-i', ssh.keyFile, '-o', `UserKnownHostsFile=${ssh.knownHostsFile}`, '-p', String(ssh.port)];
          const shell = () =>
            execFileSync('ssh', ['-F', 'none', ...keyed, `${ssh.user}@${ssh.host}`, 'id'], { stdio: 'pipe' });
          expect(shell).toThrow();
        });

        test('what broke off is sent anew', async () => {
          const { remote: safe, ssh } = addOnly('-wo -no-del -no-overwrite');
          const file = await archive(local, 3_000_000);
          const stop = new AbortController();
          const slow = new RsyncRemote({ ssh, path: '', addOnly: true, scratchDir: local, bandwidthKiB: 1000 });
          const onProgress = () => stop.abort(new Error('enough'));
          await expect(slow.send(file, { signal: stop.signal, onProgress })).rejects.toThrow('enough');
          expect(await safe.list(NEVER, [file])).toEqual([]);
          await safe.send(file, { signal: NEVER });
          expect(digest(readFileSync(join(host.folder, file.name)))).toBe(file.sha256);
        });
      },
    );
  },
);
